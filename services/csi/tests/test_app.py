import pytest
from csi.app import create
from servicekit.hosting import MissingSettingError


def test_without_the_secret_that_signs_links_there_is_no_csi(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REGLAMENT_TOKEN_SECRET", raising=False)

    with pytest.raises(MissingSettingError, match="REGLAMENT_TOKEN_SECRET"):
        create()
