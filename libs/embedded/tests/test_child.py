import json
import os
import sys
from pathlib import Path

import pytest
from embedded.child import LOG_LIMIT, Child, Program
from embedded.errors import DiedError, NotReadyError
from embedded.pidfile import remembered
from embedded.ports import free_port
from embedded.processes import descendants, look
from embedded.waiting import until

STUBBORN = (
    "import signal,time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
)
PARENT = "import subprocess,sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(60)'])"


def program(where: Path, code: str) -> Program:
    argv = (sys.executable, "-c", code)
    return Program("stand-in", argv, where / "log", where / "pid", free_port())


def test_a_program_deaf_to_goodbye_is_killed(tmp_path: Path) -> None:
    child = Child(program(tmp_path, STUBBORN))
    child.wait_ready(10, lambda: "deaf" in (tmp_path / "log").read_text())
    child.stop(grace=0.1)
    assert child.exit_code == -9
    assert not (tmp_path / "pid").exists()


def test_grandchildren_go_with_the_program(tmp_path: Path) -> None:
    child = Child(program(tmp_path, PARENT))
    until(lambda: bool(descendants(child.pid)), 10, "the grandchild")
    family = descendants(child.pid)
    child.stop()
    until(lambda: not any(look(member.pid) for member in family), 10, "the end of the family")


def test_a_program_that_dies_early_shows_its_last_words(tmp_path: Path) -> None:
    child = Child(program(tmp_path, "raise SystemExit('no such table')"))
    with pytest.raises(DiedError, match=r"ended with 1:\nno such table"):
        child.wait_ready(10, lambda: False)


def test_a_program_that_never_gets_ready_is_named(tmp_path: Path) -> None:
    child = Child(program(tmp_path, "import time; time.sleep(60)"))
    with pytest.raises(NotReadyError, match="stand-in"):
        child.wait_ready(0.05, lambda: False)
    child.stop()


def test_a_pid_file_never_points_at_a_later_process_with_the_same_number(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    file.write_text(json.dumps({"pid": os.getpid(), "born": "before"}))
    assert remembered(file) is None


@pytest.mark.parametrize("text", ["", "12", "{}", '{"pid": "x", "born": 1}'])
def test_a_broken_pid_file_points_at_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "pid").write_text(text)
    assert remembered(tmp_path / "pid") is None


def test_a_full_log_is_set_aside(tmp_path: Path) -> None:
    with (tmp_path / "log").open("wb") as log:
        log.truncate(LOG_LIMIT + 1)
    child = Child(program(tmp_path, "print('fresh')"))
    until(lambda: child.exit_code is not None, 10, "the end")
    child.stop()
    assert (tmp_path / "log").read_text() == "fresh\n"
