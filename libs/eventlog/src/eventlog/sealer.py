"""Tamper evidence: settled ranges of the log under chained Merkle roots, and the check that finds what was changed.

Hashes are over the stored text, which holds ciphertext only: forgetting a person breaks none of them (I21, I23).
"""

import hashlib
from collections.abc import Sequence

import asyncpg
import msgspec

RANGE = 1_000
"""Events one seal covers at most."""
LEAF = 32
GENESIS = bytes(LEAF)

LATEST = "select last, root from log.seals order by number desc limit 1"
LINES = """
    select position, log.line(e) as line, type is not distinct from data->>'type' as typed
    from log.events e where position > $1 order by position limit $2
"""
SEAL = "select log.seal($1, $2, $3, $4, $5)"
TAIL = """
    select head.position as head, (select coalesce(max(position), 0) from log.events) as last,
        (select count(*) from log.events where position > $1) as unsealed,
        (select min(position) from log.events where position < 1) as before,
        (select min(n) from generate_series($1 + 1, head.position) n
            where not exists (select from log.events e where e.position = n)) as missing
    from log.head
"""
SEALS = "select number, first, last, leaves, root, previous from log.seals order by number"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """The first thing wrong with a sealed range, told so that a person can look at it."""

    position: int
    what: str


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """How much of the log was checked, and what was found: nothing, when the log is as it was written."""

    seals: int
    events: int
    unsealed: int
    findings: tuple[Finding, ...]


async def seal_settled(pool: asyncpg.Pool) -> int:
    """Seal what is not sealed yet, and give how many events that were; one sealer at a time (the relay's lock)."""
    sealed = 0
    while True:
        latest = await pool.fetchrow(LATEST)
        last, previous = (latest["last"], latest["root"]) if latest else (0, GENESIS)
        rows = await pool.fetch(LINES, last, RANGE)
        if not rows:
            return sealed
        leaves = [leaf(row["line"]) for row in rows]
        root = chained(previous, merkle_root(leaves))
        await pool.fetch(SEAL, rows[0]["position"], rows[-1]["position"], b"".join(leaves), root, previous)
        sealed += len(rows)


async def verify(pool: asyncpg.Pool) -> Verified:
    """Check every seal against the log as it stands; reads it once, in order."""
    seals, events, findings, root, last = 0, 0, [], GENESIS, 0
    for row in await pool.fetch(SEALS):
        seals += 1
        lines = await pool.fetch(LINES, row["first"] - 1, len(row["leaves"]) // LEAF)
        events += len(lines)
        if finding := _check(row, root, last, lines):
            findings.append(finding)
        root, last = row["root"], row["last"]
    tail = await pool.fetchrow(TAIL, last)
    if tail is None:
        beheaded = Finding(position=last, what="the log has lost its head, which says how far it reaches")
        return Verified(seals=seals, events=events, unsealed=0, findings=(*findings, beheaded))
    findings = [*_strays(tail), *findings, *_losses(tail)]
    return Verified(seals=seals, events=events, unsealed=tail["unsealed"], findings=tuple(findings))


def leaf(line: str) -> bytes:
    """The hash of one event as it stands in the log."""
    return hashlib.sha256(b"\x00" + line.encode()).digest()


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """The root over these leaves; an odd one is carried up as it is (RFC 6962 keeps leaf and node apart)."""
    level = list(leaves)
    while len(level) > 1:
        pairs = [hashlib.sha256(b"\x01" + level[n] + level[n + 1]).digest() for n in range(0, len(level) - 1, 2)]
        level = pairs + level[len(pairs) * 2 :]
    return level[0]


def chained(previous: bytes, root: bytes) -> bytes:
    """A seal's root, bound to the seal before it."""
    return hashlib.sha256(b"\x02" + previous + root).digest()


def _strays(tail: asyncpg.Record) -> list[Finding]:
    before = (
        [Finding(position=tail["before"], what="there is an event before the first")]
        if tail["before"] is not None
        else []
    )
    ahead = tail["last"] > tail["head"]
    return before + ([Finding(position=tail["last"], what="there is an event beyond the head")] if ahead else [])


def _losses(tail: asyncpg.Record) -> list[Finding]:
    """What is not sealed yet can still be counted: the head tells how far the log must reach."""
    return [] if tail["missing"] is None else [Finding(position=tail["missing"], what="the event is missing")]


def _check(seal: asyncpg.Record, previous: bytes, last: int, lines: Sequence[asyncpg.Record]) -> Finding | None:
    leaves = [seal["leaves"][n : n + LEAF] for n in range(0, len(seal["leaves"]), LEAF)]
    if not leaves or len(seal["leaves"]) != LEAF * (seal["last"] - seal["first"] + 1):
        return Finding(position=seal["first"], what=f"seal {seal['number']} does not cover the events it names")
    if (
        seal["first"] != last + 1
        or seal["previous"] != previous
        or seal["root"] != chained(previous, merkle_root(leaves))
    ):
        return Finding(position=seal["first"], what=f"seal {seal['number']} does not follow from the seal before it")
    for n, sealed in enumerate(leaves):
        position = seal["first"] + n
        if n >= len(lines) or lines[n]["position"] != position:
            return Finding(position=position, what="the event is missing")
        if leaf(lines[n]["line"]) != sealed or not lines[n]["typed"]:
            return Finding(position=position, what="the event was changed")
    return None
