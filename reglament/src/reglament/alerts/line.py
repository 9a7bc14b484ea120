"""An alert as one line for the person who watches."""

from rich.text import Text

from reglament.alerts.alert import Alert
from reglament.alerts.kinds import bare

TITLES = {
    "clock.breached": ("Deadline missed", "bold red"),
    "clock.vendor-overran": ("Vendor overran", "yellow"),
    "assignment.nobody-online": ("Nobody online", "magenta"),
    "delivery.failed": ("Delivery failed", "red"),
}
ELSEWHERE = frozenset({"at", "ticket"})


def line_of(alert: Alert) -> Text:
    """When (UTC), what, which ticket, and the figures; other kinds go by their own names."""
    title, style = TITLES.get(bare(alert.type), (bare(alert.type), "cyan"))
    line = Text(f"{alert.time:%d.%m %H:%M:%S} UTC  ", style="dim")
    line.append(f"{title:<16}", style=style)
    line.append(" ticket ", style="dim")
    line.append(alert.subject or "—")
    for name, value in alert.data.items():
        if name not in ELSEWHERE:
            line.append(f"  {name.removesuffix('_at')} ", style="dim")
            line.append(f"{value} s" if name == "late" else str(value))
    return line
