from base64 import b64encode

import pytest
from pydantic import ValidationError
from servicekit.settings import Settings, key_bytes

SECRET = b64encode(bytes(32)).decode()


@pytest.mark.parametrize(("service", "port"), [("desk", 9000), ("intake", 9001), ("csi", 9005)])
def test_a_service_has_its_place_above_the_port_base(monkeypatch: pytest.MonkeyPatch, service: str, port: int) -> None:
    monkeypatch.setenv("REGLAMENT_PORT_BASE", "9000")

    assert Settings().port_for(service) == port


def test_a_port_of_its_own_counts_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGLAMENT_PORT", "7000")

    assert Settings().port_for("anything") == 7000


def test_an_empty_variable_counts_as_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGLAMENT_PORT", "")

    assert Settings().port is None


def test_an_unknown_service_without_a_port_is_told_what_to_set() -> None:
    with pytest.raises(ValueError, match="REGLAMENT_PORT"):
        Settings().port_for("nobody")


def test_secrets_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGLAMENT_TOKEN_SECRET", SECRET)
    monkeypatch.setenv("REGLAMENT_DATABASE_URL", "postgresql://sla:hidden@127.0.0.1/reglament")
    settings = Settings()

    assert settings.token_secret is not None
    assert key_bytes(settings.token_secret) == bytes(32)
    assert "hidden" not in repr(settings)
    assert SECRET not in repr(settings)


@pytest.mark.parametrize("wrong", ["short", "%%%%", b64encode(b"topsecret").decode()])
def test_a_wrong_secret_stops_the_start_without_being_shown(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv("REGLAMENT_MASTER_KEY", wrong)

    with pytest.raises(ValidationError) as caught:
        Settings()

    assert wrong not in str(caught.value)


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().port = 1
