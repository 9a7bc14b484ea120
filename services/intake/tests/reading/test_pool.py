import asyncio
import os
import sys
from pathlib import Path

import pytest
from intake.reading.message import Incoming, Unreadable
from intake.reading.pool import MailReader

MAIL = b"From: a@example.ru\nSubject: hello\n\nNothing works\n"
HANGS = """
import sys, time
from intake.reading.worker import READY, frame
sys.stdout.buffer.write(frame(READY))
sys.stdout.buffer.flush()
time.sleep(3600)
"""
DIES_ONCE = """
import os, sys
from intake.reading.worker import READY, frame, serve
try:
    os.mkdir(sys.argv[1])
except FileExistsError:
    serve(sys.stdin.buffer, sys.stdout.buffer)
sys.stdout.buffer.write(frame(READY))
sys.stdout.buffer.flush()
sys.stdin.buffer.read(9)
"""


async def test_mails_are_read_in_another_process() -> None:
    reader = MailReader(workers=1)
    found = [await reader.read(MAIL, "email") for _ in range(3)]
    await reader.close()
    assert all(isinstance(mail, Incoming) and mail.text == "Nothing works" for mail in found)


async def test_many_mails_at_once_share_few_workers() -> None:
    reader = MailReader(workers=2)
    found = await asyncio.gather(*(reader.read(MAIL, f"channel-{number}") for number in range(40)))
    await reader.close()
    assert [mail.channel for mail in found if isinstance(mail, Incoming)] == [f"channel-{n}" for n in range(40)]


async def test_attachments_of_megabytes_come_through_whole() -> None:
    reader = MailReader(workers=1)
    content = os.urandom(3_000_000)
    head = b"From: a@example.ru\nContent-Type: application/x-test\nContent-Transfer-Encoding: binary\n\n"
    found = await reader.read(head + content, "email")
    await reader.close()
    assert isinstance(found, Incoming)
    assert found.attachments[0].content == content


async def test_a_mail_that_takes_too_long_is_unreadable_and_costs_only_its_worker() -> None:
    reader = MailReader(workers=1, limit=0.2, command=(sys.executable, "-c", HANGS))
    found = [await reader.read(MAIL, "email") for _ in range(2)]
    await reader.close()
    assert all(isinstance(mail, Unreadable) and "within 0.2 s" in mail.reason for mail in found)


async def test_a_mail_that_kills_its_worker_is_unreadable_and_the_next_one_is_read(tmp_path: Path) -> None:
    reader = MailReader(workers=1, command=(sys.executable, "-c", DIES_ONCE, str(tmp_path / "died")))
    dead, read = [await reader.read(MAIL, "email") for _ in range(2)]
    await reader.close()
    assert isinstance(dead, Unreadable)
    assert dead.reason == "The process that read the mail died of it."
    assert isinstance(read, Incoming)


async def test_a_cancelled_reading_leaves_a_reader_that_works() -> None:
    reader = MailReader(workers=1)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(reader.read(MAIL, "email"), timeout=0)
    found = await reader.read(MAIL, "email")
    await reader.close()
    assert isinstance(found, Incoming)


async def test_without_a_working_program_reading_is_our_fault_and_raises() -> None:
    reader = MailReader(workers=1, command=(sys.executable, "-c", ""))
    with pytest.raises(ConnectionError):
        await reader.read(MAIL, "email")
    await reader.close()
