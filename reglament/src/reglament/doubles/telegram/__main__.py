"""`python -m reglament.doubles.telegram --port 8027 [--webhook URL --secret S]`."""

import argparse
import asyncio

from reglament.doubles.serving import HOST, server
from reglament.doubles.telegram.courier import Webhook
from reglament.doubles.telegram.web import create


def arguments() -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m reglament.doubles.telegram", description="A Telegram for one bot on this machine."
    )
    parser.add_argument("--port", type=int, default=8027)
    parser.add_argument("--host", default=HOST, help="the address to listen on")
    parser.add_argument("--webhook", default="", help="where updates go; otherwise setWebhook says, or getUpdates asks")
    parser.add_argument("--secret", default="", help="goes along as X-Telegram-Bot-Api-Secret-Token")
    parser.add_argument("--token", default="", help="the only token to welcome; every token if not given")
    return parser.parse_args()


async def main(asked: argparse.Namespace) -> None:
    """Listen until asked to stop."""
    webhook = Webhook(asked.webhook, asked.secret) if asked.webhook else None
    await server(create(webhook, asked.token), asked.port, asked.host).serve()


if __name__ == "__main__":
    asyncio.run(main(arguments()))
