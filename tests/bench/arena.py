"""Where benches run: a directory, a PostgreSQL and a NATS of their own, all gone afterwards."""

import asyncio
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from functools import cached_property
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Self

import asyncpg
from embedded.child import Child, Program
from embedded.nats import Nats
from embedded.ports import accepts, free_port
from embedded.postgres import Postgres
from eventlog.migrate import migrate

from tests.bench.installation import Installation
from tests.bench.pipelines import Bare, Platform

ROLES = ("intake", "routing", "sla", "notify", "csi", "ops")
PATIENCE = 60.0
AGENTS = 8


class Database:
    """A migrated database: its owner's URL and that of each service's role."""

    def __init__(self, server: Postgres, name: str) -> None:
        self.owner_url = server.url(name)
        self._passwords = {role: secrets.token_urlsafe(12) for role in ROLES}
        asyncio.run(_create(server.url(), name))
        asyncio.run(migrate(self.owner_url, self._passwords))

    def url_for(self, service: str) -> str:
        """The URL of the role `reglament_<service>`."""
        address = self.owner_url.rpartition("@")[2]
        return f"postgresql://reglament_{service}:{self._passwords[service]}@{address}"


class Arena:
    """Servers start when they are first asked for; whatever was started ends with the arena."""

    def __init__(self) -> None:
        self._leaving = ExitStack()
        self.directory = Path(tempfile.mkdtemp(prefix="reglament-bench-"))
        self.directory.chmod(0o711)  # PostgreSQL runs as nobody where we are root
        self._leaving.callback(shutil.rmtree, self.directory, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._leaving.close()

    @cached_property
    def postgres(self) -> Postgres:
        """A durable server: fsync and synchronous_commit are on."""
        server = Postgres(self.directory / "postgres")
        self._leaving.callback(server.stop)
        server.start()
        return server

    @cached_property
    def nats(self) -> Nats:
        """A server with JetStream."""
        server = Nats(self.directory / "nats")
        self._leaving.callback(server.stop)
        server.start()
        return server

    @cached_property
    def installation(self) -> Installation:
        """The whole platform with some agents, as `reglament up` runs it."""
        running = self._leaving.enter_context(Installation(self.directory / "platform"))
        running.staff(AGENTS)
        return running

    @cached_property
    def platform(self) -> Platform:
        """The platform as something to load."""
        return Platform(self.installation)

    @cached_property
    def bare(self) -> Bare:
        """The pipeline to hold it against."""
        environment = {"BARE_DATABASE": self.postgres.url(), "BARE_NATS": self.nats.url}
        door = self.run("bare-accept", "tests.bench.bare", "accept", env=environment)
        self.run("bare-finish", "tests.bench.bare", "finish", env=environment)
        return Bare(self.postgres.url(), door.program.port)

    def database(self, name: str) -> Database:
        """A new database with the log in it."""
        return Database(self.postgres, name)

    def run(self, name: str, *words: str, env: Mapping[str, str], port: int | None = None) -> Child:
        """A Python program as a server on 127.0.0.1, once its port is open; the caller stops it, or the arena does."""
        chosen = free_port() if port is None else port
        argv = (sys.executable, "-m", *words)
        log, pid_file = self.directory / f"{name}.log", self.directory / f"{name}.pid"
        child = Child(Program(name, argv, log, pid_file, chosen, {**os.environ, **env, "PORT": str(chosen)}))
        self._leaving.callback(child.stop)
        child.wait_ready(PATIENCE, lambda: accepts(chosen))
        return child

    def serve(self, service: str, env: Mapping[str, str]) -> Child:
        """One of our services, once it is ready."""
        port = free_port()
        child = self.run(service, "servicekit.serve", service, env={**env, "REGLAMENT_PORT": str(port)}, port=port)
        child.wait_ready(PATIENCE, lambda: _is_ready(port))
        return child


def _is_ready(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


async def _create(url: str, name: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(f"create database {name}")
    finally:
        await connection.close()
