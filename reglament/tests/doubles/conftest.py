"""The doubles as a person or a program meets them: over real sockets."""

from collections.abc import AsyncIterator

import httpx
import pytest
from reglament.doubles.mail import web
from reglament.doubles.mail.faults import Faults
from reglament.doubles.mail.mailbox import Mailbox
from reglament.doubles.mail.smtp import catching
from reglament.doubles.serving import serving


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def faults() -> Faults:
    return Faults.model_validate({})


@pytest.fixture
async def smtp_port(mailbox: Mailbox, faults: Faults) -> AsyncIterator[int]:
    async with catching(mailbox, faults) as port:
        yield port


@pytest.fixture
async def mail_page(mailbox: Mailbox, faults: Faults) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(web.create(mailbox, faults)) as url, httpx.AsyncClient(base_url=url) as http:
        yield http
