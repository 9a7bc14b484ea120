"""Regulations that intake has published, and publishing another one."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

import httpx
import msgspec
import typer
from regulation.document import Regulation

from reglament.credentials import known_keys
from reglament.place import Place
from reglament.running import place_running
from reglament.screen import complain, read_place, using

NOT_FOUND = 404
PATIENCE = 30.0
"""Seconds to wait for an answer."""


class Published(msgspec.Struct, frozen=True):
    """A version as intake has published it."""

    name: str
    version: str
    hash: str
    in_force_from: datetime


class Intake(NamedTuple):
    """Where intake is, and with which key to ask it."""

    url: str
    key: str

    def regulation(self, name: str) -> Regulation | None:
        """The version in force (`csn`) or another one (`csn@1`); None when it is not published."""
        name, _, version = name.partition("@")
        answer = self._ask("GET", f"/regulations/{name}" + (f"/versions/{version}" if version else ""))
        if answer.status_code == NOT_FOUND:
            return None
        return Regulation.from_json(bytes(msgspec.json.decode(_checked(answer), type=_Held).document))

    def publish(self, regulation: Regulation) -> Published:
        """Let a version be in force; what it includes goes with it."""
        answer = self._ask("POST", "/regulations", regulation.to_json())
        return msgspec.json.decode(_checked(answer), type=Published)

    def _ask(self, method: str, path: str, content: bytes | None = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        try:
            return httpx.request(method, f"{self.url}{path}", headers=headers, timeout=PATIENCE, content=content)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            complain(f"Intake does not answer at {self.url}: {error}. Start it with `make up`, or give --url.")
            raise typer.Exit(3) from None


class _Held(msgspec.Struct, frozen=True):
    document: msgspec.Raw


def intake_at(url: str, key: str) -> Intake:
    """Intake as the options say, or the installation's own with its demo key of the administrator."""
    place = read_place()
    with using(place):
        return Intake(url.rstrip("/") or place_running(place).url("intake"), key or _own_key(place))


def _own_key(place: Place) -> str:
    found = known_keys(place).get("admin", "") if place.keys.exists() else ""
    if not found:
        complain("There is no key: give --key, or set REGLAMENT_DATA to the installation's directory.")
        raise typer.Exit(2)
    return found


def _checked(answer: httpx.Response) -> bytes:
    """What was answered; a problem (RFC 9457) ends the command with everything that it lists."""
    if answer.is_success:
        return answer.content
    try:
        problem = answer.json()
    except ValueError:
        problem = {}
    complain(f"{answer.status_code} {problem.get('title', answer.reason_phrase)}: {problem.get('detail', answer.text)}")
    for each in problem.get("errors", []):
        complain(f"  {_fault(each)}")
    raise typer.Exit(1)


def _fault(fault: Mapping[str, str]) -> str:
    return str(fault.get("detail") or fault.get("message") or fault)
