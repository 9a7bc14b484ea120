"""Who may enter a door: bearer keys and the roles that each door asks for."""

from datetime import datetime

from fastapi import FastAPI, Request
from fastapi.openapi.models import HTTPBearer as BearerModel
from fastapi.security.base import SecurityBase

from servicekit.keys import Actor, KeyEntry, KeyRing, Role, issue
from servicekit.problems import Forbidden, Unauthorized

__all__ = ["Actor", "Gate", "KeyEntry", "KeyRing", "Role", "install", "issue", "requires"]

MISSING = "Send the header `Authorization: Bearer dk_…` with your key."
WRONG = "The key is unknown, revoked or expired: ask an admin for a new one."


def install(app: FastAPI, ring: KeyRing) -> None:
    """Give the application the keys it accepts; it must have a clock as well."""
    app.state.keys = ring


class Gate(SecurityBase):
    """Lets in holders of a valid key whose role is among its own, and admins."""

    def __init__(self, roles: frozenset[Role]) -> None:
        self.model = BearerModel(description="A key as issued: `dk_…`.")
        self.scheme_name = "key"
        self.roles = roles | {Role.admin}

    async def __call__(self, request: Request) -> Actor:
        """The actor; Unauthorized without a valid key, Forbidden with another role's."""
        ring: KeyRing = request.app.state.keys
        entry = ring.entry(_bearer(request))
        if entry is None or _expired(entry, request):
            raise Unauthorized(WRONG, "invalid_token")
        if entry.role not in self.roles:
            raise Forbidden(f"This door is for {', '.join(sorted(self.roles))}; the key's role is {entry.role}.")
        return entry.actor


def requires(*roles: Role) -> Gate:
    """The dependency of a door for these roles and admins; it gives the Actor."""
    return Gate(frozenset(roles))


def _bearer(request: Request) -> str:
    values = [value for name, value in request.scope["headers"] if name == b"authorization"]
    scheme, _, key = values[0].partition(b" ") if len(values) == 1 else (b"", b"", b"")
    if scheme.lower() != b"bearer":
        raise Unauthorized(MISSING)
    return bytes(key).decode("latin-1").strip(" ")


def _expired(entry: KeyEntry, request: Request) -> bool:
    if entry.expires_at is None:
        return False
    moment: datetime = request.app.state.clock()
    return moment >= entry.expires_at
