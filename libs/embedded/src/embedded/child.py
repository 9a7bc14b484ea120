"""One program running as our child, remembered in a pid file and writing to a log."""

import os
import signal
import subprocess
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from embedded.accounts import OURSELVES, Account
from embedded.errors import DiedError
from embedded.pidfile import end_stale, remember
from embedded.ports import require_free
from embedded.processes import Entry, descendants, same, send
from embedded.waiting import holds, until

LOG_LIMIT = 20 * 1024 * 1024


@dataclass(frozen=True)
class Program:
    """What to run, as whom, where its words go, the port it will listen on, and the signal that ends it in order."""

    name: str
    argv: tuple[str, ...]
    log: Path
    pid_file: Path
    port: int
    env: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    account: Account = OURSELVES
    goodbye: int = signal.SIGTERM


def tail(log: Path, lines: int = 12) -> str:
    """The last lines of a log; empty when there is none."""
    with suppress(OSError):
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    return ""


def _open_log(log: Path) -> int:
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))
    return os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)


class Child:
    """A running program in a session of its own, so that Ctrl-C in the terminal reaches only its supervisor."""

    def __init__(self, program: Program) -> None:
        self.program = program
        end_stale(program.pid_file, program.goodbye)
        require_free(program.port, program.name)
        self._over = False
        self._process = self._spawn(program)
        remember(program.pid_file, self.pid)

    @staticmethod
    def _spawn(program: Program) -> subprocess.Popen[bytes]:
        log, account = _open_log(program.log), program.account
        try:
            return subprocess.Popen(  # noqa: S603  # words come from our own code
                [*account.prefix, *program.argv], env=program.env, cwd="/" if account != OURSELVES else None,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                user=account.uid, group=account.gid, extra_groups=account.groups,
            )  # fmt: skip
        finally:
            os.close(log)

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative: the signal that ended it."""
        return self._process.poll()

    def wait_ready(self, seconds: float, ready: Callable[[], bool]) -> None:
        """Wait until `ready`; raises `DiedError` with the log's end, or `NotReadyError` after the seconds."""
        until(lambda: self.exit_code is not None or ready(), seconds, self.program.name)
        if self.exit_code is not None:
            raise DiedError(f"{self.program.name} ended with {self.exit_code}:\n{tail(self.program.log)}")

    def ask_to_end(self) -> None:
        """Send the goodbye signal and return at once."""
        if self.exit_code is None:
            self.thaw()
            send(self.pid, self.program.goodbye)

    def stop(self, grace: float = 10.0) -> None:
        """Ask to end, kill after `grace` seconds, leave no process of its group behind."""
        self.ask_to_end()
        if holds(lambda: self.exit_code is not None, grace):
            self._forget()
        else:
            self.kill()

    def kill(self) -> None:
        """End the program and all its descendants as `kill -9` does, and wait until they are gone."""
        family = self.freeze()
        for pid in (self.pid, *(member.pid for member in family)):
            send(pid, signal.SIGKILL)
        self._process.wait()
        holds(lambda: not any(map(same, family)), 10)
        self._forget()

    def freeze(self) -> list[Entry]:
        """Stop the program and its descendants in their tracks, connections stay open; returns the descendants."""
        if self.exit_code is not None:
            return []
        send(self.pid, signal.SIGSTOP)  # first, so that it has no more children while we count them
        family = descendants(self.pid)
        for member in family:
            send(member.pid, signal.SIGSTOP)
        return family

    def thaw(self) -> None:
        """Let a frozen program go on."""
        for pid in (self.pid, *(member.pid for member in descendants(self.pid))):
            send(pid, signal.SIGCONT)

    def _forget(self) -> None:
        if self._over:  # the number may belong to someone else by now
            return
        self._over = True
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self.program.pid_file.unlink(missing_ok=True)
