from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from servicekit.tokens import Signer, ThreadTokens

SECRET = bytes(range(32))
SIGNER = Signer(SECRET, "rating", 16)
MAIL = ThreadTokens(SECRET)
TICKET = UUID("018f0000-0000-7000-8000-00000000002a")
DOMAIN = "desk.example"


@given(st.uuids())
def test_what_is_signed_can_be_read(ticket: UUID) -> None:
    assert SIGNER.read(SIGNER.sign(ticket)) == str(ticket)
    assert SIGNER.sign(str(ticket)) == SIGNER.sign(ticket)


@given(st.uuids(), st.data())
def test_any_altered_character_is_refused(ticket: UUID, data: st.DataObject) -> None:
    token = SIGNER.sign(ticket)
    at = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.characters().filter(lambda character: character != token[at]))

    assert SIGNER.read(token[:at] + other + token[at + 1 :]) is None


@given(st.text())
def test_any_other_text_is_refused(text: str) -> None:
    assert SIGNER.read(text) is None
    assert MAIL.find([text]) is None


@given(st.uuids(), st.integers(1, 40))
def test_a_shortened_or_lengthened_token_is_refused(ticket: UUID, cut: int) -> None:
    assert SIGNER.read(SIGNER.sign(ticket)[:-cut]) is None
    assert SIGNER.read(SIGNER.sign(ticket) + "0" * cut) is None


@given(st.uuids())
def test_another_purpose_or_secret_signs_otherwise(ticket: UUID) -> None:
    assert Signer(SECRET, "session", 16).read(SIGNER.sign(ticket)) is None
    assert Signer(bytes(32), "rating", 16).read(SIGNER.sign(ticket)) is None


@given(st.uuids(), st.one_of(st.integers(0), st.uuids()), st.booleans())
def test_a_mail_finds_its_ticket_by_message_id_or_address(ticket: UUID, n: int | UUID, shout: bool) -> None:
    for text in (MAIL.message_id(ticket, n, DOMAIN), MAIL.reply_address(f"support@{DOMAIN}", ticket)):
        assert MAIL.find(["<other@example.com>", text.upper() if shout else text]) == str(ticket)


@given(st.uuids(), st.integers(3, 51))
def test_an_altered_message_id_finds_nothing(ticket: UUID, at: int) -> None:
    token = MAIL.message_id(ticket, 1, DOMAIN)
    altered = token[:at] + ("0" if token[at] != "0" else "1") + token[at + 1 :]

    assert MAIL.find([altered]) is None


@given(st.uuids())
def test_an_address_is_short_enough_for_any_server(ticket: UUID) -> None:
    for address in (MAIL.reply_address(f"support@{DOMAIN}", ticket), MAIL.bounce_address(DOMAIN, ticket)):
        assert len(address.partition("@")[0]) <= 64


def test_a_bounce_names_its_delivery_and_is_no_answer() -> None:
    address = MAIL.bounce_address(DOMAIN, TICKET)

    assert MAIL.find_bounced([address]) == str(TICKET)
    assert MAIL.find([address]) is None
    assert MAIL.find_bounced([MAIL.reply_address(f"support@{DOMAIN}", TICKET)]) is None


def test_the_first_valid_token_counts_behind_forged_ones() -> None:
    forged = f"<t.{'0' * 32}.{'0' * 16}.1@{DOMAIN}>"
    first, second = (MAIL.message_id(ticket, 1, DOMAIN) for ticket in (TICKET, uuid4()))

    assert MAIL.find([forged + first, second]) == str(TICKET)


def test_what_does_not_fit_is_not_made() -> None:
    with pytest.raises(ValueError, match="at most 64"):
        MAIL.reply_address(f"a-very-long-mailbox@{DOMAIN}", TICKET)
    with pytest.raises(ValueError, match="letters"):
        MAIL.message_id(TICKET, "1>\r\nBcc: a", DOMAIN)
    with pytest.raises(ValueError, match="badly formed"):
        SIGNER.sign("ticket-1")
    with pytest.raises(ValueError, match="32 bytes"):
        Signer(b"short", "rating")
