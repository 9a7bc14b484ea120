"""One person who writes to us: which conversation belongs to which ticket."""

from __future__ import annotations

from copy import copy

from contracts.intake import ConversationStarted, RequesterRegistered
from eventlog.aggregate import Aggregate, event


class Requester(Aggregate):
    """Somebody behind an address of one channel kind; remembers conversations, never the address itself."""

    @event("Registered")
    def __init__(self, id: str, said: RequesterRegistered) -> None:  # noqa: A002  # the library names it so
        self.requester = said.requester
        self.conversations: dict[tuple[str, str], str] = {}

    def fork(self) -> Requester:
        """A twin that may decide while this picture stays as it is."""
        twin = copy(self)
        twin.conversations = dict(self.conversations)
        return twin

    def ticket_of(self, channel: str, thread: str) -> str:
        """The ticket that this conversation belongs to, "" if there is none."""
        return self.conversations.get((channel, thread), "")

    def converse(self, said: ConversationStarted) -> None:
        """Let a conversation belong to a ticket from now on."""
        if self.ticket_of(said.channel, said.thread) != said.ticket:
            self._conversed(said)

    @event("Conversed")
    def _conversed(self, said: ConversationStarted) -> None:
        self.conversations[said.channel, said.thread] = said.ticket
