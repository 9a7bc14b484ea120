import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest
from embedded.nats import Nats
from embedded.pidfile import remembered
from embedded.postgres import Postgres
from embedded.processes import descendants, look
from embedded.waiting import until
from reglament.credentials import credentials
from reglament.place import OFFSETS, Place
from reglament.programs import role_url
from reglament.running import is_ready
from servicekit.keys import KeyRing
from testkit.servers import started

Up = Callable[..., subprocess.Popen[str]]
Running = subprocess.Popen[str]


def reglament(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "reglament", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def pid(place: Place, name: str) -> int:
    entry = remembered(place.pid_file(name))
    return entry.pid if entry else 0


def listening(place: Place) -> list[str]:
    def open_port(name: str) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", place.port(name))) == 0

    return [name for name in OFFSETS if open_port(name)]


def wait_until_ready(process: Running, place: Place) -> None:
    until(lambda: process.poll() is not None or is_ready(place), 60, "readiness")
    assert process.poll() is None, process.communicate()[0]


def test_everything_is_ready_and_said(running: Running, place: Place) -> None:
    assert sorted(listening(place)) == ["intake", "nats", "notify", "postgres"]
    running.send_signal(signal.SIGTERM)
    said = running.communicate(timeout=60)[0]
    for words in ("PostgreSQL is ready", "NATS is ready", "intake is ready", place.url("mail"), "keys.json", "curl"):
        assert words in said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_asked_to_stop_it_leaves_nothing_behind(running: Running, place: Place, number: int) -> None:
    family = descendants(running.pid)
    running.send_signal(number)
    assert "Stopped." in running.communicate(timeout=60)[0]
    assert running.returncode == 0
    assert len(family) > 4
    assert [member for member in family if look(member.pid)] == []
    assert list((place.data / "run").glob("*.pid")) == []


def test_a_killed_child_comes_back(running: Running, place: Place) -> None:
    killed = pid(place, "notify")
    os.kill(killed, signal.SIGKILL)
    until(lambda: pid(place, "notify") not in {0, killed}, 30, "a new notify")
    until(lambda: "notify" in listening(place), 30, "an open port")
    assert running.poll() is None


@pytest.mark.parametrize("server", ["postgres", "nats"])
def test_a_killed_server_comes_back(running: Running, place: Place, server: str) -> None:
    file = place.data / server / f"{server}.pid"
    killed = remembered(file)
    assert killed
    os.kill(killed.pid, signal.SIGKILL)
    until(lambda: (now := remembered(file)) is not None and now != killed, 30, "a new process")
    until(lambda: server in listening(place), 30, "an open port")


def test_after_a_killed_supervisor_the_next_one_ends_what_was_left(running: Running, up: Up, place: Place) -> None:
    left = descendants(running.pid)
    running.kill()
    running.communicate()
    assert all(look(member.pid) for member in left)
    wait_until_ready(up(), place)
    assert [member for member in left if look(member.pid)] == []


def test_down_after_a_killed_supervisor_ends_what_was_left(
    running: Running, place: Place, environment: dict[str, str]
) -> None:
    running.kill()
    running.communicate()
    assert "left-over" in reglament(environment, "down").stdout
    assert listening(place) == []


def test_a_second_one_on_the_same_data_says_so(running: Running, place: Place, environment: dict[str, str]) -> None:
    second = reglament(environment, "up")
    assert second.returncode == 1
    assert f"It runs already with the data of {place.data}" in second.stderr


def test_in_the_background_it_is_only_started_where_it_does_not_run(
    running: Running, place: Place, environment: dict[str, str]
) -> None:
    second = reglament(environment, "up", "--detach")
    assert (second.returncode, place.url("intake") in second.stdout) == (0, True)
    assert running.poll() is None


@pytest.mark.parametrize("words", [("status",), ("up", "--detach")])
def test_it_is_where_it_was_started_whatever_the_environment_says_now(
    running: Running, place: Place, environment: dict[str, str], words: tuple[str, ...]
) -> None:
    said = reglament(environment | {"REGLAMENT_PORT_BASE": str(place.base + 1000)}, *words)
    assert (said.returncode, place.url("intake") in said.stdout) == (0, True)


def test_status_names_who_does_not_answer(running: Running, place: Place, environment: dict[str, str]) -> None:
    os.kill(pid(place, "notify"), signal.SIGSTOP)
    said, again = reglament(environment, "status"), reglament(environment, "up", "--detach")
    os.kill(pid(place, "notify"), signal.SIGCONT)
    assert (said.returncode, again.returncode) == (3, 1)
    assert f"notify does not answer at {place.url('notify')}/readyz" in said.stdout
    assert "intake" not in said.stdout
    assert "notify does not answer" in again.stderr
    assert reglament(environment, "status").returncode == 0


def test_status_and_down(running: Running, environment: dict[str, str]) -> None:
    assert reglament(environment, "status").returncode == 0
    assert reglament(environment, "down").stdout == "Stopped.\n"
    assert running.wait(10) == 0
    assert reglament(environment, "status").returncode == 3
    assert "does not run" in reglament(environment, "down").stdout


def test_a_taken_port_is_named_before_anything_starts(up: Up, place: Place) -> None:
    with socket.create_server(("127.0.0.1", place.port("csi"))):
        said = up().communicate(timeout=30)[0]
    assert f"port {place.port('csi')}, needed by csi, is in use" in said
    assert f"REGLAMENT_PORT_BASE={place.base + 1000}" in said
    assert not (place.data / "postgres").exists()


def test_a_service_that_cannot_start_shows_its_last_words_and_stops_the_rest(up: Up, place: Place) -> None:
    process = up(BROKEN="1")
    said = process.communicate(timeout=60)[0]
    assert process.returncode == 1
    assert "the table tickets is missing" in said
    assert listening(place) == []


def test_asked_to_stop_while_starting_it_stops(up: Up, place: Place) -> None:
    process = up(DEAF="1")
    until(lambda: "intake" in listening(place), 60, "a service that never gets ready")
    process.send_signal(signal.SIGINT)
    assert "Asked to stop" in process.communicate(timeout=60)[0]
    assert listening(place) == []


async def test_each_service_has_a_login_of_its_own(running: Running, place: Place) -> None:
    password = credentials(place).roles["sla"]
    url = role_url(f"postgresql://x@127.0.0.1:{place.port('postgres')}/reglament", "sla", password)
    connection = await asyncpg.connect(url)
    assert await connection.fetchval("select current_user::text") == "reglament_sla"
    await connection.close()


def test_keys_fit_the_ring_and_secrets_are_for_their_owner_only(running: Running, place: Place) -> None:
    ring = KeyRing(place.key_ring)
    for role, key in json.loads(place.keys.read_text()).items():
        entry = ring.entry(key)
        assert entry is not None
        assert entry.role == role
    for file in (place.keys, place.secrets, place.key_ring):
        assert file.stat().st_mode & 0o777 == 0o600


def test_secrets_and_keys_outlive_a_restart(running: Running, up: Up, place: Place) -> None:
    before = [file.read_bytes() for file in (place.keys, place.secrets, place.key_ring)]
    running.send_signal(signal.SIGTERM)
    running.communicate(timeout=60)
    wait_until_ready(up(), place)
    assert [file.read_bytes() for file in (place.keys, place.secrets, place.key_ring)] == before


@pytest.fixture
def others_postgres(server_directory: Path) -> Iterator[Postgres]:
    """Not the one of the whole run: `up` gives the roles of a server new passwords."""
    with started(Postgres(server_directory / "others")) as server:
        yield server


def test_servers_of_others_are_used_where_they_are_named(
    up: Up, place: Place, others_postgres: Postgres, nats_server: Nats
) -> None:
    wait_until_ready(up(REGLAMENT_OWNER_URL=others_postgres.url(), REGLAMENT_NATS_URL=nats_server.url), place)
    assert sorted(listening(place)) == ["intake", "notify"]


def test_an_unreachable_database_is_named_without_its_password(up: Up) -> None:
    process = up(REGLAMENT_OWNER_URL="postgresql://owner:hush@127.0.0.1:1/nowhere")
    said = process.communicate(timeout=60)[0]
    assert process.returncode == 1
    assert "127.0.0.1:1/nowhere" in said
    assert "hush" not in said


@pytest.mark.parametrize("base", ["many", "70000", "-1"])
def test_a_wrong_port_base_is_explained(environment: dict[str, str], base: str) -> None:
    answer = reglament(environment | {"REGLAMENT_PORT_BASE": base}, "status")
    assert (answer.returncode, "REGLAMENT_PORT_BASE must be" in answer.stderr) == (2, True)
