"""Into which ticket a message belongs: rules in order of trust, the first that may be followed decides."""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from contracts.reasons import Threading

Rule = Literal["token", "references", "conversation"]


class Claim(NamedTuple):
    """What one rule found: a ticket, whose it is, and whether it is closed; `matched` is what the rule went by."""

    rule: Rule
    matched: str
    ticket: str
    requester: str
    closed: bool = False


class Placement(NamedTuple):
    """The ticket a message joins ("": a new one) and why."""

    ticket: str
    because: Threading


class Sender(NamedTuple):
    """Who wrote, and whether a program did."""

    requester: str
    automatic: bool = False


def follows(claim: Claim, sender: Sender) -> bool:
    """Whether the claim may be followed: nobody writes into another's ticket, and only programs into a closed one."""
    return claim.requester == sender.requester and (sender.automatic or not claim.closed)


def place(claims: Iterable[Claim], sender: Sender) -> Placement:
    """Where the message belongs; a new ticket names the claim it would have followed, so that a person sees the link.

    `matched` of a new ticket is then `foreign-token:<ticket>` or `closed-conversation:<ticket>` and the like.
    """
    passed = ""
    for claim in claims:
        if follows(claim, sender):
            return Placement(claim.ticket, Threading(rule=claim.rule, matched=claim.matched))
        why = "closed" if claim.requester == sender.requester else "foreign"
        passed = passed or f"{why}-{claim.rule}:{claim.ticket}"
    return Placement("", Threading(rule="none", matched=passed))
