"""Into which ticket a message belongs, as a table of claims."""

import pytest
from intake.domain.admission import Sign, refusal
from intake.domain.threading import Claim, Placement, Sender, place

ME, MACHINE = Sender("me"), Sender("me", automatic=True)
TOKEN = Claim("token", "t-1", "t-1", "me")
FOREIGN = Claim("token", "t-2", "t-2", "somebody")
EARLIER = Claim("references", "m-3", "t-3", "me")
CLOSED = Claim("token", "t-4", "t-4", "me", closed=True)
TALK = Claim("conversation", "chat", "t-5", "me")
RESUMED = Claim("conversation", "chat", "t-7", "me", resumed=True)
OVER = Claim("conversation", "chat", "t-6", "me", closed=True)


@pytest.mark.parametrize(
    ("claims", "sender", "ticket", "rule", "matched"),
    [
        ([], ME, "", "none", ""),
        ([TOKEN], ME, "t-1", "token", "t-1"),
        ([TOKEN, EARLIER], ME, "t-1", "token", "t-1"),
        ([EARLIER], ME, "t-3", "references", "m-3"),
        ([TALK], ME, "t-5", "conversation", "chat"),
        ([FOREIGN], ME, "", "none", "foreign-token:t-2"),
        ([FOREIGN, EARLIER], ME, "t-3", "references", "m-3"),
        ([CLOSED], ME, "", "none", "closed-token:t-4"),
        ([CLOSED], MACHINE, "t-4", "token", "t-4"),
        ([FOREIGN], MACHINE, "", "none", "foreign-token:t-2"),
        ([OVER], ME, "", "none", "closed-conversation:t-6"),
        ([FOREIGN, OVER], ME, "", "none", "foreign-token:t-2"),
        ([RESUMED], ME, "t-7", "reopen-window", "conversation:chat"),
        ([CLOSED, RESUMED], ME, "t-7", "reopen-window", "conversation:chat"),
    ],
)
def test_the_first_claim_that_may_be_followed_decides(
    claims: list[Claim], sender: Sender, ticket: str, rule: str, matched: str
) -> None:
    placed: Placement = place(claims, sender)
    assert (placed.ticket, placed.because.rule, placed.because.matched) == (ticket, rule, matched)


OWN = frozenset(["support@desk.example", "bounce@desk.example"])


@pytest.mark.parametrize(
    ("sign", "rule"),
    [
        (Sign("anna@example.ru"), ""),
        (Sign("Support+tag@Desk.example"), "own-loop"),
        (Sign("bounce+0123@desk.example"), "own-loop"),
        (Sign("anna@example.ru", looped=True), "own-loop"),
        (Sign("mailer-daemon@example.ru", told="bounce"), "bounce"),
        (Sign("", told="bounce"), "bounce"),
        (Sign(""), "no-sender"),
        (Sign("anna@desk.example"), ""),
    ],
)
def test_what_comes_from_ourselves_is_refused(sign: Sign, rule: str) -> None:
    assert refusal(sign, OWN) == rule
