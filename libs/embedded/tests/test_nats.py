import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path

import nats
import pytest
from embedded.errors import PortTakenError
from embedded.nats import Nats
from nats.aio.client import Client
from nats.js.api import AckPolicy, ConsumerConfig
from nats.js.client import JetStreamContext

FORBIDDEN = (
    "log.clock.met.v1", "feed", "head", "$JS.API.STREAM.DELETE.LOG", "$JS.API.STREAM.PURGE.LOG",
    "$JS.API.STREAM.UPDATE.LOG", "$JS.API.STREAM.CREATE.OWN", "$JS.API.STREAM.MSG.DELETE.LOG",
    "$JS.API.CONSUMER.DELETE.LOG.others", "$JS.API.CONSUMER.CREATE.OTHER.mine",
)  # fmt: skip


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Nats]:
    running = Nats(tmp_path / "nats")
    running.start()
    yield running
    running.stop()


async def silent(_: Exception) -> None:
    """The default callback prints tracebacks."""


async def connect(url: str) -> Client:
    return await nats.connect(url, allow_reconnect=False, connect_timeout=5, error_cb=silent)


async def test_it_stores_messages_in_jetstream(server: Nats) -> None:
    client = await connect(server.url)
    stream = client.jetstream()
    await stream.add_stream(name="S", subjects=["s.>"])
    assert (await stream.publish("s.a", b"hello")).seq == 1
    assert client.max_payload == 8 * 1024 * 1024
    await client.close()


def test_its_directory_may_be_called_anything(tmp_path: Path) -> None:
    server = Nats(tmp_path / 'Документы "Анны"')
    server.start()
    server.stop()
    assert (server.directory / "jetstream").is_dir()


def test_strangers_are_refused(server: Nats) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as stranger:
        stranger.sendall(b"CONNECT {}\r\nPING\r\n")
        answers = b"".join(iter(lambda: stranger.recv(4096), b""))
    assert b"Authorization Violation" in answers
    assert b"PONG" not in answers


async def test_a_restart_keeps_address_and_data(server: Nats) -> None:
    client = await connect(server.url)
    await client.jetstream().add_stream(name="S", subjects=["s.>"])
    await client.close()
    server.restart()
    client = await connect(server.url)
    assert (await client.jetstream().stream_info("S")).config.name == "S"
    await client.close()


async def test_a_killed_server_comes_back(server: Nats) -> None:
    server.kill()
    server.start()
    await (await connect(server.url)).close()


async def test_its_data_can_be_erased(server: Nats) -> None:
    client = await connect(server.url)
    await client.jetstream().add_stream(name="S", subjects=["s.>"])
    await client.close()
    server.kill()
    server.erase()
    server.start()
    client = await connect(server.url)
    assert await client.jetstream().streams_info() == []
    await client.close()


def test_a_frozen_server_is_silent_until_thawed(server: Nats) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as client:
        assert client.recv(4096).startswith(b"INFO ")
        server.freeze()
        client.sendall(b"PING\r\n")
        client.settimeout(0.1)
        with pytest.raises(TimeoutError):
            client.recv(4096)
        server.thaw()
        client.settimeout(5)
        assert client.recv(4096)


def test_what_a_killed_supervisor_left_running_is_ended_first(server: Nats) -> None:
    successor = Nats(server.directory, server.port)
    successor.start()
    successor.stop()
    assert server.child.exit_code is not None


def test_the_configuration_with_the_password_is_for_its_owner_only(server: Nats) -> None:
    assert (server.directory / "nats.conf").stat().st_mode & 0o777 == 0o600


def test_a_taken_port_is_named(server: Nats, tmp_path: Path) -> None:
    with pytest.raises(PortTakenError, match=f"port {server.port}, needed by NATS"):
        Nats(tmp_path / "rival", server.port).start()


async def reading(server: Nats, heard: asyncio.Queue[str]) -> Client:
    """An outside consumer; what it is refused is heard."""

    async def hear(error: Exception) -> None:
        heard.put_nowait(str(error).lower())

    return await nats.connect(
        server.reader_url, inbox_prefix="_INBOX_reader", allow_reconnect=False, connect_timeout=5, error_cb=hear
    )


async def a_log(server: Nats) -> tuple[Client, JetStreamContext]:
    """The stream LOG with one message."""
    client = await connect(server.url)
    stream = client.jetstream()
    await stream.add_stream(name="LOG", subjects=["log.>"])
    await stream.publish("log.clock.met.v1", b"{}")
    return client, stream


async def test_a_reader_consumes_the_log_with_a_durable_of_its_own(server: Nats) -> None:
    ours, stream = await a_log(server)
    reader = await reading(server, refused := asyncio.Queue())
    pulled = await reader.jetstream().pull_subscribe("", durable="mine", stream="LOG")
    [message] = await pulled.fetch(1, timeout=5)
    await message.ack_sync()
    assert (message.data, refused.empty()) == (b"{}", True)
    assert (await stream.consumer_info("LOG", "mine")).num_ack_pending == 0
    await reader.close()
    await ours.close()


@pytest.mark.parametrize("subject", FORBIDDEN)
async def test_a_reader_changes_nothing(server: Nats, subject: str) -> None:
    ours, stream = await a_log(server)
    reader = await reading(server, refused := asyncio.Queue())
    await reader.publish(subject, b"")
    assert f'publish to "{subject.lower()}"' in await asyncio.wait_for(refused.get(), 10)
    assert (await stream.stream_info("LOG")).state.messages == 1
    await reader.close()
    await ours.close()


@pytest.mark.parametrize("subject", ["feed", "head", "log.>", "_INBOX.>", ">"])
async def test_a_reader_hears_only_its_answers(server: Nats, subject: str) -> None:
    reader = await reading(server, refused := asyncio.Queue())
    await reader.subscribe(subject)
    assert f'subscription to "{subject.lower()}"' in await asyncio.wait_for(refused.get(), 10)
    await reader.close()


async def test_a_reader_cannot_let_its_consumer_do_what_it_may_not(server: Nats) -> None:
    ours, stream = await a_log(server)
    reader = await reading(server, asyncio.Queue())
    for n, door in enumerate(("$JS.API.STREAM.PURGE.LOG", "$JS.API.STREAM.DELETE.LOG")):
        config = ConsumerConfig(
            name=f"mine-{n}", durable_name=f"mine-{n}", deliver_subject=door, ack_policy=AckPolicy.NONE
        )
        await reader.jetstream().add_consumer("LOG", config=config)
    for _ in range(20):  # the server answers in order: whatever it delivers, it has delivered by then
        await stream.publish("log.clock.met.v1", b"{}")
    assert (await stream.stream_info("LOG")).state.messages == 21
    await reader.close()
    await ours.close()
