"""Personal text is stored only as ciphertext, and is gone with its key (I21)."""

import os
import re

import asyncpg
import msgspec
import pytest
from contracts import CATALOGUE, Event
from contracts.example import example
from contracts.intake import RequesterReplied, TicketOpened
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from eventlog.errors import ConflictError
from eventlog.postgres import PostgresLog
from eventlog.sealer import seal_settled, verify
from eventlog.sealing import NONCE, blanked, nonces_for, personal_fields, seal, unseal
from eventlog.store import New
from hypothesis import given
from hypothesis import strategies as st
from testkit.running import a_log
from testkit.servers import Database
from testkit.streams import NINE, new, registered

CANARY = "Кенарь-kenar-7391"
STREAM = "requester-r"
KEY = AESGCM(bytes(range(32)))
NONCES = bytes(range(NONCE * 12))
PERSONAL = [kind for kind in CATALOGUE.types.values() if personal_fields(kind)]
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
TABLES = """
    select format('select coalesce(string_agg(t::text, %L), %L) from %I.%I t', ' ', '', schemaname, tablename)
    from pg_tables where schemaname not in ('pg_catalog', 'information_schema')
"""


def words() -> list[New]:
    said = RequesterReplied(at=NINE, ticket="1", requester="r", text=CANARY, quoted=CANARY)
    return [new(STREAM, 1, registered("r", CANARY)), new("ticket-1", 1, said)]


@given(st.sampled_from(PERSONAL), TEXTS, st.uuids())
def test_whatever_is_sealed_is_opened_again(kind: type[Event], text: str, where: object) -> None:
    event = msgspec.structs.replace(example(kind), **dict.fromkeys(personal_fields(kind), text))

    assert unseal(seal(event, str(where), KEY, NONCES), str(where), KEY) == event


@pytest.mark.parametrize("kind", PERSONAL)
def test_no_personal_field_of_any_event_stays_readable(kind: type[Event]) -> None:
    event = msgspec.structs.replace(example(kind), **dict.fromkeys(personal_fields(kind), CANARY))

    sealed = seal(event, "id", KEY, NONCES)
    assert CANARY.encode() not in msgspec.json.encode(sealed)
    assert unseal(sealed, "id", None) == blanked(event)


def test_ciphertext_moved_to_another_field_or_event_does_not_open() -> None:
    sealed = seal(RequesterReplied(at=NINE, ticket="1", requester="r", text="one", quoted="two"), "id", KEY, NONCES)
    assert isinstance(sealed, RequesterReplied)
    swapped = msgspec.structs.replace(sealed, text=sealed.quoted, quoted=sealed.text)

    assert unseal(swapped, "id", KEY) == msgspec.structs.replace(swapped, text="", quoted="")
    assert unseal(sealed, "other", KEY) == msgspec.structs.replace(sealed, text="", quoted="")


def test_what_only_looks_like_ciphertext_opens_as_nothing_and_breaks_nothing() -> None:
    forged = RequesterReplied(at=NINE, ticket="1", requester="r", text="~not base64!", quoted="~")

    assert unseal(forged, "id", KEY) == msgspec.structs.replace(forged, text="", quoted="")


async def test_no_word_of_a_person_lies_in_any_table_or_is_told_to_followers(
    database: Database, owner: asyncpg.Connection
) -> None:
    told: list[str] = []

    async def listen(lines: list[str]) -> None:
        told.extend(lines)

    async with a_log(database.url_for("intake"), listen) as log:
        await log.append(words(), mint=frozenset({"r"}))
    everything = " ".join([await owner.fetchval(row[0]) for row in await owner.fetch(TABLES)])
    assert STREAM in everything
    assert len(told) == 2
    assert not [place for place in (everything, *told) if CANARY in place]


async def test_errors_do_not_quote_what_people_wrote(database: Database, intake: PostgresLog) -> None:
    await intake.append(words(), mint=frozenset({"r"}))
    with pytest.raises(ConflictError) as conflict:
        await intake.append([new("ticket-1", 1, words()[1].event)])
    with pytest.raises(asyncpg.CheckViolationError) as broken:
        await intake.append([new("ticket-No Such", 1, words()[1].event)])
    assert not [error for error in (conflict, broken) if CANARY in repr(error.value) + str(error.value.__dict__)]


async def test_with_the_key_destroyed_the_words_are_gone_and_every_hash_holds(
    database: Database, intake: PostgresLog, owner: asyncpg.Connection
) -> None:
    await intake.append(words(), mint=frozenset({"r"}))
    await seal_settled(intake.pool)
    await owner.execute("delete from vault.keys where subject = 'r'")
    intake.vault.forget("r")

    async with a_log(database.url_for("csi")) as another:
        for log in (intake, another):
            [person, reply] = [each.data for each in await log.opened(await log.page(0, 9))]
            assert (person.address, person.name, reply.text, reply.quoted) == ("", "", "", "")
    assert (await verify(intake.pool)).findings == ()


def test_the_names_of_attachments_are_closed_too() -> None:
    event = example(TicketOpened)
    assert event.attachments[0].name

    sealed = seal(event, "id", KEY, os.urandom(nonces_for(event)))

    assert event.attachments[0].name not in str(sealed)
    assert unseal(sealed, "id", KEY) == event
    assert unseal(sealed, "id", None).attachments[0].name == blanked(event).attachments[0].name == ""


@given(st.integers(0, 4))
def test_no_nonce_is_used_twice(files: int) -> None:
    event = example(TicketOpened)
    event = msgspec.structs.replace(event, attachments=event.attachments * files)

    sealed = seal(event, "id", KEY, os.urandom(nonces_for(event)))

    boxes = re.findall(r"~([A-Za-z0-9+/]{16})", msgspec.json.encode(sealed).decode())
    assert len(boxes) == len(set(boxes)) >= 2 * files
