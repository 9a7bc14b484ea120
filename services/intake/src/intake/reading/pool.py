"""Processes that read mails: a mail that hangs or kills its reader costs that reader, nothing else."""

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence
from contextlib import suppress

from msgspec import msgpack

from intake.reading.cleaning import digest
from intake.reading.message import Incoming, Unreadable
from intake.reading.worker import LENGTH, READY, frame

START_LIMIT = 30.0
WORKER = (sys.executable, "-P", "-m", "intake.reading.worker")
# A worker meets hostile bytes: it gets none of the service's secrets.
_KEPT = {"HOME", "LANG", "LC_ALL", "PATH", "PYTHONPATH", "VIRTUAL_ENV"}


class MailReader:
    """Reads mails in processes of its own, `limit` seconds each; they start on first use and after a loss."""

    def __init__(self, *, workers: int = 2, limit: float = 5.0, command: Sequence[str] = WORKER) -> None:
        self._workers = [_Worker(tuple(command), limit) for _ in range(workers)]
        self._idle: asyncio.LifoQueue[_Worker] = asyncio.LifoQueue()
        for worker in self._workers:
            self._idle.put_nowait(worker)

    async def read(self, raw: bytes, channel: str) -> Incoming | Unreadable:
        """The mail as read; `OSError` or `TimeoutError` only when no worker can start, which is our own fault."""
        worker = await self._idle.get()
        try:
            return await worker.read(raw, channel)
        finally:
            self._idle.put_nowait(worker)

    async def close(self) -> None:
        """Stop every worker, after the mails that are being read."""
        for _ in self._workers:
            worker = await self._idle.get()
            await worker.stop()


class _Worker:
    """One process at a time, replaced whenever it does not answer."""

    def __init__(self, command: tuple[str, ...], limit: float) -> None:
        self._command = command
        self._limit = limit
        self._process: Process | None = None

    async def read(self, raw: bytes, channel: str) -> Incoming | Unreadable:
        alive = self._process is not None and self._process.returncode is None
        process = self._process if self._process and alive else await self._started()
        answered = False
        try:
            async with asyncio.timeout(self._limit):
                answer = await _ask(process, msgpack.encode((channel, raw)))
            answered = True
            return msgpack.decode(answer, type=Incoming | Unreadable)
        except TimeoutError:
            return await _unreadable(f"The mail was not read within {self._limit:g} s.", raw)
        except (asyncio.IncompleteReadError, ConnectionError):
            return await _unreadable("The process that read the mail died of it.", raw)
        finally:
            if not answered:
                await self.stop()

    async def stop(self) -> None:
        """Kill the process, if there is one, and wait until it is gone."""
        process, self._process = self._process, None
        if process is not None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.communicate()

    async def _started(self) -> Process:
        self._process = process = await asyncio.create_subprocess_exec(
            *self._command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env=_environment()
        )
        try:
            async with asyncio.timeout(START_LIMIT):
                ready = await _receive(process)
        except asyncio.IncompleteReadError:
            ready = b""
        except BaseException:
            await self.stop()
            raise
        if ready != READY:
            await self.stop()
            raise ConnectionError("The process that reads mails does not start.")
        return process


async def _ask(process: Process, question: bytes) -> bytes:
    assert process.stdin is not None
    process.stdin.write(frame(question))
    await process.stdin.drain()
    return await _receive(process)


async def _receive(process: Process) -> bytes:
    assert process.stdout is not None
    (length,) = LENGTH.unpack(await process.stdout.readexactly(LENGTH.size))
    return await process.stdout.readexactly(length)


async def _unreadable(reason: str, raw: bytes) -> Unreadable:
    return Unreadable(reason=reason, external_id=await asyncio.to_thread(digest, raw))


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name in _KEPT}
