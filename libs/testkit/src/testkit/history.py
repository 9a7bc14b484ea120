"""What a client did and was told: the other half of what a checker needs beside the log."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import msgspec
from contracts.streams import message_id

OK = range(200, 300)


class Post(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt to hand in the message `intent` under `key`; status 0 means that no answer came."""

    intent: int
    channel: str
    key: str
    status: int
    ticket: str = ""
    outcome: str = ""

    @property
    def message(self) -> str:
        """The id that the message has in the log."""
        return message_id(self.channel, self.key)

    @property
    def taken(self) -> bool:
        """Whether it was told to be durably recorded."""
        return self.status in OK


class History:
    """Every attempt in the order of its end."""

    def __init__(self, posts: Sequence[Post] = ()) -> None:
        self._posts = list(posts)

    def note(self, post: Post) -> None:
        """Write down one attempt."""
        self._posts.append(post)

    def __iter__(self) -> Iterator[Post]:
        return iter(tuple(self._posts))

    def __len__(self) -> int:
        return len(self._posts)

    def by_intent(self) -> Mapping[int, Sequence[Post]]:
        """The attempts at each message."""
        attempts: dict[int, list[Post]] = defaultdict(list)
        for post in self._posts:
            attempts[post.intent].append(post)
        return attempts

    @property
    def taken(self) -> set[int]:
        """The messages that at least one attempt was told to be recorded."""
        return {post.intent for post in self._posts if post.taken}

    def told(self) -> str:
        """The history in one line."""
        unknown = sum(post.status == 0 for post in self._posts)
        refused = sum(post.status != 0 and not post.taken for post in self._posts)
        intents = len(self.by_intent())
        return f"{intents} messages, {len(self._posts)} attempts, {unknown} without an answer, {refused} refused"
