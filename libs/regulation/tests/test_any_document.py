"""Whatever is written, the loader answers with messages, and what it lets through can be linted and compared."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from regulation.diff import diff
from regulation.document import Regulation
from regulation.lint import lint
from regulation.load import RegulationError, load

WORDS = (
    "",
    "x",
    "null",
    "[]",
    "{}",
    "[1, [2]]",
    "{a: {b: c}}",
    "0",
    "-1",
    "true",
    "2026-01-01",
    "level1",
    "Ы",
    "&a",
    "*a",
)
CSN = (Path(__file__).parents[3] / "regulations" / "csn.yaml").read_text(encoding="utf-8")


def cut(lines: list[str], at: int) -> list[str]:
    return lines[:at] + lines[at + 1 :]


def double(lines: list[str], at: int) -> list[str]:
    return [*lines[: at + 1], *lines[at:]]


def indent(lines: list[str], at: int) -> list[str]:
    return [*lines[:at], f"  {lines[at]}", *lines[at + 1 :]]


def swap(lines: list[str], at: int) -> list[str]:
    return [*lines[:at], *lines[at : at + 2][::-1], *lines[at + 2 :]]


BASE = load(CSN)
SPOILS = (cut, double, indent, swap)


@settings(max_examples=50)
@given(st.data())
def test_a_spoilt_document_is_refused_with_lines_or_can_be_used(data: st.DataObject) -> None:
    lines = CSN.splitlines()
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines) - 1))
        lines = data.draw(st.sampled_from(SPOILS))(lines, at)
    answered("\n".join(lines))


@settings(max_examples=80)
@given(st.data())
def test_a_replaced_value_is_refused_with_its_line_or_can_be_used(data: st.DataObject) -> None:
    lines = CSN.splitlines()
    at = data.draw(st.sampled_from([index for index, line in enumerate(lines) if ": " in line]))
    key, _, _ = lines[at].partition(": ")
    lines[at] = f"{key}: {data.draw(st.sampled_from(WORDS))}"
    answered("\n".join(lines))


@settings(max_examples=50)
@given(st.text(max_size=200) | st.binary(max_size=200))
def test_what_is_no_document_is_refused(text: str | bytes) -> None:
    with pytest.raises(RegulationError):
        load(text)


def answered(text: str) -> None:
    """Refused with lines, or good for everything that is done with a regulation."""
    refusal, regulation = loaded(text)
    assert all(message.startswith("line ") for message in refusal.messages)
    assert len(refusal.in_("ru")) == len(refusal.messages)
    if regulation:
        lint(regulation)
        diff(BASE, regulation)
    else:
        assert refusal.messages


def loaded(text: str) -> tuple[RegulationError, Regulation | None]:
    try:
        return RegulationError([]), load(text)
    except RegulationError as refused:
        return refused, None
