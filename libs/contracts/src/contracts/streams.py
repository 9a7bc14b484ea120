"""What the streams are called and how ids follow from what caused them: nothing here is random."""

from functools import lru_cache

from uuid_utils import NAMESPACE_URL, UUID, uuid5

MESSAGES = str(uuid5(NAMESPACE_URL, "https://reglament.example/messages"))
"""The space of ids that follow from a channel's own message id."""


def message_id(channel: str, external_id: str) -> str:
    """The id of an outside message: the same message always gets the same one (I1)."""
    return name_based(MESSAGES, f"{channel}\n{external_id}")


def derived_id(cause: str, name: str, n: int = 0) -> str:
    """The id of what follows from `cause` under the rule `name`, as the n-th of its kind (I6)."""
    return name_based(cause, f"{name}\n{n}")


def name_based(space: str, name: str) -> str:
    """UUID version 5 as text."""
    return str(uuid5(_space(space), name))


@lru_cache(maxsize=64)
def _space(space: str) -> UUID:
    """What one message or event causes is many, and follows at once."""
    return UUID(space)


def ticket_stream(ticket: str) -> str:
    """The stream of one ticket."""
    return f"ticket-{ticket}"


def message_stream(message: str) -> str:
    """The stream of one outside message: its one verdict."""
    return f"message-{message}"


def requester_stream(requester: str) -> str:
    """The stream of one requester."""
    return f"requester-{requester}"


def regulation_stream(name: str) -> str:
    """The stream of one regulation's versions."""
    return f"regulation-{name}"


def agent_stream(agent: str) -> str:
    """The stream of one agent: registration and presence."""
    return f"agent-{agent}"


def roster_stream(roster: str) -> str:
    """The stream of one roster: its shifts."""
    return f"roster-{roster}"


def line_stream(line: str) -> str:
    """The stream of one line: who helps it out."""
    return f"line-{line}"


def call_stream(call: str) -> str:
    """The stream of one missed call."""
    return f"call-{call}"


def assignment_stream(ticket: str) -> str:
    """The stream of one ticket's assignments."""
    return f"assignment-{ticket}"


def clock_stream(clock: str) -> str:
    """The stream of one clock."""
    return f"clock-{clock}"


def delivery_stream(delivery: str) -> str:
    """The stream of one delivery."""
    return f"delivery-{delivery}"


def survey_stream(survey: str) -> str:
    """The stream of one survey."""
    return f"survey-{survey}"
