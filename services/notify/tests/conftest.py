"""Real doubles over real sockets for every test that sends."""

from collections.abc import AsyncIterator

import httpx
import pytest
from reglament.doubles.mail import web as mail_web
from reglament.doubles.mail.faults import Faults
from reglament.doubles.mail.mailbox import Mailbox
from reglament.doubles.mail.smtp import catching
from reglament.doubles.serving import serving
from reglament.doubles.telegram import web as telegram_web


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def mail_faults() -> Faults:
    return Faults.model_validate({})


@pytest.fixture
async def smtp_port(mailbox: Mailbox, mail_faults: Faults) -> AsyncIterator[int]:
    async with catching(mailbox, mail_faults) as port:
        yield port


@pytest.fixture
async def mail_page(mailbox: Mailbox, mail_faults: Faults) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(mail_web.create(mailbox, mail_faults)) as url, httpx.AsyncClient(base_url=url) as http:
        yield http


@pytest.fixture
async def telegram() -> AsyncIterator[httpx.AsyncClient]:
    async with serving(telegram_web.create()) as url, httpx.AsyncClient(base_url=url) as http:
        await http.post("/api/chats/77/messages", json={"text": "Здравствуйте!", "name": "Анна Пример"})
        yield http
