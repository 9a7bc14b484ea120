"""PostgreSQL from its wheel as a child process on 127.0.0.1."""

import shutil
import signal
from collections.abc import Mapping
from pathlib import Path

from embedded.child import Child, Program
from embedded.cluster import Cluster, environment, open_cluster, release
from embedded.ports import LOCALHOST, free_port
from embedded.server import Running

READY_LINE = 7
RECOVERY = 300.0  # seconds: replaying the log after a crash may take a while
DURABLE: Mapping[str, str] = {
    "max_connections": "200",
    "max_wal_size": "2GB",
    # details and failing statements may quote what people wrote, or a password
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}
FAST: Mapping[str, str] = {**DURABLE, "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Postgres(Running):
    """One server with its data below a directory; `FAST` settings lose data on a power cut and suit tests only."""

    name = "PostgreSQL"

    def __init__(self, directory: Path, port: int | None = None, settings: Mapping[str, str] = DURABLE) -> None:
        self.directory = directory
        self.port = free_port() if port is None else port
        self._settings = settings

    def start(self) -> None:
        """Start, making the data first when absent; returns when connections are accepted."""
        cluster = open_cluster(self.directory, quick=self._settings.get("fsync") == "off")
        release(cluster.data)
        self._child = child = Child(self._program(cluster))
        child.wait_ready(RECOVERY, lambda: _is_ready(cluster.data, child.pid))
        self._password = cluster.password_file.read_text()

    def restart(self) -> None:
        """Stop if needed and start on the same port."""
        self.stop()
        self.start()

    def erase(self) -> None:
        """Stop and delete every byte of data."""
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def url(self, database: str = "postgres") -> str:
        """The superuser's connection URL; it holds the password, so never log it."""
        return f"postgresql://postgres:{self._password}@{LOCALHOST}:{self.port}/{database}"

    def _program(self, cluster: Cluster) -> Program:
        where = {"listen_addresses": LOCALHOST, "port": str(self.port), "unix_socket_directories": ""}
        options = (word for name, value in {**self._settings, **where}.items() for word in ("-c", f"{name}={value}"))
        argv = (str(cluster.binaries / "postgres"), "-D", str(cluster.data), *options)
        log, pid_file = self.directory / "postgres.log", self.directory / "postgres.pid"
        return Program(self.name, argv, log, pid_file, self.port, environment(), cluster.account, signal.SIGINT)


def _is_ready(data: Path, pid: int) -> bool:
    try:
        lines = (data / "postmaster.pid").read_text().split("\n")
    except OSError:
        return False
    return len(lines) > READY_LINE and lines[0] == str(pid) and lines[READY_LINE].strip() == "ready"
