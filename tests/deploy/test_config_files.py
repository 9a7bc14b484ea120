"""The servers themselves accept the files written for them."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from embedded.nats import CONFIG, READER, program_path

DEPLOY = Path(__file__).parents[2] / "deploy"
NAMES = {"reader": READER, **dict.fromkeys(("port", "user", "password", "reader_password", "store"), "x")}


def accepted(*words: object, **variables: str) -> str:
    """What the server complains about, nothing when it accepts."""
    env = {"PATH": os.environ["PATH"], **variables}
    told = subprocess.run([str(w) for w in words], env=env, check=False, capture_output=True, text=True)
    return "" if told.returncode == 0 else told.stderr + told.stdout


def test_nats_accepts_its_file_with_a_made_password(made_environment: Path) -> None:
    lines = (made_environment / ".env").read_text().splitlines()
    made = {name: value for name, _, value in (line.partition("=") for line in lines) if name.startswith("NATS_")}
    assert sorted(made) == ["NATS_PASSWORD", "NATS_READER_PASSWORD"]
    assert accepted(program_path(), "-t", "-c", DEPLOY / "nats/nats.conf", **made) == ""


@pytest.mark.parametrize("missing", ["NATS_PASSWORD", "NATS_READER_PASSWORD"])
def test_nats_refuses_to_run_without_a_password(missing: str) -> None:
    others = {name: "x" for name in ("NATS_PASSWORD", "NATS_READER_PASSWORD") if name != missing}
    assert missing in accepted(program_path(), "-t", "-c", DEPLOY / "nats/nats.conf", **others)


def test_outside_consumers_may_do_the_same_here_as_on_one_machine() -> None:
    here, there = (reader_of(text) for text in ((DEPLOY / "nats/nats.conf").read_text(), CONFIG.format_map(NAMES)))
    assert "$JS.ACK.LOG.>" in here
    assert here == there


def reader_of(config: str) -> str:
    """What the user `reader` may do, whatever the indentation."""
    words = " ".join(config.split())
    return words[words.index("user: reader") :].partition("permissions:")[2].partition("} }")[0]


@pytest.mark.parametrize("address", [":80", "desk.example.com"])
def test_caddy_accepts_its_file(address: str, tmp_path: Path) -> None:
    caddy = shutil.which("caddy")
    if caddy is None:
        pytest.skip("there is no caddy on this machine (apt-get install caddy), so its file is only read by our checks")
    words = (caddy, "validate", "--adapter", "caddyfile", "--config", DEPLOY / "caddy/Caddyfile")
    assert accepted(*words, SITE_ADDRESS=address, HOME=str(tmp_path)) == ""


@pytest.mark.parametrize("script", [DEPLOY / "postgres/10-owner.sh", DEPLOY / "make-env", DEPLOY / "make-key"])
def test_scripts_may_be_executed(script: Path) -> None:
    assert os.access(script, os.X_OK)
