"""One JSON object a line: ids and what happened, never a secret, an address or what people wrote."""

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime

from servicekit.telemetry import trace_id

STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "color_message"}
LONGEST = 500
KEYS = re.compile(r"dk_([0-9A-Za-z]{1,32})_[0-9A-Za-z_-]+")
ADDRESSES = re.compile(r"[^\s<>()\[\]\"',;:=]{1,64}@[^\s<>()\[\]\"',;:=]+")
URL_PASSWORDS = re.compile(r"(?<=://)[^\s/@]+(?=@)")
QUOTED = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"")


def setup(service: str, level: int = logging.INFO) -> None:
    """Send every logger of the process to stderr in JSON, uvicorn's own included."""
    stream = logging.StreamHandler(sys.stderr)
    stream.setFormatter(JsonLines(service))
    logging.basicConfig(level=level, handlers=[stream], force=True)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True


class JsonLines(logging.Formatter):
    """Formats a record as one line of pure ASCII, so that no control character reaches a terminal."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self.service = service

    def format(self, record: logging.LogRecord) -> str:
        """The record's line; values given by `extra` become members of their own."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "service": self.service,
            "logger": record.name,
            "message": quiet(record.getMessage()),
            "trace_id": trace_id(),
        }
        line |= {name: _plain(value) for name, value in record.__dict__.items() if name not in STANDARD}
        if record.exc_info and (error := record.exc_info[1]):
            line |= {"error": _error(error), "frames": _frames(error)}
        return json.dumps(line)


def quiet(text: str) -> str:
    """The text without keys, passwords in URLs and mail addresses, cut to 500 characters."""
    text = URL_PASSWORDS.sub("…", text[: 4 * LONGEST])
    text = ADDRESSES.sub("…@…", KEYS.sub(r"dk_\1_…", text))
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def _plain(value: object) -> object:
    return value if isinstance(value, bool | int | float | None) else quiet(str(value))


def _error(error: BaseException) -> str:
    # What an error quotes may be what a requester wrote.
    return f"{type(error).__qualname__}: {quiet(QUOTED.sub('…', str(error)))}"


def _frames(error: BaseException) -> list[str]:
    found = traceback.extract_tb(error.__traceback__)
    frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in found]
    cause = error.__cause__ or error.__context__
    return frames if cause is None else [*_frames(cause), f"then {_error(cause)}", *frames]
