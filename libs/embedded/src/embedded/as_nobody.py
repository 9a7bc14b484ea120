"""Run a program as user nobody of a new user namespace, where that name still means us outside.

PostgreSQL refuses uid 0, and nobody cannot enter a 0700 home. Started as a script: `as_nobody.py PROGRAM ARGUMENT…`.
Standard library only: it runs with `-I -S`, before any of our packages can be imported.
"""

import ctypes
import os
import pwd
import sys
from pathlib import Path

CLONE_NEWUSER = 0x10000000


def enter(nobody: pwd.struct_passwd) -> None:
    """Map nobody inside to ourselves outside; raises OSError where the system forbids it."""
    outside, group = os.geteuid(), os.getegid()
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{nobody.pw_uid} {outside} 1")
    Path("/proc/self/gid_map").write_text(f"{nobody.pw_gid} {group} 1")


if __name__ == "__main__":
    enter(pwd.getpwnam("nobody"))
    os.execv(sys.argv[1], sys.argv[1:])  # noqa: S606  # replacing ourselves is the purpose
