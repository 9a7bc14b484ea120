"""The platform and the bare pipeline, both as something that takes messages in and later has done with them."""

import asyncio
import time
from collections.abc import Mapping
from typing import Protocol

import asyncpg
import uvloop
from contracts.streams import message_id
from embedded.waiting import holds

from tests.bench.client import Outcome, Plan, send
from tests.bench.installation import Installation

PATIENCE = 60.0
DONE = """
    select opened.data->>'message' as message, extract(epoch from max(first.at))::float8 as at
    from log.events opened join (
        select data->>'ticket' as ticket, type, min(recorded_at) as at from log.events
        where position > $1 and type in ('assignment.assigned.v1', 'clock.started.v1', 'delivery.intended.v1')
        group by 1, 2
    ) first on first.ticket = opened.data->>'ticket'
    where opened.type = 'ticket.opened.v1' and opened.position > $1
    group by 1 having count(*) = 3
"""

SENT = """
    select extract(epoch from max(recorded_at))::float8 as at from log.events
    where position > $1 and type = 'delivery.sent.v1'
"""


class Pipeline(Protocol):
    """What can be loaded with messages."""

    name: str

    def load(self, plan: str, count: int, rate: float = 0.0) -> Outcome:
        """So many messages, all answered."""
        ...

    def finished(self) -> Mapping[str, float]:
        """When (Unix time) each message of the last load was done, as far as it is."""
        ...

    def is_still(self) -> bool:
        """Whether nothing is left over that would burden the next run, such as mail to be sent."""
        ...


class Platform:
    """All five services; done with a message when its ticket is assigned, its clock runs and a delivery is intended."""

    name = "platform"

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._before = 0
        self._names: Mapping[str, str] = {}

    def load(self, plan: str, count: int, rate: float = 0.0) -> Outcome:
        """So many messages, all answered."""
        self._before = self._head()
        self._names = {message_id("cabinet", f"{plan}-{n}"): f"{plan}-{n}" for n in range(count)}
        port, key = self._installation.place.port("intake"), self._installation.key("adapter")
        return uvloop.run(send(Plan(port=port, key=key, run=plan, count=count, rate=rate)))

    def finished(self) -> Mapping[str, float]:
        """By the log's own time of record."""
        url = self._installation.owner_url
        rows = uvloop.run(_fetch(url, DONE, self._before))
        return {self._names[row["message"]]: row["at"] for row in rows if row["message"] in self._names}

    def sent(self) -> float:
        """When (Unix time) the last mail of the last load was sent."""
        rows = uvloop.run(_fetch(self._installation.owner_url, SENT, self._before))
        return float(rows[0]["at"])

    def is_still(self) -> bool:
        """Whether nobody had anything to say for a second."""
        was = self._head()
        time.sleep(1)
        return self._head() == was

    def _head(self) -> int:
        return int(uvloop.run(_fetch(self._installation.owner_url, "select position from log.head"))[0][0])


class Bare:
    """The pipeline without decisions; done with a message when it is inserted the second time."""

    name = "bare"

    def __init__(self, database: str, port: int) -> None:
        self._url = database
        self._port = port
        self._plan = ""

    def load(self, plan: str, count: int, rate: float = 0.0) -> Outcome:
        """So many messages, all answered."""
        self._plan = plan
        return uvloop.run(send(Plan(port=self._port, key="", run=plan, count=count, rate=rate)))

    def finished(self) -> Mapping[str, float]:
        """By the database's clock at the second insert."""
        query = "select id, extract(epoch from at)::float8 as at from done where id like $1"
        return {row["id"]: row["at"] for row in uvloop.run(_fetch(self._url, query, f"{self._plan}-%"))}

    def is_still(self) -> bool:
        """Done is done here."""
        return True


def all_done(pipeline: Pipeline, count: int) -> Mapping[str, float]:
    """When each of so many messages was done; fewer when the rest does not come in time."""
    holds(lambda: _slowly(pipeline, count), PATIENCE)
    done = pipeline.finished()
    holds(pipeline.is_still, PATIENCE)
    return done


def _slowly(pipeline: Pipeline, count: int) -> bool:
    """Asking costs the database something, so it is not asked all the time."""
    time.sleep(0.5)
    return len(pipeline.finished()) >= count


async def _fetch(url: str, query: str, *args: object) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetch(query, *args)
    finally:
        await connection.close()
        await asyncio.sleep(0)
