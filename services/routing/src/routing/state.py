"""What routing knows: who is there, what is open, what waits."""

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property

import msgspec
from contracts.intake import Section
from eventlog.reactor import Cause
from regulation.document import Regulation
from regulation.stage import SOLVED, Owner, Stage
from regulation.term import UnknownTermError

from routing.domain.demand import Demand
from routing.domain.desk import Desk
from routing.domain.fairness import Streaks
from routing.domain.levels import taking_over
from routing.domain.lines import Crew, Place, Reason, place_of
from routing.domain.ruling import Rulings
from routing.domain.staff import Staff
from routing.domain.unattended import Patience, Watch
from routing.domain.waiting import Order, Rank, rank
from routing.held import LONG_AGO, Held, Queue

__all__ = ["LONG_AGO", "Held", "Queue", "State"]


class State(msgspec.Struct, kw_only=True, dict=True):
    """A fold of the log: open tickets only; of closed and merged ones no more than who had them (A-13).

    `regulations` are all published versions by key (`csn@1`), the latest published last, `begins` when each comes into
    force (UTC); `turns` are pool → agent → last turn, `streaks` whom nobody may overtake (D10), `calls` open missed
    call → ticket, `overflows` line → helper → why (R3-23), `stirred` what people last said about people; `seen` is the
    log's time up to which everything was taken in. What else is looked up here follows from these and is never stored.
    """

    regulations: dict[str, Regulation] = {}
    begins: dict[str, datetime] = {}
    staff: Staff = msgspec.field(default_factory=Staff)
    turns: dict[str, dict[str, int]] = {}
    streaks: dict[str, Streaks] = {}
    tickets: dict[str, Held] = {}
    queues: dict[str, Queue] = {}
    owners: dict[str, str] = {}
    calls: dict[str, str] = {}
    overflows: dict[str, dict[str, Reason]] = {}
    stirred: Cause | None = None
    seen: datetime = LONG_AGO

    @cached_property
    def desk(self) -> Desk:
        """Everybody's open work and turns."""
        return Desk(self.staff, self.turns, self.tickets.values())

    @cached_property
    def watch(self) -> Watch:
        """Which tickets will have been left alone for too long."""
        found = Watch(self.patience)
        for ticket in self.tickets:
            found.begin(ticket)
        return found

    @cached_property
    def rulings(self) -> Rulings:
        """Which versions are in force when."""
        return Rulings(self.regulations, self.begins)

    @cached_property
    def orders(self) -> dict[str, Order]:
        """Queues in the order in which they are dealt."""
        return {}

    @cached_property
    def places(self) -> dict[tuple[str, str, str], Place]:
        """Where tickets of a version and a channel belong while a group has them."""
        return {}

    @cached_property
    def crews(self) -> dict[tuple[str, str], tuple[int, Crew]]:
        """What was found out about the people of a version's lines, and after how many changes on the desk."""
        return {}

    @cached_property
    def leavings(self) -> dict[int, datetime | None]:
        """When the next shift ends that takes somebody Offline, after so many changes of people."""
        return {}

    @cached_property
    def wakings(self) -> dict[str, tuple[object, datetime | None]]:
        """What was found out about when queues will be dealt, and on what that depended."""
        return {}

    def forget_regulations(self) -> None:
        """Another version was published: look up anew what follows from the versions there are."""
        self.__dict__.pop("rulings", None)
        self.places.clear()

    def regulation(self, named: str) -> Regulation:
        """Exactly the version that a ticket names, `csn@1` (D2); a bare name means the one published last."""
        known = self.regulations.get(named)
        if known is None and "@" not in named:
            known = next((each for each in reversed(self.regulations.values()) if each.name == named), None)
        if known is None:
            raise UnknownTermError(f"the regulation {named!r} is not published: publish it, then replay what is parked")
        return known

    def home(self, held: Held) -> str:
        """The group of the ticket's channel, or that of its service while that is being handed over (R2-08)."""
        regulation = self.regulation(held.regulation)
        return taking_over(regulation, held.service) or regulation.channel(held.channel).group

    def place(self, regulation: str, channel: str, group: str) -> Place:
        """Where tickets of a version belong while `group` has them: as their channel does, or with its other line."""
        key = (regulation, channel, group)
        if (known := self.places.get(key)) is None:
            known = self.places[key] = place_of(self.regulation(regulation), channel, group)
        return known

    def placed(self, regulation: str, channel: str, group: str) -> tuple[str, Section] | None:
        """The line's id and the section of `place`; None while the version is not published."""
        try:
            place = self.place(regulation, channel, group)
        except UnknownTermError:
            return None
        return place.line.id if place.line else "", place.section

    def skills(self, held: Held) -> tuple[str, ...]:
        """The service and the language that the ticket asks for, where its regulation deals by skill."""
        try:
            by_skill = self.regulation(held.regulation).distribution.by_skill
        except UnknownTermError:
            return ()
        return tuple(filter(None, (held.service, held.language))) if by_skill else ()

    def rank(self, held: Held) -> Rank:
        """Where the ticket stands among those that wait."""
        return rank(held, self.regulation(held.regulation), self.place(held.regulation, held.channel, held.group).line)

    def meant_for(self, held: Held, group: str) -> str:
        """Whom the ticket is kept for while `group` has it, "" where it is anybody's (R4-08)."""
        who = self.staff.agents.get(held.wanted) if held.wanted and held.group in ("", group) else None
        return held.wanted if who and who.registered else ""

    def order(self, key: str) -> Order:
        """The tickets of a queue in the order in which they are dealt."""
        if key not in self.orders:
            self.orders[key] = Order((ticket, self.rank(held)) for ticket, held in self.queues[key].waiting.items())
        return self.orders[key]

    def demand(self, held: Held, group: str, at: datetime) -> Demand:
        """What a ticket asks of a group at a moment; lines that help are for whoever decides to add."""
        regulation = self.regulation(held.regulation)
        coverage = regulation.channel(held.channel).coverage
        place = self.place(held.regulation, held.channel, group)
        return Demand(
            group=group,
            section=place.section,
            coverage=coverage,
            calendar=regulation.calendar(coverage),
            at=at,
            skills=held.skills,
            line=place.line.id if place.line else "",
            strategy=regulation.distribution.strategy,
        )

    def belongs(self, held: Held, group: str) -> tuple[str, Section]:
        """The line's id and the section of `place`; what they are already while the version is not published."""
        return self.placed(held.regulation, held.channel, group) or (held.line, held.section)

    def is_solved(self, held: Held, stage: str) -> bool:
        """Whether there is nothing to do in a stage."""
        return any(each.id == stage and each.kind in SOLVED for each in self._stages(held))

    def takes_back(self, held: Held) -> bool:
        """Whether the ticket's regulation takes unattended work back."""
        known = self.regulations.get(held.regulation)
        return known is not None and known.distribution.unattended_after is not None

    def patience(self, ticket: str) -> tuple[datetime, Patience] | None:
        """When its agent last did something about a ticket, and how long he may leave it alone; None: as he likes.

        Nobody waits for an agent while the requester or a vendor has to answer; what was meant for somebody is his.
        """
        held = self.tickets.get(ticket)
        if held is None or not self.takes_back(held):
            return None
        if held.resolved or held.paused or held.agent in ("", held.wanted) or self._is_vendors(held):
            return None
        regulation = self.regulation(held.regulation)
        calendar = regulation.calendar(regulation.channel(held.channel).coverage)
        return held.acted, Patience(regulation.distribution.unattended_after or "", calendar)

    def _is_vendors(self, held: Held) -> bool:
        return any(each.id == held.stage and each.owner is Owner.vendor for each in self._stages(held))

    def _stages(self, held: Held) -> Iterable[Stage]:
        known = self.regulations.get(held.regulation)
        return known.stages if known else ()
