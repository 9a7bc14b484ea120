"""Into which ticket a message belongs: rules in order of trust, the first that may be followed decides."""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from contracts.reasons import Threading

Rule = Literal["token", "references", "conversation"]


class Claim(NamedTuple):
    """What one rule found: a ticket, whose it is, and whether it is closed; `matched` is what the rule went by.

    A ticket that was closed and is still within the regulation's window is `resumed` by the message (A-12).
    """

    rule: Rule
    matched: str
    ticket: str
    requester: str
    closed: bool = False
    resumed: bool = False

    @property
    def because(self) -> Threading:
        """The reason of whoever follows this claim."""
        if self.resumed:
            return Threading(rule="reopen-window", matched=f"{self.rule}:{self.matched}")
        return Threading(rule=self.rule, matched=self.matched)


class Placement(NamedTuple):
    """The ticket a message joins ("": a new one) and why."""

    ticket: str
    because: Threading


class Sender(NamedTuple):
    """Who wrote, and whether a program did, or a person whose message asks for nothing."""

    requester: str
    automatic: bool = False


def follows(claim: Claim, sender: Sender) -> bool:
    """Whether the claim may be followed: nobody writes into another's ticket, and only programs and thanks into a
    closed one."""
    return claim.requester == sender.requester and (sender.automatic or not claim.closed)


def place(claims: Iterable[Claim], sender: Sender) -> Placement:
    """Where the message belongs; a new ticket names the claim it would have followed, so that a person sees the link.

    `matched` of a new ticket is then `foreign-token:<ticket>` or `closed-conversation:<ticket>` and the like.
    """
    passed = ""
    for claim in claims:
        if follows(claim, sender):
            return Placement(claim.ticket, claim.because)
        why = "closed" if claim.requester == sender.requester else "foreign"
        passed = passed or f"{why}-{claim.rule}:{claim.ticket}"
    return Placement("", Threading(rule="none", matched=passed))


def followed(because: Threading) -> str:
    """The closed ticket of the sender's own that a new one follows, "" for none (§3.5)."""
    why, _, ticket = because.matched.partition(":")
    return ticket if because.rule == "none" and why.startswith("closed-") else ""
