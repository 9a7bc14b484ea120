"""Telling people by mail and by Telegram, and saying honestly what became of it."""
