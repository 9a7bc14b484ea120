"""The events every service shares, their schemas and samples: what crosses borders and nothing else."""

from contracts.catalogue import CATALOGUE, Catalogue, UnreadableEventError
from contracts.event import Event, Meta, Personal, Recorded, wire_type

__all__ = [
    "CATALOGUE",
    "Catalogue",
    "Event",
    "Meta",
    "Personal",
    "Recorded",
    "UnreadableEventError",
    "wire_type",
]
