"""What people are told: every text in Russian and in English, for mail and for Telegram."""

from notify.wording.moments import shown
from notify.wording.rendering import Channel, Language, MissingValueError, Rendered, render

__all__ = ["Channel", "Language", "MissingValueError", "Rendered", "render", "shown"]
