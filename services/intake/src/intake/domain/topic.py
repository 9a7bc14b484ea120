"""What a ticket was about, in the words of the regulation's topics."""

from __future__ import annotations

from contracts.intake import TopicSet
from eventlog.aggregate import event
from regulation.plan import MissedCalls
from regulation.term import UnknownTermError

from intake.domain.hand import Hand
from intake.domain.ties import Ties


class Topical(Ties):
    """The fourth chapter: the topic, which a missed call sets on both tickets (R4-05)."""

    topic = ""

    def set_topic(self, by: Hand, topic: str) -> None:
        """Say what the matter was about; a closed ticket takes it as well."""
        if topic and topic != self.topic:
            self._about(TopicSet(at=by.at, ticket=self.ticket, topic=topic, who=by.who))

    @event("About")
    def _about(self, said: TopicSet) -> None:
        self.topic = said.topic


def topic_named(rule: MissedCalls, topic: str) -> str:
    """The topic of this id where the regulation lists topics, any word where it does not; UnknownTermError lists."""
    if topic and rule.topics and topic not in rule.topics:
        raise UnknownTermError(f"there is no topic {topic!r}: write one of {', '.join(rule.topics)}")
    return topic
