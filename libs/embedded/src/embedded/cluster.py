"""A PostgreSQL data directory: made once, with a password, for one major version."""

import os
import secrets
import shutil
import signal
from dataclasses import dataclass
from pathlib import Path

from embedded.accounts import Account, account_for
from embedded.errors import EmbeddedError, OtherVersionError
from embedded.postgres_binaries import installed, major_version, reachable
from embedded.processes import end, look, working_in
from embedded.waiting import holds


@dataclass(frozen=True)
class Cluster:
    """Data, binaries and account that belong together."""

    data: Path
    binaries: Path
    account: Account

    @property
    def password_file(self) -> Path:
        """Where the superuser's password stands, mode 0600."""
        return self.data.with_name("password")


def environment() -> dict[str, str]:
    """Ours without PG* variables, in the C locale and UTC."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {"LC_ALL": "C", "TZ": "UTC"}


def open_cluster(directory: Path, quick: bool = False) -> Cluster:
    """The cluster below the directory, made when absent; `quick` skips flushing to disk (tests only)."""
    directory = directory.resolve()
    _passable(directory)
    account, found = account_for(directory), installed()
    home = directory / f"pg{major_version(found)}"
    _refuse_other_version(directory, home)
    _passable(home)
    cluster = Cluster(home / "data", reachable(found, account, directory / "bin"), account)
    if cluster.data.exists():
        account.own(cluster.data)
    else:
        _initialise(cluster, quick)
    return cluster


def _passable(directory: Path) -> None:
    if not directory.exists():
        directory.mkdir(parents=True)
        directory.chmod(0o711 if os.geteuid() == 0 else 0o700)  # as root, nobody must pass through


def _refuse_other_version(directory: Path, home: Path) -> None:
    others = [path.name for path in directory.glob("pg[0-9]*") if path != home]
    if others and not home.exists():
        raise OtherVersionError(
            f"{directory} holds data of {', '.join(others)} but the installed PostgreSQL is {home.name}: "
            "dump it with the old version and restore it, point REGLAMENT_PG_BIN at the old binaries, or move it away"
        )


def _initialise(cluster: Cluster, quick: bool) -> None:
    unfinished = cluster.data.with_name("data.unfinished")  # renamed when complete: a killed initdb leaves no half
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    cluster.account.own(unfinished)
    words = _write_passwords(cluster, unfinished)
    try:
        _run_initdb(cluster, unfinished, [f"--pwfile={words}", *(["--no-sync"] if quick else [])])
    finally:
        words.unlink()
    unfinished.rename(cluster.data)


def _write_passwords(cluster: Cluster, unfinished: Path) -> Path:
    password = secrets.token_urlsafe(24)
    for_initdb = unfinished.with_name("initdb.password")  # a pipe would stay root's and be refused
    for file in (cluster.password_file, for_initdb):
        file.unlink(missing_ok=True)
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        file.write_text(password)
    cluster.account.own(for_initdb)
    return for_initdb


def _run_initdb(cluster: Cluster, into: Path, extra: list[str]) -> None:
    words = ["-D", str(into), "-U", "postgres", "-A", "scram-sha-256", "-E", "UTF8", "--locale=C", "--no-instructions"]
    done = cluster.account.run(str(cluster.binaries / "initdb"), *words, *extra, env=environment())
    if done.returncode != 0:
        raise EmbeddedError(f"initdb failed:\n{done.stderr.strip()}")


def release(data: Path) -> None:
    """End a server that a killed supervisor left on this data; drop a lock file whose number is another's now."""
    lock = data / "postmaster.pid"
    try:
        entry = look(int(lock.read_text().split("\n")[0]))
    except (OSError, ValueError):
        return
    if entry is not None and str(data) in _command_line(entry.pid):
        end(entry, signal.SIGINT, grace=30)
    elif entry is not None:
        lock.unlink(missing_ok=True)
    holds(lambda: not working_in(data), 10)  # backends outlive a killed server for a moment and would be in the way


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace")
    except OSError:
        return Account().run("ps", "-o", "args=", "-p", str(pid)).stdout
