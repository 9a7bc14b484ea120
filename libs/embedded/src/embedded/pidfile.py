"""Files that remember a process, so that it is found after its supervisor was killed."""

import json
from pathlib import Path

from embedded.processes import Entry, end, look, same


def remember(file: Path, pid: int) -> None:
    """Write the process's number and start time; a number alone may belong to another one tomorrow."""
    entry = look(pid)
    if entry is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({"pid": entry.pid, "born": entry.born}))


def remembered(file: Path) -> Entry | None:
    """The process of the file if that very process still lives."""
    try:
        words = json.loads(file.read_text())
        entry = Entry(int(words["pid"]), 0, str(words["born"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return entry if same(entry) else None


def end_stale(file: Path, number: int) -> bool:
    """End the process that a killed supervisor left behind; says whether there was one."""
    entry = remembered(file)
    if entry is not None:
        end(entry, number)
    file.unlink(missing_ok=True)
    return entry is not None
