"""Long texts in parts: nothing lost, nothing too long, nothing broken in two."""

from html import unescape

from hypothesis import given
from hypothesis import strategies as st
from notify.sending.pieces import pieces, units

WORDS = st.lists(st.sampled_from(["слово", "👍🏽", "&", "<b>", "a", "\n", "длинноедлинноедлинное"]), max_size=120)


@given(WORDS, st.sampled_from(["", "TIC-42"]))
def test_no_part_is_longer_than_telegram_takes(words: list[str], heading: str) -> None:
    for part in pieces(heading, " ".join(words), limit=64):
        assert units(unescape(part.replace("<b>TIC-42</b>", "TIC-42"))) <= 64


@given(WORDS)
def test_every_word_arrives_in_order(words: list[str]) -> None:
    text = " ".join(words)
    assert unescape(" ".join(pieces("", text, limit=64, most=1000))).split() == text.split()


@given(st.text(max_size=300))
def test_any_text_can_be_sent(text: str) -> None:
    for part in pieces("", text, limit=40):
        assert units(part.encode().decode() and unescape(part)) <= 40


def test_what_does_not_fit_ends_in_an_ellipsis() -> None:
    parts = pieces("", "слово " * 100, limit=40, most=3)
    assert len(parts) == 3
    assert parts[-1].endswith("…")
    assert not parts[0].endswith("…")


def test_a_surrogate_pair_is_never_cut() -> None:
    assert pieces("", "👍" * 50, limit=21, most=10)[0] == "👍" * 10
