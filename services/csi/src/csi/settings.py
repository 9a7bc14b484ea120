"""What csi is told by its environment."""

from servicekit.settings import Settings


class CsiSettings(Settings):
    """The common settings; rating links need TOKEN_SECRET, and PUBLIC_URL is where people reach them."""
