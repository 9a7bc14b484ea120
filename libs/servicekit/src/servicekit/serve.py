"""`python -m servicekit.serve NAME`: runs one service's application until it is told to stop."""

import gc
import sys
from importlib.util import find_spec

import uvicorn

from servicekit import logs
from servicekit.settings import Settings

# Requests in flight get 4 of the 5 s that a stop may take, the rest is for closing what the service holds.
GRACE_SECONDS = 4
# Events and requests are made by the thousand and hold few cycles: looking for them as often as Python does by default
# took over a quarter of intake's CPU under load.
COLLECTING = (20_000, 20, 20)


def main(arguments: list[str]) -> int:
    """Run `NAME.app:create` on the host and port of the settings; 2 when there is no such service."""
    if len(arguments) != 1 or not arguments[0].isidentifier() or find_spec(arguments[0]) is None:
        sys.stderr.write("usage: python -m servicekit.serve NAME, NAME being an installed service\n")
        return 2
    logs.setup(arguments[0])
    gc.set_threshold(*COLLECTING)
    _run(arguments[0], Settings())
    return 0


def _run(name: str, settings: Settings) -> None:
    uvicorn.run(
        f"{name}.app:create",
        factory=True,
        host=settings.host,
        port=settings.port_for(name),
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
