"""Tells one program from another, so that what the old one derived is derived anew."""

import hashlib
from functools import cache
from importlib.util import find_spec
from pathlib import Path


@cache
def fingerprint(*packages: str) -> str:
    """A hash over the source of these packages: it changes whenever their decisions might."""
    digest = hashlib.sha256()
    for package in packages:
        for path in _sources(package):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _sources(package: str) -> list[Path]:
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    return sorted(Path(spec.origin).parent.rglob("*.py"))
