"""Csi's decisions as its follower runs them: a resolution asks for a rating, silence lets it expire."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

import msgspec
from contracts import Event, Recorded
from contracts.csi import RatingExpired, RatingRequested
from contracts.intake import RegulationPublished, TicketResolved
from contracts.streams import derived_id, survey_stream
from eventlog.fingerprint import fingerprint
from eventlog.reactor import Reaction, Statement

from csi.folding import HEARS, fold
from csi.links import Links
from csi.state import Case, State
from csi.views import VIEWS

OPEN_FOR = timedelta(days=30)
"""How long a rating link works."""


class CsiReactor:
    """Asks once per resolution and binds the answer to who had the ticket then (R0-37, D13)."""

    name = "csi"
    code = fingerprint("csi", "contracts", "regulation")
    views = VIEWS
    hears = HEARS
    urgent = (TicketResolved, RegulationPublished)

    def __init__(self, links: Links) -> None:
        self._links = links

    def fresh(self) -> State:
        """Nothing open, nobody asked."""
        return State()

    def restored(self, snapshot: bytes) -> State:
        """The state as it was stored."""
        return msgspec.msgpack.decode(snapshot, type=State)

    def stored(self, state: State) -> bytes:
        """The state as bytes."""
        return msgspec.msgpack.encode(state)

    def evolve(self, state: State, event: Recorded[Event]) -> None:
        """Take one event into the state."""
        fold(state, event)

    def react(self, state: State, event: Recorded[Event]) -> Iterable[Reaction]:
        """A resolution asks for a rating."""
        if isinstance(event.data, TicketResolved) and (case := state.cases.get(event.data.ticket)):
            survey = derived_id(event.id, "survey")
            asked = self._asked(event.data, case, survey, event.recorded_at)
            asked = msgspec.structs.replace(asked, resolution=event.id, plan=state.plan(case))
            stream = survey_stream(survey)
            yield Reaction(name="ask", stream=stream, event=asked, regulation=state.version(case))

    def next_ring(self, state: State) -> datetime | None:
        """When the next survey expires."""
        return state.rings[0][0] if state.rings else None

    def ring(self, state: State, now: datetime, limit: int) -> Iterator[Reaction]:
        """Surveys nobody answered in time."""
        due = sorted(ring for ring in state.rings if ring[0] <= now and ring[1] in state.pending)
        for expires_at, survey in due[:limit]:
            pending = state.pending[survey]
            expired = RatingExpired(at=expires_at, survey=survey, ticket=pending.ticket)
            yield Reaction(name="expire", stream=survey_stream(survey), event=expired, cause=pending.cause)

    def project(self, events: Sequence[Recorded[Event]]) -> Iterable[Statement]:
        """The table of surveys."""
        return VIEWS.project(events)

    async def act(self, event: Recorded[Event]) -> None:
        """Csi commands nothing."""

    def _asked(self, said: TicketResolved, case: Case, survey: str, at: datetime) -> RatingRequested:
        return RatingRequested(
            at=at,
            survey=survey,
            ticket=said.ticket,
            number=case.number,
            requester=said.requester,
            resolution="",
            agent=case.agent,
            group=case.group,
            channel=case.channel,
            stage=said.previous,
            plan="",
            link=self._links.link(survey),
            expires_at=at + OPEN_FOR,
            language=case.language,
        )
