"""`python -m reglament.doubles.mail --smtp-port 8026 --http-port 8025 [--data DIR]`."""

import argparse
import logging
from pathlib import Path

from reglament.doubles.mail.faults import Faults
from reglament.doubles.mail.mailbox import Mailbox
from reglament.doubles.mail.smtp import catching
from reglament.doubles.mail.web import create
from reglament.doubles.serving import HOST, run, server


def arguments() -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(prog="python -m reglament.doubles.mail", description="Catches mail for reading.")
    parser.add_argument("--smtp-port", type=int, default=8026)
    parser.add_argument("--http-port", type=int, default=8025)
    parser.add_argument("--host", default=HOST, help="the address to listen on")
    parser.add_argument("--data", type=Path, help="keep the mails here over a restart")
    return parser.parse_args()


async def main(asked: argparse.Namespace) -> None:
    """Listen on both ports until asked to stop."""
    mailbox, faults = Mailbox(asked.data), Faults.model_validate({})
    async with catching(mailbox, faults, asked.smtp_port, host=asked.host):
        await server(create(mailbox, faults), asked.http_port, asked.host).serve()


if __name__ == "__main__":
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    run(main(arguments()))
