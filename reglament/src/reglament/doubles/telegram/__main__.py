"""`python -m reglament.doubles.telegram --port 8027 [--webhook URL] [--data DIR]`.

The environment's TELEGRAM_WEBHOOK_SECRET is the hook's.
"""

import argparse
import os
from pathlib import Path

from reglament.doubles.serving import HOST, run, server
from reglament.doubles.telegram.courier import Webhook
from reglament.doubles.telegram.web import create

SECRET = "TELEGRAM_WEBHOOK_SECRET"  # noqa: S105  # the name of the variable; a command line is for everybody to see
"""Goes along as X-Telegram-Bot-Api-Secret-Token."""


def arguments() -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m reglament.doubles.telegram", description="A Telegram for one bot on this machine."
    )
    parser.add_argument("--port", type=int, default=8027)
    parser.add_argument("--host", default=HOST, help="the address to listen on")
    parser.add_argument("--webhook", default="", help="where updates go; otherwise setWebhook says, or getUpdates asks")
    parser.add_argument("--token", default="", help="the only token to welcome; every token if not given")
    parser.add_argument("--data", type=Path, help="keep the conversations here over a restart")
    return parser.parse_args()


async def main(asked: argparse.Namespace) -> None:
    """Listen until asked to stop."""
    secret = os.environ.get(SECRET, "")
    webhook = Webhook(asked.webhook, secret) if asked.webhook else None
    await server(create(webhook, asked.token, folder=asked.data), asked.port, asked.host).serve()


if __name__ == "__main__":
    run(main(arguments()))
