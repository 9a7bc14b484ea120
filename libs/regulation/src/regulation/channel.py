"""Ways in: channels, the lines that serve them, who may use them."""

from enum import StrEnum
from typing import Literal

import msgspec

from regulation.duration import Written
from regulation.term import Id, Term, Title


class ChannelKind(StrEnum):
    """How messages of a channel travel."""

    email = "email"
    telegram = "telegram"
    api = "api"


class Section(StrEnum):
    """What an agent must be Online in to be given its requests."""

    chat = "chat"
    requests = "requests"


class Channel(Term, frozen=True, kw_only=True, omit_defaults=True):
    """A way in, who serves it and when; `coverage` names the calendar of its working time (A-14).

    `opens_in` is the stage its tickets begin in where it is not the first one (R3-04); `clocks_from: sent` starts
    clocks at the sender's time, at most 24 h back; `agreed` tells who agreed on the coverage and when (R0-21).
    `mass_only` channels take messages marked as a mass problem and answer others with where to write (R0-07).
    """

    kind: ChannelKind
    group: Id
    section: Section
    coverage: Id
    direction: str | None = None
    language: Literal["ru", "en"] = "ru"
    opens_in: Id | None = None
    clocks_from: Literal["received", "sent"] = "received"
    agreed: str = ""
    mass_only: bool = False


class HandOver(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a line passes on, to another line or a tracker, and what has to go with it (R3-07, R3-08)."""

    categories: tuple[Id, ...]
    to: Id
    carries: tuple[str, ...] = ()


class Line(Term, frozen=True, kw_only=True, omit_defaults=True):
    """Specialists who serve channels of one manner (R3-04); `solves` are categories done on the spot, empty: all.

    Others help out while fewer than `min_staff` of its people are present or their own line is empty (R3-23, A-30).
    `order` sorts its queue: categories as the document lists them, its last priority first, the oldest first (R3-09).
    """

    channels: tuple[Id, ...]
    solves: tuple[Id, ...] = ()
    hands_over: tuple[HandOver, ...] = ()
    min_staff: int = 1
    helped_by: tuple[Id, ...] = ()
    order: tuple[Literal["category", "priority", "age"], ...] = ()


class Access(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who may ask for support (R0-02, R0-03); tasks of roles in `outside_channels` are entered by hand (R0-09)."""

    requesters: Literal["anyone", "employees", "clients"] = "anyone"
    outside_channels: tuple[Id, ...] = ()
    refusal: Title | None = None


class Strategy(StrEnum):
    """Who of the eligible is given the next ticket: whose turn is longest ago, or who has the fewest open ones."""

    in_turn = "in_turn"
    least_loaded = "least_loaded"


class Distribution(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How work is dealt (R0-16); `unattended_after` is the working time after which untouched work is taken back.

    `by_skill` asks for agents who serve the ticket's service or language; `sticky` gives a reopened ticket back to
    its last owner (A-13); `offline_at_shift_end` takes people Offline when their shift ends; more than `skew` turns
    between people eligible all the while are told (D10).
    """

    strategy: Strategy = Strategy.in_turn
    by_skill: bool = False
    sticky: bool = True
    unattended_after: Written | None = None
    offline_at_shift_end: bool = False
    skew: int = 1
