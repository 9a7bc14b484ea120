"""Passwords, secrets and demo keys of an installation, made once and kept in files for their owner only."""

import os
from base64 import b64encode
from collections.abc import Callable, Mapping
from pathlib import Path
from secrets import token_bytes, token_hex, token_urlsafe

import msgspec
from servicekit.keys import Role, issue, write

from reglament.place import Place

LOGINS = ("intake", "routing", "sla", "notify", "csi", "ops")


def _key() -> str:
    return b64encode(token_bytes(32)).decode()


def _roles() -> dict[str, str]:
    return {login: token_urlsafe(24) for login in LOGINS}


def _field(make: Callable[[], str]) -> str:
    made: str = msgspec.field(default_factory=make)
    return made


class Credentials(msgspec.Struct, frozen=True):
    """Everything secret that the parts share; what an older file lacks is made when it is read."""

    roles: Mapping[str, str] = msgspec.field(default_factory=_roles)
    nats_password: str = _field(lambda: token_urlsafe(24))
    reader_password: str = _field(lambda: token_urlsafe(24))
    master_key: str = _field(_key)
    token_secret: str = _field(_key)
    telegram_secret: str = _field(lambda: token_urlsafe(24))
    telegram_token: str = _field(lambda: f"1000001:{token_urlsafe(26)}")
    installation: str = _field(lambda: token_hex(8))


def write_private(file: Path, content: bytes) -> None:
    """Put a whole file in place, readable by its owner only, never half written."""
    new = file.with_name(f".{file.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
        out.write(content)
    new.replace(file)


def credentials(place: Place) -> Credentials:
    """The installation's secrets, made at the first call."""
    file = place.secrets
    found = msgspec.json.decode(file.read_bytes(), type=Credentials) if file.exists() else Credentials()
    write_private(file, msgspec.json.format(msgspec.json.encode(found)))
    return found


NAMES = {Role.agent: "vera"}
"""Whose the keys are: an agent's key speaks for the agent of that id."""


def demo_keys(place: Place) -> None:
    """Issue one key per role, unless there are some: the keys to `keys.json`, their digests to the key ring."""
    if place.keys.exists() and place.key_ring.exists():
        return
    issued = {role: issue(NAMES.get(role, f"demo-{role}"), role) for role in Role}
    write(place.key_ring, [entry for _, entry in issued.values()])
    keys = {str(role): key for role, (key, _) in issued.items()}
    write_private(place.keys, msgspec.json.format(msgspec.json.encode(keys)) + b"\n")
