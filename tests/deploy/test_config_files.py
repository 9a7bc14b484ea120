"""The servers themselves accept the files written for them."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from embedded.nats import program_path

DEPLOY = Path(__file__).parents[2] / "deploy"


def accepted(*words: object, **variables: str) -> str:
    """What the server complains about, nothing when it accepts."""
    env = {"PATH": os.environ["PATH"], **variables}
    told = subprocess.run([str(w) for w in words], env=env, check=False, capture_output=True, text=True)
    return "" if told.returncode == 0 else told.stderr + told.stdout


def test_nats_accepts_its_file_with_a_made_password(made_environment: Path) -> None:
    lines = (made_environment / ".env").read_text().splitlines()
    [password] = [line.partition("=")[2] for line in lines if line.startswith("NATS_PASSWORD=")]
    assert accepted(program_path(), "-t", "-c", DEPLOY / "nats/nats.conf", NATS_PASSWORD=password) == ""


def test_nats_refuses_to_run_without_a_password() -> None:
    assert "NATS_PASSWORD" in accepted(program_path(), "-t", "-c", DEPLOY / "nats/nats.conf")


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
