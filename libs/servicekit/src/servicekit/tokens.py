"""Ids that people carry and cannot forge: signed, of one purpose, short enough for a mail address."""

import re
from collections.abc import Iterable
from hmac import compare_digest, digest
from uuid import UUID

TOKEN = re.compile(r"[0-9a-f]{32}\.[0-9a-f]+")
MAIL_MAC_BYTES = 8
IN_MAIL = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}\.[0-9a-f]{16}(?![0-9a-f])")
PART = re.compile(r"[0-9A-Za-z-]{1,64}")
LOCAL_PART_MAX = 64
SEARCHED_CHARACTERS = 65536
TRIED = 200


class Signer:
    """Signs ids for one purpose with a MAC of `length` bytes, 8 to 32; another purpose's signature is not accepted."""

    def __init__(self, secret: bytes, purpose: str, length: int = 16) -> None:
        if not 8 <= length <= 32 or len(secret) < 32:  # what HMAC-SHA256 gives and ought to get
            raise ValueError("a signer needs a secret of at least 32 bytes and a MAC of 8 to 32 bytes")
        self._key = digest(secret, b"reglament/" + purpose.encode(), "sha256")
        self._length = length

    def sign(self, id: UUID | str) -> str:  # noqa: A002  # the word for it everywhere
        """The token `<32 hex>.<mac hex>` of an id; ValueError when it is no UUID."""
        name = UUID(str(id)).hex
        return f"{name}.{self._mac(name)}"

    def read(self, token: str) -> str | None:
        """The id in a token as canonical UUID text, or None when we have not signed it so."""
        if TOKEN.fullmatch(token) is None:
            return None
        name, _, mac = token.partition(".")
        return str(UUID(name)) if compare_digest(mac, self._mac(name)) else None

    def _mac(self, name: str) -> str:
        return digest(self._key, name.encode(), "sha256")[: self._length].hex()


class ThreadTokens:
    """What our mail carries so that an answer finds its ticket and a bounce its delivery."""

    def __init__(self, secret: bytes) -> None:
        self._thread = Signer(secret, "mail thread", MAIL_MAC_BYTES)
        self._bounce = Signer(secret, "mail bounce", MAIL_MAC_BYTES)

    def message_id(self, ticket: UUID | str, n: UUID | int | str, domain: str) -> str:
        """The Message-ID of the ticket's n-th mail, or of the delivery n; ValueError when n has odd characters."""
        if PART.fullmatch(str(n)) is None:
            raise ValueError("a Message-ID takes letters, digits and dashes")
        return f"<t.{self._thread.sign(ticket)}.{n}@{domain}>"

    def reply_address(self, mailbox: str, ticket: UUID | str) -> str:
        """The mailbox's address for answers to the ticket; ValueError when it gets too long (mailbox over 14)."""
        name, _, domain = mailbox.rpartition("@")
        return _address(f"{name}+{self._thread.sign(ticket)}", domain)

    def bounce_address(self, domain: str, delivery: UUID | str) -> str:
        """The envelope sender whose bounces name the delivery that failed."""
        return _address(f"bounce+{self._bounce.sign(delivery)}", domain)

    def find(self, texts: Iterable[str]) -> str | None:
        """The ticket of the first valid token in Message-IDs or addresses, in any case of letters."""
        return _first(self._thread, texts)

    def find_bounced(self, texts: Iterable[str]) -> str | None:
        """The delivery of the first valid token in bounce addresses."""
        return _first(self._bounce, texts)


def _address(local: str, domain: str) -> str:
    if len(local) > LOCAL_PART_MAX or not domain:
        raise ValueError(f"an address needs a domain and at most {LOCAL_PART_MAX} characters before it")
    return f"{local}@{domain}"


def _first(signer: Signer, texts: Iterable[str]) -> str | None:
    candidates = (found for text in texts for found in IN_MAIL.findall(text[:SEARCHED_CHARACTERS].lower()))
    for token, _ in zip(candidates, range(TRIED), strict=False):
        if name := signer.read(token):
            return name
    return None
