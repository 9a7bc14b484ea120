"""Takes updates to the webhook as Telegram does: one at a time per chat, again until a 2xx, until they expire."""

import asyncio
from collections import deque
from collections.abc import Callable
from datetime import timedelta

import httpx
from msgspec import Struct

from reglament.doubles.telegram.conversation import Update
from reglament.doubles.telegram.faults import Faults

LONGEST = timedelta(seconds=60)
OBEYED = timedelta(hours=1)
Told = Callable[[str], None]


class Webhook(Struct, frozen=True):
    """Where updates go; the secret travels in X-Telegram-Bot-Api-Secret-Token."""

    url: str
    secret: str = ""


class Waiting(Struct, frozen=True):
    """An update on its way; `told` hears how it goes."""

    update: Update
    told: Told
    expires: float

    @property
    def number(self) -> object:
        """Its update_id."""
        return self.update["update_id"]


class Courier:
    """Delivers to the webhook, or keeps for getUpdates while there is none."""

    def __init__(self, faults: Faults, first_wait: timedelta, webhook: Webhook | None = None) -> None:
        self._faults, self._first_wait = faults, first_wait
        self._lanes: dict[str, deque[Waiting]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Condition()
        self._http = httpx.AsyncClient(timeout=60)
        self.webhook = webhook

    async def close(self) -> None:
        """Stop delivering."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._http.aclose()

    async def point(self, webhook: Webhook | None) -> None:
        """Deliver to this webhook from now on; None keeps updates for getUpdates."""
        async with self._changed:
            self.webhook = webhook
            self._changed.notify_all()

    async def take(self, lane: str, update: Update, told: Told, lives: timedelta) -> None:
        """Accept an update that expires after `lives`; those of one lane are delivered strictly one after another."""
        waiting = Waiting(update, told, asyncio.get_running_loop().time() + lives.total_seconds())
        idle = lane not in self._lanes
        self._lanes.setdefault(lane, deque()).append(waiting)
        if idle:
            task = asyncio.create_task(self._drive(lane))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        async with self._changed:
            self._changed.notify_all()

    def pending(self) -> list[Update]:
        """Updates nobody has confirmed, ascending."""
        return sorted((w.update for lane in self._lanes.values() for w in lane), key=number)

    async def fetch(self, offset: int, limit: int, seconds: float) -> list[Update]:
        """getUpdates: confirms everything below the offset, waits for the first update as long as asked."""
        async with self._changed:
            self._confirm(offset)
            self._changed.notify_all()
            try:
                async with asyncio.timeout(seconds):
                    await self._changed.wait_for(lambda: any(number(u) >= offset for u in self.pending()))
            except TimeoutError:
                return []
        return [update for update in self.pending() if number(update) >= offset][:limit]

    def _confirm(self, offset: int) -> None:
        for lane in self._lanes.values():
            while lane and number(lane[0].update) < offset:
                lane.popleft().told("delivered")

    async def _drive(self, lane: str) -> None:
        """Deliver one lane until it is empty."""
        queue = self._lanes[lane]
        while queue:
            webhook = await self._somewhere(queue)
            if webhook and queue:
                await self._deliver(queue, queue[0], webhook)
        del self._lanes[lane]

    async def _somewhere(self, queue: deque[Waiting]) -> Webhook | None:
        """The webhook as soon as there is one, None if the lane was emptied by getUpdates meanwhile."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.webhook or not queue)
            return self.webhook

    async def _deliver(self, queue: deque[Waiting], waiting: Waiting, webhook: Webhook) -> None:
        """One update, until it is taken, has expired or the webhook changes."""
        attempt = 0
        while queue and queue[0] is waiting and self.webhook == webhook:
            asked = await self._post(waiting, webhook)
            if asked is None or asyncio.get_running_loop().time() > waiting.expires:
                waiting.told("delivered" if asked is None else "expired")
                queue.popleft()
                return
            await asyncio.sleep(max(min(self._first_wait * (1 << min(attempt, 10)), LONGEST), asked).total_seconds())
            attempt += 1

    async def _post(self, waiting: Waiting, webhook: Webhook) -> timedelta | None:
        """None when a 2xx came, otherwise the least wait that was asked for."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": webhook.secret} if webhook.secret else {}
        try:
            for _ in range(self._faults.copies()):
                answer = await self._http.post(webhook.url, json=waiting.update, headers=headers)
        except httpx.HTTPError:
            waiting.told("unreachable")
            return timedelta(0)
        if answer.is_success:
            return None
        waiting.told(str(answer.status_code))
        return asked_wait(answer.headers.get("Retry-After", ""))


def asked_wait(header: str) -> timedelta:
    """Retry-After in seconds, at most an hour as Telegram does; nothing if absent."""
    return min(timedelta(seconds=int(header)), OBEYED) if header.isdecimal() and len(header) < 8 else timedelta(0)


def number(update: Update) -> int:
    """The update_id as a number."""
    return int(str(update["update_id"]))
