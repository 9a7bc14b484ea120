"""Whatever is done to the log behind its back is found, and the first event named (I23)."""

import asyncpg
import pytest
from eventlog.postgres import PostgresLog
from eventlog.sealer import Verified, merkle_root, seal_settled, verify
from hypothesis import given
from hypothesis import strategies as st
from testkit.streams import new, opened

SEALED, UNSEALED = 8, 4
TAMPERING = {
    "update log.events set data = replace(data::text, 'general', 'special')::json where position = 5": (5, "changed"),
    'update log.events set meta = \'{"actor":"agent:x"}\' where position = 2': (2, "changed"),
    "update log.events set recorded_at = recorded_at + interval '1 microsecond' where position = 8": (8, "changed"),
    "update log.events set stream = 'ticket-x' where position = 3": (3, "changed"),
    "delete from log.events where position = 4": (4, "missing"),
    "delete from log.events where position > 6": (7, "missing"),
    "delete from log.events where position > 10": (11, "missing"),
    "delete from log.events where position = 9": (9, "missing"),
    "delete from log.events": (1, "missing"),
    "update log.events set position = 13 where position = 4": (13, "beyond"),
    "insert into log.events select 0, gen_random_uuid(), 'ticket-x', 1, type, data, meta, recorded_at"
    " from log.events where position = 1": (0, "before"),
    "insert into log.events select 13, gen_random_uuid(), 'ticket-x', 1, type, data, meta, recorded_at"
    " from log.events where position = 1": (13, "beyond"),
    "update log.seals set root = previous": (1, "does not follow"),
    "delete from log.seals where number = 1": (5, "does not follow"),
    "update log.events set type = 'ticket.closed.v1' where position = 6": (6, "changed"),
    "delete from log.head": (8, "lost its head"),
    "update log.seals set last = 6 where number = 2": (5, "does not cover"),
    "update log.seals set leaves = '' where number = 2": (5, "does not cover"),
}


@pytest.fixture
async def kept(intake: PostgresLog) -> PostgresLog:
    """Two seals over eight events, and four that are not sealed yet."""
    for n in range(1, SEALED + UNSEALED + 1):
        await intake.append([new(f"ticket-{n}", 1, opened(str(n)))])
        if n in (4, SEALED):
            await seal_settled(intake.pool)
    return intake


async def test_an_untouched_log_verifies(kept: PostgresLog) -> None:
    assert await verify(kept.pool) == Verified(seals=2, events=SEALED, unsealed=UNSEALED, findings=())
    assert await seal_settled(kept.pool) == UNSEALED
    assert (await verify(kept.pool)).unsealed == 0


async def test_an_empty_log_verifies(intake: PostgresLog) -> None:
    assert await seal_settled(intake.pool) == 0
    assert (await verify(intake.pool)).findings == ()


@pytest.mark.parametrize("deed", TAMPERING)
async def test_every_deed_is_found_and_the_first_event_named(
    deed: str, kept: PostgresLog, owner: asyncpg.Connection
) -> None:
    await owner.execute(f"set session_replication_role = replica; {deed}")

    [first, *_] = (await verify(kept.pool)).findings
    position, what = TAMPERING[deed]
    assert first.position == position
    assert what in first.what


SEAL = "select log.seal($1, $2, $3, $4, $5)"


@pytest.mark.parametrize(("first", "last"), [(9, 10**12), (10, 12), (9, 13), (5, 12), (9, 8)])
async def test_no_service_can_seal_what_is_not_there_or_not_next(kept: PostgresLog, first: int, last: int) -> None:
    root = await kept.pool.fetchval("select root from log.seals where number = 2")
    leaves = bytes(32 * min(20, max(0, last - first + 1)))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await kept.pool.fetch(SEAL, first, last, leaves, root, root)


async def test_no_service_writes_seals_by_itself(kept: PostgresLog) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await kept.pool.execute("insert into log.seals select 3, 9, 10, leaves, root, root from log.seals limit 1")


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=40), st.data())
def test_a_root_depends_on_every_leaf_and_on_their_order(leaves: list[bytes], data: st.DataObject) -> None:
    other = data.draw(st.permutations(leaves) | st.just(leaves[:-1] or [b"\0" * 32]))

    assert (merkle_root(other) == merkle_root(leaves)) == (other == leaves)
