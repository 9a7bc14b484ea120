"""Ids that follow from what caused them."""

from uuid import UUID, uuid5

from contracts.streams import derived_id, message_id, name_based
from hypothesis import given
from hypothesis import strategies as st


@given(st.uuids(), st.text())
def test_name_based_ids_are_the_standards(space: UUID, name: str) -> None:
    assert name_based(str(space), name) == str(uuid5(space, name))


def test_the_same_message_always_has_the_same_id() -> None:
    assert message_id("email", "<a@example.ru>") == message_id("email", "<a@example.ru>")
    assert message_id("email", "<a@example.ru>") != message_id("other", "<a@example.ru>")


def test_several_reactions_of_one_rule_differ() -> None:
    cause = message_id("email", "<a@example.ru>")

    assert len({derived_id(cause, "assign"), derived_id(cause, "assign", 1), derived_id(cause, "tell")}) == 3
