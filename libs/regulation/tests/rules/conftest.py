"""The regulations that ship, each as its source."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from regulation.document import Regulation
from regulation.load import load

FILES = Path(__file__).parents[4] / "regulations"
NAMES = ("csn", "demo", "group-helpdesk", "saas-support", "three-levels")


@pytest.fixture(scope="session")
def shipped() -> Mapping[str, Regulation]:
    return {name: load(FILES / f"{name}.yaml") for name in NAMES}


@pytest.fixture(scope="session")
def group_helpdesk(shipped: Mapping[str, Regulation]) -> Regulation:
    return shipped["group-helpdesk"]


@pytest.fixture(scope="session")
def three_levels(shipped: Mapping[str, Regulation]) -> Regulation:
    return shipped["three-levels"]


@pytest.fixture(scope="session")
def saas_support(shipped: Mapping[str, Regulation]) -> Regulation:
    return shipped["saas-support"]


@pytest.fixture(scope="session")
def demo(shipped: Mapping[str, Regulation]) -> Regulation:
    return shipped["demo"]
