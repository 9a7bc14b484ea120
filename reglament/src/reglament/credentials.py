"""Passwords, secrets and demo keys of an installation, made once and kept in files for their owner only."""

import fcntl
import os
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from secrets import token_bytes, token_hex, token_urlsafe
from tempfile import mkstemp

import msgspec
from servicekit.keys import Role, issue, write

from reglament.place import Place

LOGINS = ("intake", "routing", "sla", "notify", "csi", "ops")


class CredentialsError(Exception):
    """Secrets or keys are missing, spoilt or somebody else's; the message says what to do."""


def _key() -> str:
    return b64encode(token_bytes(32)).decode()


def _roles() -> dict[str, str]:
    return {login: token_urlsafe(24) for login in LOGINS}


def _field(make: Callable[[], str]) -> str:
    made: str = msgspec.field(default_factory=make)
    return made


class Credentials(msgspec.Struct, frozen=True):
    """Everything secret that the parts share; what an older file lacks is made by the next start."""

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
    number, name = mkstemp(prefix=f".{file.name}.", dir=file.parent)
    try:
        with os.fdopen(number, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(number)  # or a power cut leaves the name without the bytes
        Path(name).replace(file)
    finally:
        Path(name).unlink(missing_ok=True)


def credentials(place: Place) -> Credentials:
    """The installation's secrets for whoever starts it: what is missing is made, once, however many ask at once."""
    place.data.mkdir(parents=True, exist_ok=True)
    with _alone(place.data):
        stored = _stored(place.secrets) if place.secrets.exists() else {}
        whole = _completed(stored)
        if whole != stored:
            write_private(place.secrets, msgspec.json.format(msgspec.json.encode(whole)))
    return msgspec.convert(whole, Credentials)


def known_credentials(place: Place) -> Credentials:
    """The same for whoever only reads: nothing is ever written; raises `CredentialsError` where there are none."""
    return msgspec.convert(_completed(_stored(place.secrets)), Credentials)


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    handle = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _stored(file: Path) -> dict[str, object]:
    """What stands in the file, also what only a newer version knows; raises `CredentialsError`."""
    try:
        found = msgspec.json.decode(_bytes(file), type=dict[str, object])
        msgspec.convert(found, Credentials)
    except ValueError as error:
        raise CredentialsError(
            f"{file} is spoilt ({error}): put your copy of it back. Whoever deletes it loses all personal data."
        ) from None
    return found


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise CredentialsError(
            f"Nothing was ever started in {file.parent}: `make up` first, or set REGLAMENT_DATA."
        ) from None
    except OSError as error:
        raise CredentialsError(
            f"{file} cannot be read ({error.strerror}): be the user who runs the platform."
        ) from None


def _completed(stored: Mapping[str, object]) -> dict[str, object]:
    found = msgspec.convert(stored, Credentials)
    whole = msgspec.structs.replace(found, roles={**_roles(), **found.roles})
    return {**stored, **msgspec.to_builtins(whole)}


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


def known_keys(place: Place) -> Mapping[str, str]:
    """The demo keys by role; raises `CredentialsError` where there are none or they cannot be read."""
    try:
        return msgspec.json.decode(_bytes(place.keys), type=dict[str, str])
    except ValueError as error:
        raise CredentialsError(f"{place.keys} is spoilt ({error}): delete it, the next start makes new keys.") from None
