"""What routing is told by its environment."""

from servicekit.settings import Settings


class RoutingSettings(Settings):
    """The settings common to all services; routing has none of its own."""
