"""`python -m reglament`."""

from reglament.cli import app

app(prog_name="reglament")
