"""Who may bring messages in: adapters by key or signature, Telegram by its secret."""

from collections.abc import Mapping
from datetime import datetime
from hmac import compare_digest
from typing import NamedTuple

from fastapi import Request
from servicekit.auth import Role, requires
from servicekit.problems import Forbidden, Unauthorized

from intake.reading.signature import standard_webhook_ok
from intake.settings import IntakeSettings

ADAPTERS = requires(Role.adapter)
TELEGRAM = "x-telegram-bot-api-secret-token"
WHO = "Send `Authorization: Bearer dk_…`, or sign the body with your channel's secret by Standard Webhooks."


class Bearer(NamedTuple):
    """Who brings a message, for which channels they may, and whether they signed it instead of showing a key."""

    name: str
    channels: tuple[str, ...]
    signed: bool = False

    def must_serve(self, channel: str) -> None:
        """Let only a channel of the key's scope through; raises Forbidden."""
        if channel not in self.channels and "*" not in self.channels:
            raise Forbidden("This key does not serve that channel: use one of its own.")


async def adapter(request: Request) -> Bearer:
    """The adapter behind a bearer key."""
    actor = await ADAPTERS(request)
    return Bearer(f"{actor.role}:{actor.name}", actor.channels)


async def adapter_or_signature(request: Request, body: bytes, settings: IntakeSettings) -> Bearer:
    """The adapter behind a key, or else whoever holds the secret of a channel and signed this body with it."""
    headers = request.headers
    if "authorization" in headers or "webhook-signature" not in headers:
        return await adapter(request)
    signed = _signed(headers, body, settings, request.app.state.clock())
    if not signed:
        raise Unauthorized(WHO)
    return Bearer("adapter:signed", signed, signed=True)


def telegram(request: Request, channel: str, settings: IntakeSettings) -> Bearer:
    """The bot whose webhook carries the channel's secret; every valid secret is compared in constant time."""
    given = request.headers.get(TELEGRAM, "").encode("latin-1")
    right = [compare_digest(given, secret.encode()) for secret in settings.secrets_of(channel) if secret]
    if not any(right):
        raise Unauthorized("Set the webhook again with this channel's secret_token.")
    return Bearer("adapter:telegram", (channel,))


def _signed(headers: Mapping[str, str], body: bytes, settings: IntakeSettings, now: datetime) -> tuple[str, ...]:
    channels = settings.channel_secrets
    return tuple(each for each in channels if standard_webhook_ok(settings.secrets_of(each), headers, body, now))
