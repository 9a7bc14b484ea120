"""A toy follower that ends as by `kill -9` at a named point: `python -m testkit.dying URL POINT TIMES`."""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence

from eventlog import scribe
from eventlog.appending import Querying, Verdict, append_all
from eventlog.vault import Sealed

from testkit.running import a_log, made_follower
from testkit.toys import ToyRouting

POINTS = ("mid-transaction", "before-publish")


class Countdown:
    """Ends the process when it is reached so many times."""

    def __init__(self, times: int) -> None:
        self.left = times

    def reach(self) -> None:
        """One time less to live."""
        self.left -= 1
        if self.left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)


async def run(url: str, point: str, times: int) -> None:
    """Follow until the point was reached so many times."""
    countdown = Countdown(times)

    async def publish(_: Sequence[str]) -> None:
        countdown.reach()

    async def append(connection: Querying, requests: Sequence[Sealed]) -> list[Verdict]:
        verdicts = await append_all(connection, requests)
        countdown.reach()
        return verdicts

    async with a_log(url) as log:
        if point == "before-publish":
            log.publish = publish
        else:
            vars(scribe).update(append_all=append, CHUNK=-1)  # every step by a transaction of several statements
        await made_follower(log, url, ToyRouting()).run()


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1], sys.argv[2], int(sys.argv[3])))
