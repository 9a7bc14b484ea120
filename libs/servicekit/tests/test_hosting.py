"""A service whose loop has ended says that it is not ready, instead of looking well and doing nothing."""

import asyncio
from base64 import b64encode

from eventlog.postgres import PostgresLog
from fastapi import FastAPI
from servicekit.hosting import Host, Hosting
from servicekit.settings import Settings
from testkit.servers import Database
from testkit.toys import ToyRouting


def settings(database: Database) -> Settings:
    return Settings(
        database_url=database.url_for("routing"),
        nats_url="nats://127.0.0.1:1",
        master_key=b64encode(b"m" * 32).decode(),
    )


def reactor(_: PostgresLog) -> ToyRouting:
    return ToyRouting()


async def ends_at_once(_: Host[object]) -> None:
    raise RuntimeError("a bug")


async def goes_on(_: Host[object]) -> None:
    await asyncio.Event().wait()


async def readiness(hosting: Hosting[object], *, wanted: bool) -> dict[str, object]:
    async with hosting.lifespan(FastAPI()), asyncio.timeout(20):
        while hosting.ready().ok is not wanted or not hosting.ready().detail.get("live"):
            await asyncio.sleep(0.02)
        return dict(hosting.ready().detail)


async def test_a_loop_that_ended_makes_the_service_unready(database: Database) -> None:
    detail = await readiness(Hosting(settings(database), reactor, ends_at_once), wanted=False)

    assert detail["trouble"] == "a loop of the service has ended: RuntimeError"


async def test_a_service_whose_loops_go_on_becomes_ready_without_a_broker(database: Database) -> None:
    detail = await readiness(Hosting(settings(database), reactor, goes_on), wanted=True)

    assert detail["broker"] is False
    assert "trouble" not in detail


async def test_a_service_that_lacks_something_says_what(database: Database) -> None:
    detail = await readiness(Hosting(settings(database), reactor, lacking=lambda _: "no rules yet"), wanted=False)

    assert detail["trouble"] == "no rules yet"
