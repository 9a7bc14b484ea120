"""The invented people and their conversations with the bot; with a journal they outlive a restart."""

from collections.abc import Iterator

from reglament.doubles.telegram.conversation import Chat, Line
from reglament.doubles.telegram.journal import Journal, Numbers, Person, Record, Said

MOST_CHATS = 10_000
FIRST_CHAT = 5_390_000_000
SETTLED = ("delivered", "expired")


class Chats:
    """The conversations, at most 10,000; ids of people, messages and updates only ever rise, over restarts too.

    They begin after `first`: a clock's seconds there keep them new even where there is no journal, or a damaged one.
    """

    def __init__(self, first: int = 0, journal: Journal | None = None) -> None:
        self._chats: dict[int, Chat] = {}
        self._last = Numbers(FIRST_CHAT + first, first, first)
        self._journal = journal
        for record in journal.read() if journal else ():
            self._restore(record)

    def recent(self) -> list[Chat]:
        """The conversations, that with the latest message first."""
        return sorted(self._chats.values(), key=latest, reverse=True)

    def undelivered(self) -> list[tuple[Chat, Line]]:
        """What people wrote and the bot has not been told yet, oldest first."""
        lines = ((chat, line) for chat in self._chats.values() for line in chat.lines if line.mine)
        return sorted((told for told in lines if told[1].state not in SETTLED), key=lambda told: told[1].id)

    def find(self, number: int) -> Chat | None:
        """One conversation, None if nobody of that id has ever written."""
        return self._chats.get(number)

    def new_id(self) -> int:
        """An id that nobody has or had."""
        self._last.person += 1
        while self._last.person in self._chats:
            self._last.person += 1
        self._remember(self._last)
        return self._last.person

    def opened(self, number: int, name: str, language: str) -> Chat:
        """The conversation of that person, begun if there is none; for it the one silent longest may be forgotten."""
        if known := self._chats.get(number):
            return known
        chat = self._begin(Person(number, name, language))
        self._remember(Person(number, name, language))
        return chat

    def next_message(self) -> int:
        """The id of the next message."""
        self._last.message += 1
        return self._last.message

    def next_update(self) -> int:
        """The id of the next update."""
        self._last.update += 1
        return self._last.update

    def keep(self, chat: Chat, line: Line) -> None:
        """Add a message, or remember how it has changed."""
        chat.put(line)
        self._remember(Said(chat.id, line))

    def block(self, chat: Chat, blocked: bool) -> None:
        """Let the person block the bot, or no longer."""
        chat.blocked = blocked
        self._remember(person(chat))

    def _begin(self, who: Person) -> Chat:
        if len(self._chats) >= MOST_CHATS:
            del self._chats[min(self._chats.values(), key=latest).id]
        return self._chats.setdefault(who.id, Chat(who.id, who.name, who.language, blocked=who.blocked))

    def _remember(self, record: Record) -> None:
        if self._journal is None:
            return
        self._journal.add(record)
        if self._journal.is_full:
            self._journal.write_anew([self._last, *map(person, self._chats.values())], self._newest_first())

    def _newest_first(self) -> Iterator[Said]:
        said = [Said(chat.id, line) for chat in self._chats.values() for line in chat.lines]
        yield from sorted(said, key=lambda each: each.line.id, reverse=True)

    def _restore(self, record: Record) -> None:
        match record:
            case Numbers():
                self._given(record)
            case Person():
                (self.find(record.id) or self._begin(record)).blocked = record.blocked
            case Said(chat=number, line=line):
                # Where the person's own record was damaged, whoever answers still finds somebody.
                (self.find(number) or self._begin(Person(number, "?", "ru"))).put(line)
                self._given(Numbers(0, line.id, line.update))

    def _given(self, numbers: Numbers) -> None:
        last = self._last
        last.person = max(last.person, numbers.person)
        last.message = max(last.message, numbers.message)
        last.update = max(last.update, numbers.update)


def latest(chat: Chat) -> int:
    """The id of its latest message, 0 if there is none."""
    return chat.lines[-1].id if chat.lines else 0


def person(chat: Chat) -> Person:
    """The person of that chat, to be remembered."""
    return Person(chat.id, chat.name, chat.language, chat.blocked)
