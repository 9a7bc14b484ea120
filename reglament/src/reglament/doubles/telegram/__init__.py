"""A Telegram Bot API that lives on this machine, with a page to write as an invented user."""
