"""What notify is told by its environment."""

from pydantic import Field, SecretStr
from servicekit.settings import Settings

from notify.domain.intents import HEADS


class NotifySettings(Settings):
    """The common settings, the mail server and the Telegram bot; without one of these its deliveries fail visibly.

    `heads` names the head of each group by the id under which he is registered as an agent; `*` is any other group.
    """

    smtp_url: SecretStr | None = None
    mail_from: str = "support@desk.example"
    telegram_url: str = "https://api.telegram.org"
    telegram_token: SecretStr | None = None
    heads: dict[str, str] = Field(default_factory=lambda: dict(HEADS))
