"""A directory that any user may pass through: pytest's own are closed to nobody."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def directory() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="reglament-"))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path)
