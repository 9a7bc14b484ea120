"""Who PostgreSQL runs as: ourselves, or somebody else when we are root."""

import os
import pwd
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from embedded.errors import UnreachableError

LAUNCHER = Path(__file__).with_name("as_nobody.py")


@dataclass(frozen=True)
class Account:
    """A user to run as, or words put before a command; both absent: ourselves."""

    uid: int | None = None
    gid: int | None = None
    prefix: tuple[str, ...] = ()

    def run(self, *argv: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """Run a command as this account, from `/`, keeping what it says."""
        return subprocess.run(  # noqa: S603  # words come from our own code
            [*self.prefix, *argv], env=env, user=self.uid, group=self.gid, extra_groups=self.groups,
            cwd="/", capture_output=True, text=True, check=False,
        )  # fmt: skip

    @property
    def groups(self) -> list[int] | None:
        """Supplementary groups: none for another user, ours unchanged otherwise."""
        return None if self.uid is None else []

    def can(self, how: str, path: Path) -> bool:
        """Whether the account can, by the `test` command's flag, search (`-x`) or read (`-r`) the path."""
        return self.run(shutil.which("test") or "/usr/bin/test", how, str(path)).returncode == 0

    def own(self, directory: Path) -> None:
        """Give the directory and all below to the account, where it belongs to another."""
        owner = os.geteuid() if self.uid is None else self.uid
        if directory.stat().st_uid == owner:
            return
        for path in (directory, *directory.rglob("*")):
            os.chown(path, owner, -1 if self.gid is None else self.gid, follow_symlinks=False)


OURSELVES = Account()


def nobody() -> Account:
    """The user that every system has; initdb needs a passwd entry, so a bare number would not do."""
    entry = pwd.getpwnam("nobody")
    return Account(entry.pw_uid, entry.pw_gid)


def inside_namespace() -> Account:
    """Nobody within a user namespace, ourselves outside."""
    return Account(prefix=(sys.executable, "-I", "-S", str(LAUNCHER)))


def account_for(directory: Path) -> Account:
    """An account PostgreSQL accepts that can reach the directory; raises `UnreachableError` if none can."""
    if os.geteuid() != 0:
        return OURSELVES
    if nobody().can("-x", directory):
        return nobody()
    if inside_namespace().run(shutil.which("true") or "/usr/bin/true").returncode == 0:
        return inside_namespace()
    raise UnreachableError(
        f"PostgreSQL does not run as root, and user nobody cannot enter {directory}: a parent directory is closed. "
        "Set REGLAMENT_DATA to a directory outside your home, such as /var/lib/reglament, or be an ordinary user."
    )
