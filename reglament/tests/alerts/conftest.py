"""A broker that may be wiped, a log with its relay, a receiver of webhooks, and alerts that run beside the test."""

import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from embedded.nats import Nats
from eventlog.postgres import PostgresLog
from reglament.alerts.alert import Alert
from reglament.alerts.bookmark import bookmark_in
from reglament.alerts.consumer import Consumer, Source
from reglament.alerts.kinds import DEFAULT, subjects
from reglament.alerts.watch import Watch
from reglament.alerts.webhook import Webhook
from testkit.running import a_feed, a_log, a_relay, in_background
from testkit.servers import Database, started


@dataclass
class Post:
    """One request as it arrived, and what it was answered."""

    headers: dict[str, str]
    body: bytes
    status: int


@dataclass
class Receiver:
    """Somebody's server: answers what the test has laid out, then 200."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)

    @property
    def taken(self) -> list[str]:
        """The ids of what it took, in order."""
        return [post.headers["webhook-id"] for post in self.posts if post.status == 200]

    def take(self, headers: dict[str, str], body: bytes) -> int:
        """Answer one request."""
        status = self.answers.pop(0) if self.answers else 200
        self.posts.append(Post(headers, body, status))
        return status


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            self.send_response(found.take({k.lower(): v for k, v in self.headers.items()}, body))
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Not on the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    found.url = f"http://127.0.0.1:{server.server_port}/alerts"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def own_nats(server_directory: Path) -> Iterator[Nats]:
    with started(Nats(server_directory / "wiped-nats")) as server:
        yield server
    server.erase()


@pytest.fixture
async def sla(database: Database) -> AsyncIterator[PostgresLog]:
    async with a_log(database.url_for("sla")) as kept:
        yield kept


@pytest.fixture
async def relayed(sla: PostgresLog, database: Database, own_nats: Nats) -> AsyncIterator[PostgresLog]:
    """The log of a running platform: what is appended to it comes to the stream."""
    async with a_feed(own_nats.url) as feed, a_relay(sla, database.url_for("sla"), feed, own_nats.url):
        yield sla


@dataclass
class Seen:
    """What the person at the terminal saw."""

    alerts: list[Alert] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        """The ids of the alerts' lines, in order."""
        return [alert.id for alert in self.alerts]


Alerts = Callable[..., AbstractAsyncContextManager[Seen]]


@pytest.fixture
def alerts(own_nats: Nats, tmp_path: Path) -> Alerts:
    """Runs alerts as the command does, from the beginning of the log; a second call is a restart."""

    @asynccontextmanager
    async def run(url: str = "", key: bytes | None = None, kinds: tuple[str, ...] = DEFAULT) -> AsyncIterator[Seen]:
        seen = Seen()
        async with httpx.AsyncClient() as client:
            posting = Webhook(client, url, key, seen.told.append) if url else None
            with bookmark_in(tmp_path / "alerts.json") as bookmark:
                watch = Watch(bookmark, seen.alerts.append, seen.told.append, posting)
                source = Source(own_nats.reader_url, "alerts", subjects(kinds), 0)
                async with in_background(Consumer(source, watch, seen.told.append).run()):
                    yield seen

    return run
