from hypothesis import given as forall
from hypothesis import strategies as st
from servicekit.text import clean, storable

ANYTHING = st.text(st.characters(exclude_categories=()) | st.sampled_from("\x00\ud800\udfff"))


@forall(ANYTHING)
def test_what_is_clean_can_be_stored_and_has_lost_nothing_else(text: str) -> None:
    left = clean(text)

    assert storable(left)
    assert left == "".join(mark for mark in text if storable(mark))
    assert storable(text) == (left == text)


@forall(ANYTHING)
def test_what_can_be_stored_has_neither_nul_nor_half_a_pair(text: str) -> None:
    assert storable(text) == (not any(mark == "\x00" or "\ud800" <= mark <= "\udfff" for mark in text))
