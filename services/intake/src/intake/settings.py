"""What intake is told by its environment."""

from pydantic import Field, SecretStr
from servicekit.settings import Settings

MAIL_BYTES = 30 * 1024 * 1024


class IntakeSettings(Settings):
    """The common settings and intake's own.

    `channel_secrets`: by channel, the secrets that vendors or adapters prove themselves by, two valid at once for
    rotation. `regulation` is the one preferred where several know a channel; `mail_channels` take bodies of 30 MiB.
    """

    channel_secrets: dict[str, list[SecretStr]] = Field(default_factory=dict)
    regulation: str = "csn"
    mail_channels: tuple[str, ...] = ("email",)
    mail_from: str = "support@desk.example"

    def secrets_of(self, channel: str) -> list[str]:
        """The secrets valid for a channel now."""
        return [secret.get_secret_value() for secret in self.channel_secrets.get(channel, [])]

    @property
    def own_addresses(self) -> frozenset[str]:
        """The addresses that only we send from."""
        return frozenset([self.mail_from.lower(), f"bounce@{self.mail_domain}".lower()])
