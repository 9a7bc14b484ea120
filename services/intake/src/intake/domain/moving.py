"""Whether a ticket may live on under another version of its regulation, or be taken up again (D2, A-12)."""

from datetime import datetime

from regulation.document import Regulation
from regulation.term import UnknownTermError
from regulation.ways import resumable_until

from intake.domain.refusing import RefusedError
from intake.domain.sayings import Today
from intake.domain.terms import service_named


def refuse_unfit(regulation: Regulation, today: Today, channel: str, stage: str) -> None:
    """Raise RefusedError, naming what is missing, unless the version knows everything that the ticket is."""
    if today.regulation.partition("@")[0] != regulation.name:
        raise RefusedError(f"The ticket goes by {today.regulation}, which is another regulation.", "other-regulation")
    try:
        regulation.stage(stage)
        regulation.channel(channel)
        regulation.plan_for(today.category, today.priority, channel, today.service)
        if today.service:
            service_named(regulation, today.service)
    except UnknownTermError as error:
        raise RefusedError(f"In {regulation.key} {error}.", "unknown-term") from error
    except KeyError as error:
        missing = f"{today.category} × {today.priority}"
        raise RefusedError(f"In {regulation.key} there is no plan for {missing}.", "no-plan") from error


def refuse_late(regulation: Regulation, closed_at: datetime, at: datetime) -> None:
    """Raise RefusedError when the time in which a closed ticket may be taken up again is over (§3.5)."""
    until = resumable_until(regulation, closed_at)
    if until is not None and at > until:
        raise RefusedError(
            f"A closed ticket may be taken up again within {regulation.reopening and regulation.reopening.within}, "
            f"here until {until:%Y-%m-%d %H:%M} UTC: a new message opens a ticket that follows it.",
            "reopening-over",
        )
