"""`reglament alerts`: missed deadlines and the like as they happen, on the terminal and to a webhook."""

import asyncio
import os
import re
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

import httpx
import msgspec
import typer
from embedded.nats import READER, nats_url
from rich.console import Console

from reglament.alerts.bookmark import Bookmark, TakenError, bookmark_in
from reglament.alerts.consumer import Consumer, Source
from reglament.alerts.kinds import DEFAULT, subjects
from reglament.alerts.line import line_of
from reglament.alerts.signing import key_of
from reglament.alerts.watch import Watch
from reglament.alerts.webhook import Webhook
from reglament.credentials import known_credentials
from reglament.place import Place
from reglament.running import place_running
from reglament.screen import complain, read_place, using

NAME = re.compile(r"[A-Za-z0-9_-]{1,32}")


@dataclass(frozen=True)
class Receiver:
    """Where alerts are posted, and the key that signs them; None: not signed."""

    url: str
    key: bytes | None = None


def alerts(
    kind: Annotated[list[str], typer.Option(help="An event that is an alert, such as clock.breached; repeatable.")] = [  # noqa: B006  # typer copies it
        *DEFAULT
    ],
    webhook: Annotated[str, typer.Option(envvar="REGLAMENT_ALERTS_WEBHOOK", help="Post each alert there.")] = "",
    secret: Annotated[
        str,
        typer.Option(
            envvar="REGLAMENT_ALERTS_SECRET", help="whsec_…: sign by Standard Webhooks; better in the environment."
        ),
    ] = "",
    after: Annotated[
        int | None, typer.Option(min=0, help="At the first start, begin after this position; the end if not given.")
    ] = None,
    name: Annotated[str, typer.Option(help="The durable consumer's name; one process for each.")] = "alerts",
) -> None:
    """Show what ops should know of as it happens, and post it; each alert at least once, also after crashes."""
    place = read_place()
    try:
        receiver = _receiver(webhook, secret)
        with using(place):
            source = Source(name=_fit(name), subjects=subjects(kind), after=after, url=broker_url(place))
            with bookmark_in(place.data / "alerts" / f"{name}.json") as bookmark:
                asyncio.run(follow(source, bookmark, receiver))
    except (ValueError, TakenError, msgspec.DecodeError) as error:
        complain(str(error))
        raise typer.Exit(2) from None
    except KeyboardInterrupt:
        raise typer.Exit(0) from None


async def follow(source: Source, bookmark: Bookmark, receiver: Receiver | None = None) -> None:
    """Show and post alerts until cancelled."""
    console = Console(highlight=False, soft_wrap=True)
    async with AsyncExitStack() as stack:
        posting = None
        if receiver is not None:
            client = await stack.enter_async_context(httpx.AsyncClient())
            posting = Webhook(client, receiver.url, receiver.key, complain)
        watch = Watch(bookmark, lambda alert: console.print(line_of(alert)), complain, posting)
        await Consumer(source, watch, complain).run()


def broker_url(place: Place) -> str:
    """REGLAMENT_READER_URL, else the NATS that this installation was told of, else its own with the user `reader`."""
    if given := os.environ.get("REGLAMENT_READER_URL") or place.nats_url:
        return given
    return nats_url(READER, known_credentials(place).reader_password, place_running(place).port("nats"))


def _fit(name: str) -> str:
    if not NAME.fullmatch(name):
        raise ValueError("--name: up to 32 letters, digits, hyphens and underscores.")
    return name


def _receiver(url: str, secret: str) -> Receiver | None:
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("--webhook: an address such as https://ops.example/alerts.")
    return Receiver(url, key_of(secret) if secret else None)
