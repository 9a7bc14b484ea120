"""`/asyncapi`: the events a service says and hears, as an AsyncAPI 3.0 document made from the contracts."""

from collections.abc import Iterable
from functools import cache
from typing import Any

import msgspec
from contracts import Event, Recorded, wire_type
from contracts.catalogue import OWNERS
from fastapi import APIRouter

Document = dict[str, Any]


def router(service: str) -> APIRouter:
    """The door of one service."""
    doors = APIRouter(tags=["health"])

    @doors.get("/asyncapi", include_in_schema=False)
    async def asyncapi() -> Document:
        """What this service appends to the log, and the log it follows."""
        return document(service)

    return doors


@cache
def document(service: str) -> Document:
    """The document of one service: it sends its own events, and receives the whole log in order."""
    own = OWNERS.get(service, ())
    everybody = [kind for kinds in OWNERS.values() for kind in kinds]
    return {
        "asyncapi": "3.0.0",
        "info": {"title": f"Reglament {service}", "version": "1", "description": ABOUT},
        "defaultContentType": "application/json",
        "channels": {wire_type(kind): _channel(kind) for kind in everybody},
        "operations": {**_operations("send", own), **_operations("receive", everybody)},
    }


ABOUT = "JetStream stream LOG, one subject an event type, in order of position; headers carry position and trace."


def _channel(kind: type[Event]) -> Document:
    name = wire_type(kind)
    schema = msgspec.json.schema(Recorded[kind])  # type: ignore[valid-type]  # chosen at run time
    payload = {"$id": f"recorded.{name}.json", **schema}  # its references are its own, not the document's
    message = {"name": name, "summary": (kind.__doc__ or "").strip(), "payload": payload}
    return {"address": f"log.{name}", "messages": {name: message}}


def _operations(action: str, kinds: Iterable[type[Event]]) -> Document:
    return {
        f"{action}:{wire_type(kind)}": {"action": action, "channel": {"$ref": f"#/channels/{wire_type(kind)}"}}
        for kind in kinds
    }
