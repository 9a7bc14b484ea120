"""A running intake over a real database, and the keys to its doors."""

import shutil
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
import pytest_asyncio
from eventlog.postgres import PostgresLog
from fastapi import FastAPI
from intake.app import create
from intake.house import House
from intake.settings import IntakeSettings
from regulation.document import Regulation
from regulation.load import load
from servicekit import keys
from servicekit.auth import Role, issue
from testkit.running import MASTER_KEY, a_log
from testkit.servers import Database
from testkit.waiting import until

CSN = Path(__file__).parents[3] / "regulations" / "csn.yaml"
SECRET = b64encode(bytes(range(64, 96))).decode()
SIGNING = "whsec_" + b64encode(bytes(range(32))).decode()
BOT = "bot-secret"


@pytest.fixture(scope="session")
def csn() -> Regulation:
    return load(CSN)


@pytest.fixture
async def log(database: Database) -> AsyncIterator[PostgresLog]:
    """The log as intake's own role sees it, without a service around it."""
    async with a_log(database.url_for("intake")) as found:
        yield found


@pytest.fixture(scope="session")
def issued() -> SimpleNamespace:
    """A key of every role, an adapter of `cabinet` and `email` only, and one of everything."""
    made = {role.value: issue(role.value, role) for role in Role}
    made["cabinet"] = issue("cabinet", Role.adapter, ("cabinet", "email"))
    bearer = {name: {"Authorization": f"Bearer {text}"} for name, (text, _) in made.items()}
    return SimpleNamespace(entries=[entry for _, entry in made.values()], bearer=bearer)


@pytest.fixture(scope="module")
def settings(
    module_database: Database, tmp_path_factory: pytest.TempPathFactory, issued: SimpleNamespace
) -> Iterator[IntakeSettings]:
    """What the environment tells intake, for the tests of one module."""
    directory = tmp_path_factory.mktemp("intake")
    shutil.copy(CSN, directory)
    keys.write(directory / "keys.json", issued.entries)
    secrets = f'{{"telegram": ["old-one", "{BOT}"], "cabinet": ["{SIGNING}"]}}'
    surroundings = {
        "DATABASE_URL": module_database.url_for("intake"), "NATS_URL": "nats://127.0.0.1:9", "MASTER_KEY": MASTER_KEY,
        "TOKEN_SECRET": SECRET, "KEYS": str(directory / "keys.json"), "REGULATIONS": str(directory),
        "CHANNEL_SECRETS": secrets,
    }  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        for name, value in surroundings.items():
            patch.setenv(f"REGLAMENT_{name}", value)
        yield IntakeSettings()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def app(settings: IntakeSettings) -> AsyncIterator[FastAPI]:
    """Intake as it runs, without any broker."""
    made = create()
    async with made.router.lifespan_context(made):
        house: House = made.state.house
        await until(lambda: house.host.follower.progress.live and bool(house.host.state.regulations), "intake is up")
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody at intake's doors."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://intake.example") as found:
        yield found
