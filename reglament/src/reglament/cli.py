"""The command line `reglament`: one line per command, imported only when it is called."""

from importlib import import_module

import typer
from typer.core import TyperGroup
from typer.main import get_command

COMMANDS = {
    "up": "reglament.up:up",
    "down": "reglament.running:down",
    "status": "reglament.running:status",
    "migrate": "reglament.migrate:migrate",
    "check": "reglament.regulations.check:check",
    "diff": "reglament.regulations.compare:compare",
    "publish": "reglament.regulations.publish:publish",
    "demo": "reglament.demo.play:demo",
    "log": "reglament.logs:show",
    "alerts": "reglament.alerts.command:alerts",
    "verify": "reglament.verify:check",
    "calendar": "reglament.calendar:convert",
}
"""Each command's function, or its `Typer` with commands of its own, as `module:name`."""


class Commands(TyperGroup):
    """Finds commands in the table: `up` must not wait for what only `log` imports."""

    # typer keeps the types of these two signatures private, so they cannot be written down
    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]  # see above
        """The table's names, in its order."""
        return list(COMMANDS)

    def get_command(self, ctx: typer.Context, cmd_name: str):  # type: ignore[no-untyped-def,override]  # noqa: ANN201  # see above
        """The command, imported now; None when the table has none of this name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        return get_command(_app_of(cmd_name, getattr(import_module(module), name)))


def _app_of(name: str, found: object) -> typer.Typer:
    if isinstance(found, typer.Typer):
        return found
    alone = typer.Typer(add_completion=False)
    alone.command(name)(found)  # type: ignore[type-var]  # the table names functions
    return alone


app = typer.Typer(cls=Commands, no_args_is_help=True, add_completion=False, pretty_exceptions_show_locals=False)


@app.callback()
def reglament() -> None:
    """A support regulation that runs."""
