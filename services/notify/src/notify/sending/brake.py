"""The brake on automatic mail: two robots that answer each other must stop (channels §2.3)."""

from collections.abc import Iterable
from datetime import datetime, timedelta

WINDOW = timedelta(hours=1)
MOST = 3


def braked(
    sent: Iterable[datetime], at: datetime, *, acknowledges: bool = False, acknowledged: bool = False
) -> str | None:
    """Why an automatic mail must not go out `at`, or None.

    `sent` are the moments of earlier automatic mails to the same address: at most 3 in any hour;
    a ticket is acknowledged once.
    """
    if acknowledges and acknowledged:
        return "this ticket has been acknowledged already"
    if sum(1 for moment in sent if at - WINDOW < moment <= at) >= MOST:
        return f"{MOST} automatic mails to this address within an hour"
    return None
