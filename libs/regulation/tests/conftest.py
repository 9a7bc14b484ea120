"""The regulation that ships."""

from pathlib import Path

import pytest
from regulation.document import Regulation
from regulation.load import load

FILE = Path(__file__).parents[3] / "regulations" / "csn.yaml"


@pytest.fixture(scope="session")
def csn_text() -> str:
    return FILE.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def csn() -> Regulation:
    return load(FILE)
