"""Secrets are made once, whoever comes at once, and reading them changes nothing."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from reglament.credentials import Credentials, CredentialsError, credentials, known_credentials
from reglament.place import Place

MANY = 16


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_whoever_comes_at_once_gets_the_same_secrets(place: Place) -> None:
    together = Barrier(MANY)

    def come() -> Credentials:
        together.wait()
        return credentials(place)

    with ThreadPoolExecutor(MANY) as pool:
        found = [each.result() for each in [pool.submit(come) for _ in range(MANY)]]
    assert [each for each in found if each != known_credentials(place)] == []
    assert [file.name for file in place.data.iterdir()] == ["secrets.json"]
    assert place.secrets.stat().st_mode & 0o777 == 0o600


def test_reading_secrets_changes_nothing_even_where_one_is_lacking(place: Place) -> None:
    place.secrets.write_text('{"master_key": "mine"}')
    before = place.secrets.stat()
    assert known_credentials(place).master_key == "mine"
    assert place.secrets.stat() == before
    assert place.secrets.read_text() == '{"master_key": "mine"}'


def test_a_start_that_lacks_nothing_leaves_the_file_alone(place: Place) -> None:
    credentials(place)
    before = place.secrets.stat()
    credentials(place)
    assert place.secrets.stat() == before


def test_a_start_makes_what_is_lacking_and_keeps_what_a_newer_version_wrote(place: Place) -> None:
    place.secrets.write_text('{"master_key": "mine", "roles": {"sla": "x"}, "of_tomorrow": 1}')
    made = credentials(place)
    stored = json.loads(place.secrets.read_text())
    assert (made.master_key, made.roles["sla"], stored["of_tomorrow"]) == ("mine", "x", 1)
    assert (stored["token_secret"], stored["roles"]["ops"]) == (made.token_secret, made.roles["ops"])


@pytest.mark.parametrize("spoilt", [b"", b'{"roles"', b"[]", b'{"master_key": 1}', b'{"master_key": "\xff"}'])
@pytest.mark.parametrize("ask", [credentials, known_credentials])
def test_spoilt_secrets_are_named_and_left_as_they_are(place: Place, spoilt: bytes, ask) -> None:  # noqa: ANN001  # either
    place.secrets.write_bytes(spoilt)
    with pytest.raises(CredentialsError, match=r"secrets\.json is spoilt .* put your copy of it back"):
        ask(place)
    assert place.secrets.read_bytes() == spoilt


def test_who_reads_before_anything_was_started_is_told_so(place: Place) -> None:
    with pytest.raises(CredentialsError, match="Nothing was ever started"):
        known_credentials(place)
    assert list(place.data.iterdir()) == []
