"""One verb on one ticket, heard by everybody who takes part in it."""

from collections.abc import Callable, Sequence

from contracts import Event
from contracts.intake import TaskOpened
from contracts.streams import derived_id
from eventlog.change import By, Changed, decided, landed, repeated
from eventlog.errors import ForgottenError
from eventlog.store import EventLog, New
from msgspec.structs import replace

from intake.domain.talk import Public
from intake.domain.ticket import Ticket
from intake.merging import sources_of


async def say(log: EventLog, stream: str, verb: Callable[[Ticket], None], by: By) -> Changed[Ticket]:
    """Let `verb` decide and record it; what it says publicly is said in the tickets that were put into this one too.

    Raises what `eventlog.change.change` raises.
    """

    async def attempt() -> Changed[Ticket]:
        changed, new = await decided(log, Ticket, stream, verb, by)
        if not new:
            return changed
        retold = await _retold(log, changed.aggregate, new)
        return changed._replace(position=await _append(log, new, retold, by))

    return await repeated(attempt)


async def _append(log: EventLog, new: Sequence[New], retold: Sequence[New], by: By) -> int:
    """All of it; where somebody was forgotten, what names nobody: that must silence neither the others nor the work."""
    nameless = [replace(each, event=_untitled(each.event)) for each in new]
    for batch in ([*new, *retold], new):
        try:
            return await landed(log, batch, by)
        except ForgottenError:
            continue
    return await landed(log, nameless, by)


def _untitled(said: Event) -> Event:
    return replace(said, title="") if isinstance(said, TaskOpened) and not said.who else said


async def _retold(log: EventLog, ticket: Ticket, new: Sequence[New]) -> list[New]:
    """The same words to the requesters of merged tickets, to everybody once, in their own tickets."""
    public = [each for each in new if isinstance(each.event, Public)]
    if not (public and ticket.merged):
        return []
    others = {each.requester: each for each in reversed(await sources_of(log, ticket))}
    others.pop(ticket.requester, None)
    return [retold for each in others.values() for retold in _told(each, public)]


def _told(source: Ticket, public: Sequence[New]) -> list[New]:
    for each in public:
        assert isinstance(each.event, Public)
        source.tell(each.event)
    told = zip(public, source.new_events(), strict=True)
    return [
        New(
            id=derived_id(said.id, again.stream),
            stream=again.stream,
            version=again.version,
            event=again.event,
            meta=replace(said.meta, causation=said.id),
        )
        for said, again in told
    ]
