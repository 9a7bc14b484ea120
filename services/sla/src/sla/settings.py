"""What the sla service is told by its environment."""

from servicekit.settings import Settings


class SlaSettings(Settings):
    """Nothing beyond what every service is told."""
