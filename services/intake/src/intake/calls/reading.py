"""What an adapter of a telephone exchange tells of one call: `POST /calls`."""

import re
from datetime import datetime
from typing import Annotated, Literal

from eventlog.vault import Vault
from pydantic import BeforeValidator, Field
from regulation.document import Regulation
from regulation.term import find
from servicekit.moments import Moment

from intake.reading.contract_words import Contract, Id, Line, Person
from intake.reading.message import Author, Incoming, Missed

SEPARATORS = re.compile(r"[\s().\-\u2010-\u2015\u00a0]")
NUMBER = re.compile(r"\+?[0-9]{3,15}")
SUBJECT = {"ru": "Пропущенный звонок", "en": "Missed call"}
TEXT = {
    "ru": "Пропущенный звонок с номера {number}, {at:%d.%m.%Y в %H:%M} ({zone}).",
    "en": "A missed call from {number}, {at:%Y-%m-%d at %H:%M} ({zone}).",
}


def _person(value: object) -> object:
    return {"id": value} if isinstance(value, str) else value


class CallEvent(Contract):
    """One call as the exchange saw it end, whatever its vendor calls that."""

    id: Id = Field(description="The call's id in the channel: one id, one call.", examples=["pbx-7-20611"])
    channel: Id = Field(description="The channel's id in the regulation.", examples=["demo-phone"])
    kind: Literal["missed", "answered", "outgoing"] = Field(
        description="`missed`: nobody answered the client; `answered`: an agent did; `outgoing`: an agent called."
    )
    caller: Annotated[Person, BeforeValidator(_person)] = Field(
        description="The client on the other end: a number (best with its country code), or `id` the number, `name`, "
        "`email` and `language` where the exchange knows them.",
        examples=["+79990000001"],
    )
    agent: Line = Field(default="", description="Whom the call was meant for, or who talked.", examples=["vera"])
    direction: Line = Field(default="", description="The business direction: id or title.", examples=["direction-2"])
    at: Moment = Field(description="When it rang, with an offset from UTC.", examples=["2026-11-20T12:15:00+03:00"])
    reached: bool = Field(default=False, description="Whether the client answered an `outgoing` call.")


def number(written: str) -> str:
    """A number as its digits, so that all ways to write it are one; anything else in lower case as it is."""
    bare = SEPARATORS.sub("", written)
    return bare if NUMBER.fullmatch(bare) else written.strip().lower()


def phone(vault: Vault, caller: Person) -> str:
    """The keyed hash of a number: the same in every channel, with and without the plus."""
    return vault.alias("phone", number(caller.id).removeprefix("+"))


def read_missed(told: CallEvent, regulation: Regulation, vault: Vault, received: datetime) -> Incoming:
    """The missed call as a message of its caller, in the language he is known to speak or the channel's.

    Calls of one number in one channel are one conversation, so that a call joins what is open about the same caller.
    """
    channel, caller, called_at = regulation.channel(told.channel), told.caller, min(told.at, received)
    spoken = (caller.language or channel.language).lower()[:2]
    language = spoken if spoken in TEXT else channel.language
    zone = regulation.calendar(channel.coverage).zone
    from_number = number(caller.id)
    email = (caller.email or "").lower()
    return Incoming(
        channel=told.channel,
        kind="api",
        external_id=external_id(told.id),
        author=Author(address=from_number, name=caller.name, language=language, email=email),
        thread=f"calls {from_number}",
        subject=SUBJECT[language],
        text=TEXT[language].format(number=from_number, at=called_at.astimezone(zone), zone=zone.key),
        sent_at=called_at,
        missed=Missed(
            caller=from_number,
            called_at=called_at,
            agent=told.agent,
            direction=_direction(told, regulation),
            phone=phone(vault, caller),
            also=(vault.alias("email", email),) if email else (),
        ),
    )


def external_id(call: str) -> str:
    """Calls and messages of one channel may have the same ids and stay two things."""
    return f"call {call}"


def _direction(told: CallEvent, regulation: Regulation) -> str:
    """The direction named, where the regulation knows it; else the channel's."""
    named = find(regulation.directions, told.direction) if told.direction else None
    return named.id if named else regulation.channel(told.channel).direction or ""
