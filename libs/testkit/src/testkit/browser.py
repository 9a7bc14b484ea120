"""A headless Chromium over its debugging pipe: pages as people get them, without a port and without a WebSocket."""

import fcntl
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import count
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = (
    "--headless=new", "--remote-debugging-pipe", "--no-first-run", "--disable-gpu", "--disable-dev-shm-usage",
    "--disable-background-networking", "--disable-extensions", "--hide-scrollbars",
)  # fmt: skip
LAUNCH = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.dup2(int(sys.argv[2]), 4)
os.execv(sys.argv[3], sys.argv[3:])
"""
PATIENCE = 30.0
"""Seconds a page may take."""


class BrowserError(Exception):
    """The browser did not do what it was asked."""


class Pipe:
    """The two ends that Chromium reads and writes as its descriptors 3 and 4; messages end with a zero byte."""

    def __init__(self) -> None:
        self.theirs_in, self._out = _moved(os.pipe())
        self._in, self.theirs_out = _moved(os.pipe())
        self._rest = b""

    def send(self, message: Mapping[str, object]) -> None:
        """Write one message."""
        os.write(self._out, json.dumps(message).encode() + b"\0")

    def receive(self, deadline: float) -> dict[str, Any]:
        """The next message; BrowserError when none comes in time."""
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._in], [], [], max(0.0, deadline - time.monotonic()))
            chunk = os.read(self._in, 65536) if ready else b""
            if not chunk:
                raise BrowserError("the browser says nothing any more")
            self._rest += chunk
        message, _, self._rest = self._rest.partition(b"\0")
        decoded: dict[str, Any] = json.loads(message)
        return decoded

    def close(self) -> None:
        """Close all ends."""
        for end in (self.theirs_in, self._out, self._in, self.theirs_out):
            with suppress(OSError):
                os.close(end)


def _moved(ends: tuple[int, int]) -> tuple[int, int]:
    """The same pipe under numbers that leave 3 and 4 free."""
    high = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends]
    for end in ends:
        os.close(end)
    return high[0], high[1]


class Page:
    """One page in one tab."""

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe
        self._numbers = count(1)
        self._session = ""
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._ask("Page.enable")

    def resize(self, width: int, height: int) -> None:
        """Show the page on a screen of this size; below 600 pixels on a phone's."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self._ask("Emulation.setDeviceMetricsOverride", **size)

    def open(self, url: str) -> None:
        """Go to an address and wait until the page is there."""
        self._ask("Page.navigate", url=url)
        self._wait_for("Page.loadEventFired")

    def click(self, selector: str) -> None:
        """Click what a CSS selector finds, and wait for the page that follows."""
        self.read(f"document.querySelector({json.dumps(selector)}).click()")
        self._wait_for("Page.loadEventFired")

    def read(self, expression: str) -> Any:  # noqa: ANN401  # whatever JavaScript gives
        """The value of a JavaScript expression in the page."""
        answer = self._ask("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in answer:
            raise BrowserError(json.dumps(answer["exceptionDetails"]))
        return answer["result"].get("value")

    def _ask(self, method: str, **params: object) -> dict[str, Any]:
        number, deadline = next(self._numbers), time.monotonic() + PATIENCE
        session = {"sessionId": self._session} if self._session else {}
        self._pipe.send({"id": number, "method": method, "params": params, **session})
        while (message := self._pipe.receive(deadline)).get("id") != number:
            pass
        if "error" in message:
            raise BrowserError(json.dumps(message["error"]))
        result: dict[str, Any] = message["result"]
        return result

    def _wait_for(self, event: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while self._pipe.receive(deadline).get("method") != event:
            pass


def installed() -> str | None:
    """The browser's program, None where there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@contextmanager
def browser(program: str) -> Iterator[Page]:
    """A browser with one page, gone at the end with its profile."""
    pipe = Pipe()
    with tempfile.TemporaryDirectory(prefix="reglament-browser-", ignore_cleanup_errors=True) as profile:
        process = _started(program, profile, pipe)
        try:
            yield Page(pipe)
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            pipe.close()


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """A browser's page for the tests of a module; they are skipped, visibly, where there is no browser."""
    program = installed()
    if program is None:
        pytest.skip("no Chromium here: install chromium to try the pages")
    with browser(program) as opened:
        yield opened


def _started(program: str, profile: str, pipe: Pipe) -> subprocess.Popen[bytes]:
    """Our own interpreter moves the ends of the pipe to the numbers that Chromium expects, and becomes Chromium."""
    flags = [*FLAGS, f"--user-data-dir={profile}", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    ends = (str(pipe.theirs_in), str(pipe.theirs_out))
    return subprocess.Popen(  # noqa: S603  # words come from our own code
        [sys.executable, "-I", "-S", "-c", LAUNCH, *ends, program, *flags], pass_fds=(pipe.theirs_in, pipe.theirs_out),
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
