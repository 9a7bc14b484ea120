"""Where the public data stands that nobody here wrote; tests that need it skip where it is absent."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[5] / "shared" / "data"
MAIL_SUFFIXES = {".eml", ".txt", ""}


@pytest.fixture(scope="session")
def shared() -> Path:
    if not SHARED.is_dir():
        pytest.skip("the public data of ../shared/data is not here")
    return SHARED


@pytest.fixture(scope="session")
def corpus(shared: Path) -> list[bytes]:
    found = (path for root in ("mail", "samples/email") for path in sorted((shared / root).rglob("*")))
    return [path.read_bytes() for path in found if path.is_file() and path.suffix in MAIL_SUFFIXES]
