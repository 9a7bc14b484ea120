"""How far the work on a ticket is."""

from enum import StrEnum

SILENCE = "no-reaction"
"""The reason of an automatic close."""
SOLVED = "solved-on-the-way"
"""The reason of a move through a stage that a solution passes."""
ENDED = "ticket-closed"
"""The reason of a task that was closed with its ticket (R1-18)."""


class Standing(StrEnum):
    """How far the work is, whatever the stage is called; what is `merged` goes on in another ticket."""

    open = "open"
    resolved = "resolved"
    closed = "closed"
    merged = "merged"
