"""Keys at hand: nobody who lives is forgotten for want of room, and who is forgotten is so within a minute (I21)."""

import asyncio
from collections.abc import Mapping, Sequence

import asyncpg
import pytest
from contracts.intake import TicketOpened
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from eventlog import keyring
from eventlog.errors import ForgottenError
from eventlog.keyring import Keyring
from eventlog.postgres import PostgresLog
from eventlog.vault import Vault
from testkit.running import MASTER_KEY
from testkit.streams import new, opened, registered

PEOPLE = [f"r{n}" for n in range(8)]


class Keys:
    """Stored keys, which take a moment to come; remembers who was asked for."""

    def __init__(self, vault: Vault, *people: str) -> None:
        self.stored = {each: vault._wrap(each, AESGCM.generate_key(256)) for each in people}
        self.asked: list[str] = []

    async def fetch(self, subjects: Sequence[str]) -> Mapping[str, bytes]:
        self.asked += sorted(subjects)
        await asyncio.sleep(0)
        return {each: self.stored[each] for each in subjects if each in self.stored}


@pytest.fixture
def vault() -> Vault:
    return Vault(MASTER_KEY)


@pytest.fixture
def keys(vault: Vault) -> Keys:
    return Keys(vault, *PEOPLE)


def ring(vault: Vault) -> Keyring:
    return Keyring(vault._unwrap)


def never_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A minute has passed."""
    monkeypatch.setattr(keyring, "TRUSTED", 0.0)


async def test_a_key_that_another_request_evicts_meanwhile_blanks_nobodys_words(
    vault: Vault, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyring, "KEPT", 2)
    await vault.keys({"r0"}, keys.fetch)
    said = [new(f"ticket-{n}", 1, opened(str(n), requester=f"r{n}", text="Здравствуйте")) for n in range(2)]
    others = vault.keys({"r2", "r3"}, keys.fetch)
    _, sealed = await asyncio.gather(others, vault.seal_reactions(said, keys.fetch))
    assert all(getattr(each.event, "text", "") for each in sealed)


async def test_of_those_who_are_forgotten_a_follower_keeps_no_word_and_of_others_every_one(
    vault: Vault, keys: Keys
) -> None:
    said = [new(f"ticket-{who}", 1, opened(who, requester=who, text="Здравствуйте")) for who in ("r0", "gone")]
    one, other = [each.event for each in await vault.seal_reactions(said, keys.fetch)]
    assert isinstance(one, TicketOpened)
    assert isinstance(other, TicketOpened)
    assert (one.text[:1], other.text, other.subject) == ("~", "", "")


async def test_those_go_that_were_not_used_for_longest(
    vault: Vault, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyring, "KEPT", 2)
    found = ring(vault)
    for who in ("r0", "r1", "r0", "r2", "r0", "r1"):
        await found.keys({who}, keys.fetch)
    assert keys.asked == ["r0", "r1", "r2", "r1"]


async def test_for_a_minute_nobody_asks_again_and_then_for_many_at_once(
    vault: Vault, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = ring(vault)
    first = await found.keys(PEOPLE[:4], keys.fetch)
    assert await found.keys(PEOPLE[:4], keys.fetch) == first
    assert keys.asked == PEOPLE[:4]
    never_trusted(monkeypatch)
    assert await found.keys(["r2"], keys.fetch) == {"r2": first["r2"]}
    assert keys.asked == [*PEOPLE[:4], *PEOPLE[:4]]
    monkeypatch.setattr(keyring, "TRUSTED", 60.0)
    assert await found.keys(PEOPLE[:4], keys.fetch) == first
    assert len(keys.asked) == 8


async def test_the_key_of_somebody_new_is_asked_for_alone(
    vault: Vault, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = ring(vault)
    await found.keys(PEOPLE[:4], keys.fetch)
    never_trusted(monkeypatch)
    await found.keys(["r7"], keys.fetch)
    assert keys.asked == [*PEOPLE[:4], "r7"]


async def test_who_was_forgotten_and_came_back_is_sealed_under_the_new_key(
    vault: Vault, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = ring(vault)
    old = await found.keys(PEOPLE[:2], keys.fetch)
    never_trusted(monkeypatch)
    keys.stored |= Keys(vault, "r0", "r1").stored
    [new_one] = (await found.keys(["r0"], keys.fetch)).values()
    monkeypatch.setattr(keyring, "TRUSTED", 60.0)
    assert new_one is not old["r0"]
    assert (await found.keys(["r1"], keys.fetch))["r1"] is not old["r1"]


@pytest.mark.parametrize("minted_here", [True, False])
async def test_a_destroyed_key_seals_and_opens_nothing_a_minute_later(
    minted_here: bool, intake: PostgresLog, owner: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    await intake.append([new("requester-r", 1, registered("r", "Инна"))], mint=frozenset({"r"}))
    if not minted_here:
        intake.vault.forget("r")
        await intake.opened(await intake.page(0, 1))
    await owner.execute("delete from vault.keys where subject = 'r'")
    never_trusted(monkeypatch)
    [person] = await intake.opened(await intake.page(0, 1))
    assert getattr(person.data, "name", "?") == ""
    with pytest.raises(ForgottenError):
        await intake.append([new("ticket-1", 1, opened("1", requester="r", text="Ещё раз"))])
