"""Where a world stands: a directory that any user may pass through, and ports that nobody has."""

import os
import secrets
import shutil
import signal
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from embedded.errors import PortTakenError
from embedded.pidfile import end_stale, remember
from embedded.ports import require_free

from testkit.servers import PREFIX

BASES = range(12_000, 32_000)
"""Below the ports that systems hand out for outgoing connections, one of which would be in the way at a restart."""


@contextmanager
def directory() -> Iterator[Path]:
    """A directory for one world; what a killed test run leaves in it, the next one sweeps away."""
    found = Path(tempfile.mkdtemp(prefix=PREFIX))
    remember(found / "session.pid", os.getpid())
    found.chmod(0o711)
    try:
        yield found
    finally:
        for file in found.glob("*/*.pid"):  # what failed to stop in order must not live on
            end_stale(file, signal.SIGTERM)
        shutil.rmtree(found, ignore_errors=True)


def free_base(offsets: Iterable[int]) -> int:
    """A port from which on all of these offsets are free now."""
    wanted = list(offsets)
    while True:
        base = BASES.start + secrets.randbelow(len(BASES) - max(wanted))
        try:
            for offset in wanted:
                require_free(base + offset, "a test")
        except PortTakenError:
            continue
        return base
