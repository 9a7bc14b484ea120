"""Whether an agent takes work in one section, by his own word and by the ends of his shifts (R0-18)."""

from datetime import UTC, datetime

import msgspec
from contracts.routing import AgentWentOffline, AgentWentOnline
from msgspec.structs import replace

LONG_AGO = datetime.min.replace(tzinfo=UTC)

Gone = AgentWentOnline | AgentWentOffline


class Presence(msgspec.Struct, frozen=True, omit_defaults=True):
    """Since when he is Online, if he is; `ended` is the latest shift's end that took him Offline."""

    since: datetime | None = None
    ended: datetime = LONG_AGO

    def after(self, said: Gone) -> "Presence":
        """What it is once this was said.

        A shift's end speaks of its own moment, so it comes to the same before or after a person's word that crossed it:
        whoever came Online later than that stays Online.
        """
        if isinstance(said, AgentWentOnline):
            return replace(self, since=said.at) if said.at > self.ended else self
        if not said.because:
            return replace(self, since=None)
        stays = self.since is not None and self.since > said.at
        return Presence(self.since if stays else None, max(self.ended, said.at))


NEVER = Presence()
