from datetime import UTC, datetime

import pytest
from contracts import Event, Meta, Recorded
from contracts.reasons import Assignment
from contracts.routing import AgentRegistered, NobodyOnline, TicketAssigned, TicketTransferred
from routing.domain.ownership import NotInGroupError, Ownership, Wish

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
WAITS = TicketAssigned(at=NOON, ticket="t", group="support", because=Assignment(rule="nobody-eligible"))
ANNA = AgentRegistered(at=NOON, agent="anna", name="Анна", groups=("support",))
BORIS = AgentRegistered(at=NOON, agent="boris", name="Борис", groups=("duty",))
WISH = Wish("lead", NOON, "knows the project")


def owned(*history: Event) -> Ownership:
    recorded = [
        Recorded(position=n, id="i", stream="assignment-t", version=n, recorded_at=NOON, data=said, meta=Meta())
        for n, said in enumerate(history, 1)
    ]
    found = Ownership.replay(recorded)
    assert found is not None
    return found


def moved(ownership: Ownership) -> list[tuple[str, str, str]]:
    said = [decided.event for decided in ownership.new_events()]
    return [(each.agent, each.group, each.reason) for each in said if isinstance(each, TicketTransferred)]


def test_an_agent_takes_a_ticket_of_his_group() -> None:
    ticket = owned(WAITS, NobodyOnline(at=NOON, ticket="t", group="support"))

    ticket.take(ANNA, Wish("anna", NOON))
    ticket.take(ANNA, Wish("anna", NOON))

    assert moved(ticket) == [("anna", "support", "")]


def test_a_ticket_of_another_group_cannot_be_taken() -> None:
    with pytest.raises(NotInGroupError):
        owned(WAITS).take(BORIS, Wish("boris", NOON))


def test_a_ticket_handed_to_somebody_of_another_group_moves_there() -> None:
    ticket = owned(WAITS)

    ticket.hand_to(BORIS, WISH)

    assert moved(ticket) == [("boris", "duty", "knows the project")]


def test_a_ticket_handed_to_its_group_loses_its_agent() -> None:
    ticket = owned(WAITS, TicketAssigned(at=NOON, ticket="t", group="support", agent="anna", because=WAITS.because))

    ticket.hand_to_group("support", WISH)

    assert moved(ticket) == [("", "support", "knows the project")]
