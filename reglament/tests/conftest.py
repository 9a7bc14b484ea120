"""An installation of its own, with stand-ins for the services, run as a process that may be killed."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from embedded.processes import send
from embedded.waiting import until
from reglament.place import OFFSETS, Place
from reglament.running import end_leftovers, is_ready
from testkit.ground import free_base

HERE = Path(__file__).parent
Up = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def place() -> Iterator[Place]:
    directory = Path(tempfile.mkdtemp(prefix="reglament-"))
    directory.chmod(0o711)
    yield Place(directory, free_base(OFFSETS.values()))
    shutil.rmtree(directory)


@pytest.fixture
def environment(place: Place) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("REGLAMENT_")}
    return kept | {"REGLAMENT_DATA": str(place.data), "REGLAMENT_PORT_BASE": str(place.base)}


@pytest.fixture
def up(place: Place, environment: dict[str, str]) -> Iterator[Up]:
    """Runs `up` with stand-ins in the background; whatever it leaves behind is ended at the end."""
    begun: list[subprocess.Popen[str]] = []

    def begin(**extra: str) -> subprocess.Popen[str]:
        words = [sys.executable, str(HERE / "standin_up.py")]
        out = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        begun.append(subprocess.Popen(words, env=environment | extra, **out))
        return begun[-1]

    yield begin
    for process in begun:
        send(process.pid, 15)
        process.communicate(timeout=60)
    end_leftovers(place)


@pytest.fixture
def running(up: Up, place: Place) -> subprocess.Popen[str]:
    """A supervisor whose servers are all ready."""
    return ready(up(), place)


def ready(process: subprocess.Popen[str], place: Place) -> subprocess.Popen[str]:
    until(lambda: process.poll() is not None or is_ready(place), 60, "readiness")
    assert process.poll() is None, process.communicate()[0]
    return process
