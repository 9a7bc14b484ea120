"""What csi decides, through the very decider that a follower runs."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from contracts import Event, Meta, Recorded
from contracts.csi import RatingExpired, RatingGiven, RatingRequested
from contracts.intake import (
    AgentReplied,
    PriorityChanged,
    RegulationPublished,
    TicketClassified,
    TicketClosed,
    TicketMigrated,
    TicketOpened,
    TicketReopened,
    TicketResolved,
)
from contracts.reasons import Assignment
from contracts.routing import TicketAssigned, TicketTransferred
from contracts.streams import derived_id, survey_stream
from csi.links import Links
from csi.reactor import CsiReactor
from eventlog.deciding import Decider
from eventlog.store import New
from regulation.document import Regulation
from regulation.load import load
from regulation.plan import PlanRule

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LINKS = Links(bytes(range(32)), "https://rate.example.ru")
CSN = load(Path(__file__).parents[3] / "regulations" / "csn.yaml")
OPENED = TicketOpened(
    at=NOON,
    ticket="t",
    number="T-1",
    requester="r",
    channel="email",
    kind="email",
    section="requests",
    subject="",
    text="",
    category="project-documents",
    priority="normal",
    stage="level1",
    regulation="csn@1",
    reply_to="",
    language="en",
)
RESOLVED = TicketResolved(at=NOON, ticket="t", requester="r", agent="anna", text="", previous="level2")


class Play:
    def __init__(self) -> None:
        self.now = NOON
        self.log: list[Recorded[Event]] = []
        self.decider = Decider(CsiReactor(LINKS), CsiReactor(LINKS).fresh(), 0)
        self.publish(CSN)
        self.say(OPENED)

    def publish(self, regulation: Regulation) -> None:
        self.say(RegulationPublished(at=NOON, effective_from=NOON, **regulation.published()))

    def say(self, said: Event) -> Recorded[Event]:
        event_id = str(UUID(int=len(self.log) + 1))
        self._record(event_id, said, "ticket-t", Meta())
        event = self.log[-1]
        while self.decider.position < len(self.log):
            self.land(self.decider.step(self.log[self.decider.position :]).decided)
        return event

    def ring(self) -> None:
        self.land(self.decider.ring(self.now, 100).decided)

    def land(self, decided: Sequence[New]) -> None:
        for new in decided:
            self._record(new.id, new.event, new.stream, new.meta)

    def _record(self, event_id: str, said: Event, stream: str, meta: Meta) -> None:
        place = {"position": len(self.log) + 1, "id": event_id, "stream": stream, "version": 1}
        self.log.append(Recorded(**place, recorded_at=self.now, data=said, meta=meta))

    def all(self, kind: type[Event]) -> list[Event]:
        return [each.data for each in self.log if isinstance(each.data, kind)]


@pytest.fixture
def play() -> Play:
    return Play()


def assigned(agent: str, group: str = "support") -> TicketAssigned:
    return TicketAssigned(at=NOON, ticket="t", group=group, agent=agent, because=Assignment(rule="turn"))


def test_a_resolution_asks_and_fixes_whom_it_concerns(play: Play) -> None:
    play.say(assigned("anna"))
    resolution = play.say(RESOLVED)

    survey = derived_id(resolution.id, "survey")
    assert play.log[-1].stream == survey_stream(survey)
    assert play.log[-1].meta.regulation == "csn@1"
    assert play.all(RatingRequested) == [
        RatingRequested(
            at=NOON,
            survey=survey,
            ticket="t",
            number="T-1",
            requester="r",
            resolution=resolution.id,
            agent="anna",
            group="support",
            channel="email",
            stage="level2",
            plan="paperwork",
            link=LINKS.link(survey),
            expires_at=NOON + timedelta(days=30),
            language="en",
        )
    ]


def test_a_transfer_after_the_resolution_does_not_move_the_rating(play: Play) -> None:
    play.say(assigned("anna"))
    play.say(RESOLVED)
    play.say(TicketTransferred(at=NOON, ticket="t", group="duty", by="lead", agent="boris"))

    assert [(each.agent, each.group) for each in play.all(RatingRequested)] == [("anna", "support")]


@pytest.mark.parametrize(
    ("events", "agent"),
    [
        ([assigned("vera")], "vera"),
        ([assigned("vera"), TicketTransferred(at=NOON, ticket="t", group="duty", by="vera", agent="gleb")], "gleb"),
        ([assigned(""), AgentReplied(at=NOON, ticket="t", requester="r", agent="dina", text="")], "dina"),
        ([], ""),
    ],
)
def test_without_a_name_in_the_resolution_the_one_who_has_it_is_rated(
    play: Play, events: list[Event], agent: str
) -> None:
    for said in events:
        play.say(said)
    play.say(TicketResolved(at=NOON, ticket="t", requester="r", agent="", text=""))

    assert [each.agent for each in play.all(RatingRequested)] == [agent]


def test_the_plan_is_that_of_the_ticket_as_it_is_classified_then(play: Play) -> None:
    play.say(TicketClassified(at=NOON, ticket="t", category="defect", previous="project-documents", agent="anna"))
    play.say(PriorityChanged(at=NOON, ticket="t", priority="critical", previous="normal", agent="anna"))
    play.say(RESOLVED)
    play.say(TicketClassified(at=NOON, ticket="t", category="project-documents", previous="defect", agent="anna"))

    assert [each.plan for each in play.all(RatingRequested)] == ["outage"]


def test_the_plan_is_that_of_the_version_the_ticket_goes_by(play: Play) -> None:
    """D2."""
    table = {**CSN.plan_table, "project-documents": {"normal": "outage"}}
    play.publish(msgspec.structs.replace(CSN, version="2", plan_table=table))
    play.say(RESOLVED)
    play.say(TicketMigrated(at=NOON, ticket="t", regulation="csn@2", previous="csn@1", who="admin"))
    play.say(RESOLVED)

    asked = [each for each in play.log if isinstance(each.data, RatingRequested)]
    assert [(each.data.plan, each.meta.regulation) for each in asked] == [("paperwork", "csn@1"), ("outage", "csn@2")]


def test_a_rule_before_the_table_gives_the_plan_and_the_service_counts(play: Play) -> None:
    """R0-11."""
    rule = PlanRule(plan="management", services=("crm",))
    play.publish(msgspec.structs.replace(CSN, plan_rules=(rule,)))
    document = {"category": "project-documents", "previous": "project-documents"}
    play.say(TicketClassified(at=NOON, ticket="t", agent="anna", service="crm", **document))
    play.say(RESOLVED)

    assert [each.plan for each in play.all(RatingRequested)] == ["management"]


@pytest.mark.parametrize("change", [{"regulation": "csn@9"}, {"category": "gone"}])
def test_what_the_regulation_does_not_know_has_no_plan(play: Play, change: dict[str, str]) -> None:
    play.say(msgspec.structs.replace(OPENED, **change))
    play.say(RESOLVED)

    assert [each.plan for each in play.all(RatingRequested)] == [""]


def test_a_new_resolution_gives_a_new_survey_even_after_closing(play: Play) -> None:
    play.say(RESOLVED)
    play.say(TicketClosed(at=NOON, ticket="t", by="system"))
    play.say(
        TicketReopened(
            at=NOON, ticket="t", requester="r", by="requester", number="T-1", channel="email", regulation="csn@1"
        )
    )
    play.say(assigned("boris"))
    play.say(TicketResolved(at=NOON, ticket="t", requester="r", agent="", text=""))

    asked = play.all(RatingRequested)
    assert [each.agent for each in asked] == ["anna", "boris"]
    assert len({each.survey for each in asked}) == 2


def test_a_survey_expires_after_thirty_days_of_silence(play: Play) -> None:
    play.say(RESOLVED)
    (asked,) = play.all(RatingRequested)

    play.now = asked.expires_at - timedelta(seconds=1)
    play.ring()
    assert play.all(RatingExpired) == []

    play.now = asked.expires_at
    assert play.decider.reactor.next_ring(play.decider.state) == play.now
    play.ring()
    assert play.all(RatingExpired) == [RatingExpired(at=play.now, survey=asked.survey, ticket="t")]
    assert play.decider.reactor.next_ring(play.decider.state) is None


def test_a_rated_survey_does_not_expire(play: Play) -> None:
    play.say(RESOLVED)
    (asked,) = play.all(RatingRequested)
    play.say(RatingGiven(at=NOON, survey=asked.survey, ticket="t", requester="r", agent="anna", score=5))

    assert play.decider.reactor.next_ring(play.decider.state) is None


def test_the_state_is_stored_and_rebuilt_as_it_is(play: Play) -> None:
    play.say(RESOLVED)
    play.say(RESOLVED)
    live, reactor = play.decider.state, CsiReactor(LINKS)
    rebuilt = Decider(reactor, reactor.fresh(), 0)
    rebuilt.fold(play.log)

    assert reactor.restored(reactor.stored(live)) == live == rebuilt.state
