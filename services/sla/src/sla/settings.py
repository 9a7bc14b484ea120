"""What the sla service is told by its environment."""

from servicekit.settings import Settings

DEFAULT = "csn"
"""The regulation that is meant where a question names none."""


class SlaSettings(Settings):
    """Nothing beyond what every service is told."""
