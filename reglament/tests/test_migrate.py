import json
import os
import subprocess
import sys

import pytest
from testkit.servers import Database


def migrate(**extra: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("REGLAMENT_")}
    command = [sys.executable, "-m", "reglament", "migrate"]
    return subprocess.run(command, env=kept | extra, capture_output=True, text=True, check=False)


def test_migrating_twice_is_the_same_as_once(database: Database) -> None:
    passwords = json.dumps(dict(database.passwords))
    done = migrate(REGLAMENT_OWNER_URL=database.owner_url, REGLAMENT_ROLE_PASSWORDS=passwords)
    assert (done.returncode, done.stdout) == (0, "The database is up to date.\n"), done.stderr


@pytest.mark.parametrize("passwords", ["", "[]", '{"intake": 1}'])
def test_passwords_that_are_not_json_are_explained(database: Database, passwords: str) -> None:
    done = migrate(REGLAMENT_OWNER_URL=database.owner_url, REGLAMENT_ROLE_PASSWORDS=passwords)
    assert (done.returncode, "REGLAMENT_ROLE_PASSWORDS must be JSON" in done.stderr) == (2, True)


def test_a_missing_password_is_named(database: Database) -> None:
    done = migrate(REGLAMENT_OWNER_URL=database.owner_url, REGLAMENT_ROLE_PASSWORDS="{}")
    assert (done.returncode, "intake" in done.stderr) == (1, True)


def test_a_missing_owner_is_explained() -> None:
    done = migrate()
    assert (done.returncode, "REGLAMENT_OWNER_URL is not set" in done.stderr) == (2, True)
