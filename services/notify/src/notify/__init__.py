"""Tells people by mail, Telegram and cabinet."""
