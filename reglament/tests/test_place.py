"""A data directory that cannot be used is said in so many words, by every command that needs one."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from reglament.place import Place
from reglament.screen import show_addresses

COMMANDS = ("up", "up --detach", "status", "down", "demo", "alerts", "log", "verify")
REGULATIONS = Path(__file__).parents[2] / "regulations"

anything = pytest.mark.parametrize("words", [*COMMANDS, f"publish {REGULATIONS / 'csn.yaml'}"])


def reglament(environment: dict[str, str], words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "reglament", *words.split()]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)


def a_file(data: Path) -> None:
    data.write_text("")


def closed(data: Path) -> None:
    """Root may enter everything, so the files that are looked at are ones that nobody can open."""
    for name in ("up.lock", "secrets.json", "keys.json"):
        (data / name).mkdir(parents=True)


def spoilt(data: Path) -> None:
    data.mkdir()
    (data / "secrets.json").write_text("{")
    (data / "keys.json").write_text("{")


@anything
@pytest.mark.parametrize("wrong", [a_file, closed, spoilt])
def test_what_cannot_be_used_is_said_in_a_few_lines(
    environment: dict[str, str], tmp_path: Path, wrong: Callable[[Path], None], words: str
) -> None:
    wrong(data := tmp_path / "data")
    said = reglament(environment | {"REGLAMENT_DATA": str(data)}, words)
    if words != "down" or wrong is not spoilt:
        assert said.returncode != 0
    assert "Traceback" not in said.stderr
    assert len(said.stderr.splitlines()) <= 3, said.stderr


@pytest.mark.parametrize("words", ["log", "verify"])
def test_a_log_that_cannot_be_found_is_no_altered_log(environment: dict[str, str], tmp_path: Path, words: str) -> None:
    closed(data := tmp_path / "data")
    assert reglament(environment | {"REGLAMENT_DATA": str(data)}, words).returncode == 3


def test_a_home_that_nobody_has_is_explained(environment: dict[str, str]) -> None:
    said = reglament(environment | {"REGLAMENT_DATA": "~nobody-at-all/data"}, "status")
    assert (said.returncode, "REGLAMENT_DATA must name a directory" in said.stderr) == (2, True)


def test_the_command_to_try_works_below_a_path_with_a_space(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = Place(tmp_path / "my data")
    place.data.mkdir()
    place.keys.write_text('{"adapter": "dk_1"}')
    show_addresses(place)
    [line] = [line for line in capsys.readouterr().out.splitlines() if line.startswith("KEY=")]
    assert subprocess.run(["sh", "-c", f"{line}; echo $KEY"], capture_output=True, check=True).stdout == b"dk_1\n"
