"""Moments as people read them, in the zone of the calendar that the promise runs by."""

from datetime import datetime
from zoneinfo import ZoneInfo

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def shown(at: datetime, zone: ZoneInfo, language: str) -> str:
    """`21.11.2026, 14:00 (UTC+3)` or `21 Nov 2026, 14:00 (UTC+3)`."""
    local = at.astimezone(zone)
    day = f"{local:%d.%m.%Y}" if language == "ru" else f"{local.day} {MONTHS[local.month - 1]} {local.year}"
    return f"{day}, {local:%H:%M} ({offset(local)})"


def offset(local: datetime) -> str:
    """`UTC+3`, `UTC+5:30` or `UTC`."""
    minutes = int((local.utcoffset() or local - local).total_seconds()) // 60
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '-'}{hours}" + (f":{rest:02}" if rest else "")
