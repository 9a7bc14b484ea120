"""Starts servers stage by stage, keeps them alive, stops them in reverse."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain

from embedded.server import Server

from reglament.ward import Ward

PAUSE = 0.1
MOST = 16


class StoppedError(Exception):
    """Somebody asked to stop while we were still starting."""


class Supervisor:
    """Servers of one stage start together; the next stage begins when all of them are ready."""

    def __init__(self, say: Callable[[str], None], asked_to_stop: Callable[[], bool]) -> None:
        self._say = say
        self._asked_to_stop = asked_to_stop
        self._stages: list[Sequence[Server]] = []
        self._pool = ThreadPoolExecutor(MOST, "servers")

    def start(self, stage: Sequence[Server]) -> None:
        """Start all of a stage and wait; raises what the first failed one raised, or `StoppedError`."""
        self._stages.append(stage)
        began = time.monotonic()
        waiting = {server.name: self._pool.submit(server.start) for server in stage}
        while waiting:
            self._check_stop()
            for name in [name for name, future in waiting.items() if _succeeded(future)]:
                del waiting[name]
                self._say(f"{name} is ready after {time.monotonic() - began:.1f} s")
            time.sleep(PAUSE if waiting else 0)

    def watch(self) -> None:
        """Keep everything alive until asked to stop."""
        wards = [Ward(server, self._say, since=time.monotonic()) for server in chain(*self._stages)]
        while not self._asked_to_stop():
            for ward in wards:
                ward.look_after(time.monotonic(), self._pool)
            time.sleep(PAUSE)

    def stop(self) -> None:
        """Stop every stage, the last first; also what is only just starting."""
        self._stop_stages()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._pool = ThreadPoolExecutor(MOST, "servers")
        self._stop_stages()  # again: a start that was under way may have come in between
        self._pool.shutdown()
        self._stages.clear()

    def _stop_stages(self) -> None:
        for stage in reversed(self._stages):
            for future in [self._pool.submit(server.stop) for server in stage]:
                future.result()

    def _check_stop(self) -> None:
        if self._asked_to_stop():
            raise StoppedError


def _succeeded(future: Future[None]) -> bool:
    return future.done() and future.result() is None
