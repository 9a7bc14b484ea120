from datetime import UTC, datetime

import msgspec
import pytest
from contracts import Event, Meta, Recorded
from contracts.reasons import Assignment
from contracts.routing import AgentRegistered, NobodyOnline, TicketAssigned, TicketTransferred, TicketUnattended
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

    ticket.hand_to("boris", BORIS.groups, WISH)

    assert moved(ticket) == [("boris", "duty", "knows the project")]


@pytest.mark.parametrize("groups", [("duty", "support"), ("support",), ("support", "duty"), ()])
def test_a_ticket_handed_to_somebody_who_serves_its_group_or_none_stays_there(groups: tuple[str, ...]) -> None:
    """R4-10: also to somebody who is lent to it."""
    ticket = owned(WAITS)

    ticket.hand_to("boris", groups, WISH)

    assert moved(ticket)[0][:2] == ("boris", "support")


def test_a_ticket_handed_to_its_group_loses_its_agent() -> None:
    ticket = owned(WAITS, TicketAssigned(at=NOON, ticket="t", group="support", agent="anna", because=WAITS.because))

    ticket.hand_to_group("support", WISH)

    assert moved(ticket) == [("", "support", "knows the project")]


def test_only_what_is_his_or_his_groups_is_an_agents_to_move_and_anything_the_heads() -> None:
    """R0-23."""
    his = TicketAssigned(at=NOON, ticket="t", group="duty", agent="anna", because=WAITS.because)
    anna, stranger = Wish("anna", NOON, groups=("support",)), Wish("vera", NOON, groups=("support",))

    mine, foreign, heads = owned(his), owned(his), owned(his)
    mine.hand_to("boris", BORIS.groups, anna)
    heads.hand_to("boris", BORIS.groups, WISH)
    with pytest.raises(NotInGroupError):
        foreign.hand_to_group("support", stranger)

    assert moved(mine)[0][0] == moved(heads)[0][0] == "boris"


def test_only_what_nobody_has_is_picked_up_and_what_was_left_alone_can_be() -> None:
    left = TicketUnattended(at=NOON, ticket="t", group="support", agent="boris", limit="2 часа")
    waits, taken = owned(WAITS, left, WAITS), owned(WAITS, msgspec.structs.replace(WAITS, agent="boris"))

    for ticket in (waits, taken):
        ticket.pick_up(ANNA, Wish("anna", NOON, groups=("support",)))

    assert (moved(waits), moved(taken)) == ([("anna", "support", "")], [])
