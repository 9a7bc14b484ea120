"""Which messages may not become tickets."""

from collections.abc import Collection
from typing import NamedTuple


class Sign(NamedTuple):
    """What is known of a message's origin: its sender, whether it carries our own loop mark, and under which rule it
    only tells what became of a mail of ours."""

    address: str
    looped: bool = False
    told: str = ""


def refusal(sign: Sign, own: Collection[str]) -> str:
    """The rule that refuses the message, or ""; `own` are the addresses that we send from, without plus parts."""
    if sign.looped or plain(sign.address) in own:
        return "own-loop"
    if sign.told:
        return sign.told
    return "" if sign.address else "no-sender"


def plain(address: str) -> str:
    """An address in lower case without its plus part."""
    name, at, domain = address.lower().rpartition("@")
    return f"{name.partition('+')[0]}{at}{domain}" if at else address.lower()
