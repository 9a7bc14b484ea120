"""Rating links: signed, of one purpose, one survey each; they open nothing but their own survey's page."""

from servicekit.tokens import Signer

FULL_MAC = 32
"""Bytes: the whole of HMAC-SHA256, since this token alone lets somebody rate."""


class Links:
    """Makes the links that people are sent, and reads the tokens in them."""

    def __init__(self, secret: bytes, public_url: str) -> None:
        self._signer = Signer(secret, "rating", FULL_MAC)
        self._public_url = public_url.rstrip("/")

    def link(self, survey: str) -> str:
        """The address of a survey's page."""
        return f"{self._public_url}/rate/{self._signer.sign(survey)}"

    def survey(self, token: str) -> str | None:
        """The survey of a token of ours, None for anything else."""
        return self._signer.read(token)
