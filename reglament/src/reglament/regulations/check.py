"""`reglament check`: is a regulation right, and is anything in it strange? Needs neither database nor network."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from regulation.document import Regulation
from regulation.lint import Finding, Severity, lint
from regulation.load import Mistake, MixinError, RegulationError, load
from rich.console import Console

from reglament.regulations.shown import show_findings, show_heading, show_mistakes
from reglament.regulations.words import Lang, usual

Files = Annotated[list[Path], typer.Argument(help="YAML files.", exists=True, dir_okay=False, readable=True)]
Strict = Annotated[bool, typer.Option("--strict", help="Warnings fail too.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a file.")]
Spoken = Annotated[Lang | None, typer.Option("--lang", help="ru or en; the terminal's language if left out.")]


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be said of one file."""

    file: str
    regulation: str = ""
    hash: str = ""
    is_mixin: bool = False
    mistakes: tuple[Mistake, ...] = ()
    findings: tuple[Finding, ...] = ()

    def fails(self, *, strict: bool = False) -> bool:
        """Whether the file should not be published."""
        severities = {finding.severity for finding in self.findings}
        return bool(self.mistakes) or Severity.error in severities or (strict and Severity.warning in severities)


def check(files: Files, strict: Strict = False, as_json: AsJson = False, lang: Spoken = None) -> None:
    """Check regulations: exit code 1 where one has errors (with --strict also warnings)."""
    console, spoken = Console(highlight=False), lang or usual()
    found = [checked(file) for file in files]
    for each in found:
        if as_json:
            typer.echo(msgspec.json.encode(each))
        else:
            tell(console, each, spoken)
    if any(each.fails(strict=strict) for each in found):
        raise typer.Exit(1)


def checked(file: Path) -> Checked:
    """A file with everything wrong or strange in it."""
    try:
        regulation = load(file)
    except MixinError:
        return Checked(file=str(file), is_mixin=True)
    except RegulationError as error:
        return Checked(file=str(file), mistakes=error.mistakes)
    return judged(regulation, str(file))


def judged(regulation: Regulation, file: str) -> Checked:
    """A regulation with everything strange in it."""
    findings = lint(regulation, datetime.now(UTC).date())
    return Checked(file=file, regulation=regulation.key, hash=regulation.hash, findings=findings)


def tell(console: Console, checked: Checked, lang: Lang, *, notes: bool = True) -> None:
    """One file's part of the answer; notes are counted, whether they are shown or not."""
    counts = Counter(finding.severity for finding in checked.findings)
    counts[Severity.error] += len(checked.mistakes)
    show_heading(console, (checked.file, checked.regulation), counts, lang, is_mixin=checked.is_mixin)
    show_mistakes(console, checked.mistakes, lang)
    show_findings(console, (each for each in checked.findings if notes or each.severity is not Severity.note), lang)
    console.print()
