"""What no door may forget, asked of all that the services describe."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import quote

import httpx
import pytest
from reglament.programs import SERVICES
from testkit.world import Installation

Json = Any
FAR = ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1899-12-31T00:00:00Z")
ANY_TIME = {"/messages"}
"""A letter is one whatever its sender's clock says: what he claims is kept, and no deadline is reckoned from it."""
HIDDEN = {"/parked/{subject}/replay": {"post": {"parameters": [{"name": "subject", "in": "path", "schema": {}}]}}}
"""Doors for operators, which no description shows."""
each_service = pytest.mark.parametrize("service", sorted(SERVICES))


class Door(NamedTuple):
    """One operation at an address, with its parameters by their names."""

    method: str
    path: str
    parameters: dict[str, Json]

    def address(self, name: str, value: str) -> str:
        """Where to ask with this value of one parameter; `x` stands for other ids."""
        written = quote(value, safe="")
        path = re.sub(r"{(\w+)}", lambda found: written if found[1] == name else "x", self.path)
        return path if f"{{{name}}}" in self.path else f"{path}?{name}={written}"


def doors_of(description: Json) -> list[Door]:
    paths = description["paths"] | HIDDEN
    return [
        Door(method, path, {each["name"]: each for each in said.get("parameters", []) if each["in"] != "header"})
        for path, methods in paths.items()
        for method, said in methods.items()
    ]


class Asking:
    """Somebody who may do anything at one service."""

    def __init__(self, installed: Installation, http: httpx.AsyncClient, service: str) -> None:
        self.url, self.http = installed.url(service), http
        self.key = {"Authorization": f"Bearer {installed.keys['admin']}"}

    async def description(self) -> Json:
        return (await self.http.get(f"{self.url}/openapi.json")).json()

    async def status(self, door: Door, name: str, value: str) -> int:
        body = None if door.method == "get" else b"{}"
        headers = self.key | {"Content-Type": "application/json"}
        url = self.url + door.address(name, value)
        return (await self.http.request(door.method, url, content=body, headers=headers)).status_code


@pytest.fixture
def asking(installed: Installation, http: httpx.AsyncClient, service: str) -> Asking:
    return Asking(installed, http, service)


def times_in(schema: Json, parts: Json, seen: frozenset[str] = frozenset()) -> Iterator[Json]:
    """Every point in time that a value of this schema may hold."""
    if isinstance(schema, list):
        for each in schema:
            yield from times_in(each, parts, seen)
    elif isinstance(schema, dict):
        name = schema.get("$ref", "")
        if name not in seen:
            yield from times_in(parts.get(name.rpartition("/")[2]), parts, seen | {name} if name else seen)
        if schema.get("format") == "date-time":
            yield schema
        yield from times_in([value for key, value in schema.items() if key != "$ref"], parts, seen)


@each_service
async def test_no_address_with_a_nul_breaks_anything(asking: Asking) -> None:
    asked = [(door, name) for door in doors_of(await asking.description()) for name in door.parameters]

    broken = [(*door[:2], name) for door, name in asked if await asking.status(door, name, "\0") >= 500]

    assert asked
    assert broken == []


@each_service
async def test_no_time_in_an_address_may_be_of_another_age(asking: Asking) -> None:
    doors = doors_of(await asking.description())
    timed = [(door, name) for door in doors for name, each in door.parameters.items() if [*times_in(each, {})]]

    taken = [(*door[:2], name, at) for door, name in timed for at in FAR if await asking.status(door, name, at) != 422]

    assert taken == []


@each_service
async def test_every_time_that_a_door_takes_says_its_years(asking: Asking) -> None:
    """`servicekit.moments.Moment` does; another type would have to be checked at its door."""
    found = await asking.description()
    bodies = {(path, method): said for path, methods in found["paths"].items() for method, said in methods.items()}
    sent = {door: [said.get("parameters"), said.get("requestBody")] for door, said in bodies.items()}
    parts = found["components"]["schemas"]

    bare = [door for door, said in sent.items() if any("x-years" not in each for each in times_in(said, parts))]

    assert {path for path, _ in bare} <= ANY_TIME
