"""Every event ever written stays readable, and what is published about it is what it is (I16)."""

from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import msgspec
import pytest
from contracts import CATALOGUE, Catalogue, Event, Meta, Recorded, UnreadableEventError
from contracts.catalogue import CATALOGUE as WHOLE
from contracts.catalogue import OWNERS
from contracts.generate import schema_text
from contracts.intake import TicketClosed
from contracts.schemas import page, schema_of

HERE = Path(__file__).parent
SCHEMAS = HERE.parent / "schemas"
DOCS = HERE.parents[2] / "docs"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
EVERY = pytest.mark.parametrize("wire", sorted(CATALOGUE.types))


class Lent(Event, frozen=True, kw_only=True, tag="book.lent.v1"):
    """As it was said once: minutes."""

    minutes: int


class LentForDays(Event, frozen=True, kw_only=True, tag="book.lent.v2"):
    """As it is said today: days."""

    days: int


LIBRARY = Catalogue([LentForDays], {Lent: lambda old: LentForDays(at=old.at, days=old.minutes // 1440)})


@EVERY
def test_the_approved_sample_of_every_event_is_still_readable(wire: str) -> None:
    text = (HERE / "samples" / f"{wire}.json").read_bytes()

    event = CATALOGUE.decode(text)

    assert msgspec.json.decode(msgspec.json.encode(event)) == msgspec.json.decode(text)


@EVERY
def test_the_published_schema_of_every_event_is_what_its_struct_says(wire: str) -> None:
    assert (SCHEMAS / f"{wire}.json").read_text() == schema_text(CATALOGUE.types[wire]), (
        "run `python -m contracts.generate` and look at what changed: within a version only optional additions"
    )


@EVERY
def test_the_approved_sample_obeys_the_published_schema(wire: str) -> None:
    sample = msgspec.json.decode((HERE / "samples" / f"{wire}.json").read_bytes())

    jsonschema.validate(sample, schema_of(CATALOGUE.types[wire]))


def test_no_sample_or_schema_is_left_of_an_event_that_nobody_can_read() -> None:
    found = {path.stem for folder in (SCHEMAS, HERE / "samples") for path in folder.glob("*.json")}

    assert found == set(CATALOGUE.types)


def test_the_reference_page_is_up_to_date() -> None:
    assert (DOCS / "events.md").read_text() == page(OWNERS), "run `python -m contracts.generate`"


def test_every_event_belongs_to_exactly_one_service() -> None:
    owned = [kind for kinds in OWNERS.values() for kind in kinds]

    assert sorted(map(str, owned)) == sorted(map(str, WHOLE.types.values()))


def test_unknown_fields_are_tolerated() -> None:
    text = b'{"type":"ticket.closed.v1","at":"2026-11-23T12:00:00Z","ticket":"t","by":"system","mood":"good"}'

    assert CATALOGUE.decode(text) == TicketClosed(at=NOON, ticket="t", by="system")


@pytest.mark.parametrize("text", [b'{"type":"ticket.sung.v1","at":"2026-11-23T12:00:00Z"}', b"{", b"[]", b'{"type":7}'])
def test_what_no_event_type_reads_is_said_to_be_unreadable(text: bytes) -> None:
    with pytest.raises(UnreadableEventError):
        CATALOGUE.decode(text)


def test_a_retired_version_reads_as_todays() -> None:
    old = msgspec.json.encode(Lent(at=NOON, minutes=4320))

    assert LIBRARY.decode(old) == LentForDays(at=NOON, days=3)


def test_a_retired_version_reads_as_todays_inside_a_page() -> None:
    events = [
        Recorded(position=n, id="i", stream="book-1", version=n, recorded_at=NOON, data=data, meta=Meta())
        for n, data in enumerate([Lent(at=NOON, minutes=1440), LentForDays(at=NOON, days=2)], 1)
    ]

    page = LIBRARY.decode_page(msgspec.json.encode(events))

    assert [each.data for each in page] == [LentForDays(at=NOON, days=1), LentForDays(at=NOON, days=2)]
