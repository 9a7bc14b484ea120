"""What notify is told by its environment."""

from pydantic import SecretStr
from servicekit.settings import Settings


class NotifySettings(Settings):
    """The common settings, the mail server and the Telegram bot; without one of these its deliveries fail visibly."""

    smtp_url: SecretStr | None = None
    mail_from: str = "support@desk.example"
    telegram_url: str = "https://api.telegram.org"
    telegram_token: SecretStr | None = None
