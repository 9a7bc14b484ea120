"""How far the work on a ticket is."""

from enum import StrEnum

SILENCE = "no-reaction"
SOLVED = "solved-on-the-way"
"""The reason of an automatic close."""


class Standing(StrEnum):
    """How far the work is, whatever the stage is called."""

    open = "open"
    resolved = "resolved"
    closed = "closed"
