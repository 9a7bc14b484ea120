"""How a ticket begins: it opens, says to which one it leads, and has its task where its first stage asks for one."""

from contracts import Event
from contracts.intake import TaskOpened, TicketLinked, TicketOpened
from contracts.reasons import Threading
from contracts.streams import ticket_stream
from eventlog.aggregate import Decided
from regulation.document import Regulation
from regulation.stage import TaskAction

from intake.domain.threading import followed
from intake.domain.work import top_title


def begun(said: TicketOpened, because: Threading, regulation: Regulation) -> list[Decided]:
    """The first events of a new ticket, in order."""
    stream = ticket_stream(said.ticket)
    events: list[Event] = [said]
    if link := _link(said, because):
        events.append(link)
    task = regulation.stage(said.stage).task
    if task and task.action is TaskAction.open:
        events.append(_top_level(said, task.prefix))
    return [Decided(stream=stream, version=n, event=event) for n, event in enumerate(events, 1)]


def _link(said: TicketOpened, because: Threading) -> TicketLinked | None:
    """The ticket of the sender's own that it follows, or somebody else's whose token it carried (§3.5)."""
    if earlier := followed(because):
        return TicketLinked(at=said.at, ticket=said.ticket, to=earlier, relation="follow-up", who="")
    why, _, other = because.matched.partition(":")
    if because.rule == "none" and why.startswith("foreign-"):
        return TicketLinked(at=said.at, ticket=said.ticket, to=other, relation="related", who="")
    return None


def _top_level(said: TicketOpened, prefix: str) -> TaskOpened:
    title = top_title(prefix, said.number)
    return TaskOpened(at=said.at, ticket=said.ticket, requester=said.requester, task="1", title=title, who="")
