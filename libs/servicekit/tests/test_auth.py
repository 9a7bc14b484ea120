from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import httpx
import msgspec
import pytest
from servicekit import keys
from servicekit.auth import KeyRing, Role, issue

PAIRS = [(door, role) for door in Role for role in Role]


async def status(client: httpx.AsyncClient, world: SimpleNamespace, role: Role = Role.agent) -> int:
    return (await client.get("/guarded/me", headers=world.bearer(role))).status_code


def publish(world: SimpleNamespace, *entries: keys.KeyEntry) -> None:
    keys.write(world.path, entries)
    world.seconds += 1


@pytest.mark.parametrize(("door", "role"), PAIRS)
async def test_a_door_opens_to_its_role_and_to_admins(
    client: httpx.AsyncClient, world: SimpleNamespace, door: Role, role: Role
) -> None:
    answer = await client.get(f"/guarded/{door}", headers=world.bearer(role))

    assert answer.status_code == (200 if role in {door, Role.admin} else 403)


async def test_a_door_knows_who_enters(client: httpx.AsyncClient, world: SimpleNamespace) -> None:
    answer = await client.get("/guarded/me", headers=world.bearer(Role.lead))

    assert answer.json() == world.entries[Role.lead].id


async def test_without_a_key_one_is_asked_for_it(client: httpx.AsyncClient) -> None:
    answer = await client.get("/guarded/me")

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="reglament"'


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"Bearer",
        b"Bearer ",
        b"Basic dXNlcjpwYXNz",
        b"Bearer dk_",
        b"Bearer dk_%s_" + b"A" * 43,
        b"Bearer dk_nobody_" + b"A" * 43,
        b"Bearer dk_nobody_" + "Я".encode() * 21,
        b"Bearer \x00\xff\xfe",
        b"Bearer " + b"x" * 60_000,
        b"Bearer dk_a_" + b"A" * 43 + b"\n",
    ],
    ids=lambda header: repr(header[:24]),
)
async def test_a_hostile_header_opens_nothing(client: httpx.AsyncClient, header: bytes) -> None:
    answer = await client.get("/guarded/me", headers=[(b"Authorization", header)])

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_another_secret_under_a_known_id_opens_nothing(client: httpx.AsyncClient, world: SimpleNamespace) -> None:
    forged = f"dk_{world.entries[Role.admin].id}_{issue('thief', Role.admin)[0][-43:]}"

    answer = await client.get("/guarded/me", headers={"Authorization": f"Bearer {forged}"})

    assert answer.status_code == 401
    assert "invalid_token" in answer.headers["www-authenticate"]


async def test_two_headers_at_once_open_nothing(client: httpx.AsyncClient, world: SimpleNamespace) -> None:
    twice = list(world.bearer(Role.admin).items()) * 2

    assert (await client.get("/guarded/me", headers=twice)).status_code == 401


async def test_a_revoked_key_stops_working_and_a_new_one_starts(
    client: httpx.AsyncClient, world: SimpleNamespace
) -> None:
    assert await status(client, world) == 200
    text, entry = issue("new agent", Role.agent)

    publish(world, entry)

    assert await status(client, world) == 401
    assert (await client.get("/guarded/me", headers={"Authorization": f"bearer {text}"})).status_code == 200


@pytest.mark.parametrize("broken", ["{", '{"keys": [{"id": "a"}]}', "", '{"keys": [{"id": 1}]}'])
async def test_a_broken_file_changes_nothing(client: httpx.AsyncClient, world: SimpleNamespace, broken: str) -> None:
    world.path.write_text(broken)
    world.seconds += 1

    assert await status(client, world) == 200


async def test_a_vanished_file_changes_nothing(client: httpx.AsyncClient, world: SimpleNamespace) -> None:
    world.path.unlink()
    world.seconds += 1

    assert await status(client, world) == 200


async def test_a_key_dies_at_its_moment(client: httpx.AsyncClient, world: SimpleNamespace) -> None:
    dying = msgspec.structs.replace(world.entries[Role.agent], expires_at=world.moment + timedelta(minutes=1))
    publish(world, dying)
    assert await status(client, world) == 200

    world.moment += timedelta(minutes=1)

    assert await status(client, world) == 401


def test_an_adapter_may_use_its_channels_only() -> None:
    _, entry = issue("mail", Role.adapter, ["email"])

    assert entry.actor.may_use("email")
    assert not entry.actor.may_use("telegram")
    assert issue("any", Role.adapter)[1].actor.may_use("telegram")


def test_the_file_never_holds_a_secret(tmp_path: Path) -> None:
    text, entry = issue("a", Role.ops)

    keys.write(tmp_path / "keys.json", [entry])

    assert text[-43:] not in (tmp_path / "keys.json").read_text()
    assert (tmp_path / "keys.json").stat().st_mode & 0o777 == 0o600


def test_a_ring_does_not_start_on_a_doubled_id(tmp_path: Path) -> None:
    _, entry = issue("a", Role.ops)
    keys.write(tmp_path / "keys.json", [entry, entry])

    with pytest.raises(ValueError, match="twice"):
        KeyRing(tmp_path / "keys.json")


def test_a_moment_without_zone_is_no_expiry(tmp_path: Path) -> None:
    entry = msgspec.structs.replace(issue("a", Role.ops)[1], expires_at=datetime(2026, 1, 1, tzinfo=UTC))
    keys.write(tmp_path / "keys.json", [entry])
    naive = (tmp_path / "keys.json").read_text().replace("2026-01-01T00:00:00Z", "2026-01-01T00:00:00")
    (tmp_path / "keys.json").write_text(naive)

    with pytest.raises(ValueError, match="timezone"):
        KeyRing(tmp_path / "keys.json")
