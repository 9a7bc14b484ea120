"""What notify remembers of an open ticket and of the people it may have to tell."""

from datetime import datetime

import msgspec
from contracts.intake import Section

from notify.domain.words import Words

MANY = 10_000
"""Requesters whose latest automatic messages are remembered before old ones are looked for; closed tickets kept."""


class Ticket(msgspec.Struct, kw_only=True, omit_defaults=True):
    """An open ticket; `automatic` is why its first message came from a machine, `told` when its requester was told.

    `regulation` is the version it goes by, `csn@1`.
    """

    number: str
    requester: str
    kind: str
    language: str = "ru"
    automatic: str = ""
    agent: str = ""
    acknowledged: bool = False
    regulation: str = ""
    section: Section = "requests"
    priority: str = ""
    """As it was changed last, "" while it is that of the opening."""
    answered: str = ""
    """Who is answered in place of the requester, whose automatic mails count as his."""

    @property
    def told_as(self) -> str:
        """To whom mails about it count."""
        return self.answered or self.requester


class Colleague(msgspec.Struct, kw_only=True, omit_defaults=True):
    """An agent as far as telling him things goes."""

    name: str = ""
    email: str = ""
    telegram: str = ""
    language: str = "ru"

    @property
    def medium(self) -> str:
        """How he is told things, "" where there is no way."""
        return "mail" if self.email else "telegram" if self.telegram else ""


class State(msgspec.Struct, kw_only=True):
    """Everything notify decides on: open tickets, agents, and the latest automatic messages to each requester.

    Requesters told nothing of late are dropped from `told` when there are more than `room` in it; `latest` is the
    delivery counted last there, and to whom. `standing` counts the tickets that found nobody, by queue, since somebody
    last took work there. Of `closed` tickets the latest MANY are kept, oldest first.
    """

    tickets: dict[str, Ticket] = {}
    agents: dict[str, Colleague] = {}
    closed: dict[str, None] = {}
    told: dict[str, list[datetime]] = {}
    latest: tuple[str, str] = ("", "")
    room: int = MANY
    words: dict[str, Words] = {}
    standing: dict[str, int] = {}

    def colleague(self, agent: str) -> Colleague:
        """The agent of this id; of one who never registered only that is known."""
        return self.agents.get(agent, Colleague(name=agent))

    def words_for(self, ticket: str, opened_by: str) -> Words:
        """How the version calls things that a ticket goes by: the one it was moved to, else that of its opening (D2).

        A bare name means the version published last; one that was never published has no titles.
        """
        held = self.tickets.get(ticket)
        key = held.regulation if held and held.regulation else opened_by
        if "@" not in key:
            key = next((each for each in reversed(self.words) if each.partition("@")[0] == key), key)
        return self.words.get(key, Words())
