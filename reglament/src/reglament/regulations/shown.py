"""Findings, mistakes and differences as tables that fit any terminal."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from regulation.diff import Change, Diff, Effect
from regulation.lint import Finding, Severity
from regulation.load import Mistake
from regulation.wording import said
from rich.console import Console
from rich.table import Table
from rich.text import Text

from reglament.regulations.words import CLEAN, COUNTED, DIRECTIONS, EFFECTS, EQUAL, MIXIN, Lang, counted

TINTS = {"shorter": "green", "longer": "yellow"}


def show_heading(
    console: Console, names: tuple[str, str], counts: Counter[Severity], lang: Lang, *, is_mixin: bool
) -> None:
    """A file, the regulation in it, how many findings there are."""
    parts = [counted(each, counts[each], lang) for each in Severity if counts[each]]
    summary = said(MIXIN, lang.value) if is_mixin else ", ".join(parts) or said(CLEAN, lang.value)
    file, regulation = names
    line = Text.assemble((file, "bold"), f"  {regulation}" if regulation else "", "  ", (summary, "dim"))
    console.print(line)


def show_mistakes(console: Console, mistakes: Sequence[Mistake], lang: Lang) -> None:
    """What must be corrected, line by line."""
    table = _table(2)
    for mistake in mistakes:
        line = f"{mistake.line.part}:{mistake.line.number}" if mistake.line.part else f"{mistake.line.number}"
        place = (f"{mistake.place}: ", "bold") if mistake.place else ""
        table.add_row(Text("✗", "red"), Text(line, "dim"), Text.assemble(place, said(mistake.message, lang.value)))
    if mistakes:
        console.print(table)


def show_findings(console: Console, findings: Iterable[Finding], lang: Lang) -> None:
    """What is strange, the worst first; notes of one kind follow each other."""
    table = _table(1)
    for finding in findings:
        _, mark, tint = COUNTED[finding.severity]
        behind = "  ".join(filter(None, (finding.code, finding.place, ", ".join(finding.requirements))))
        text = Text(finding.said(lang.value), "dim" if finding.severity is Severity.note else "")
        if finding.severity is not Severity.note:
            text.append(f"\n{behind}", "dim")
        table.add_row(Text(mark, tint), text)
    if table.row_count:
        console.print(table)


def show_diff(console: Console, diff: Diff, lang: Lang) -> None:
    """Changed statements by section, then what becomes of the tickets' targets."""
    if not diff:
        console.print(said(EQUAL, lang.value))
    for section, changes in groupby(diff.changes, key=lambda change: change.section):
        console.print(Text(section, "bold"))
        table = _table(2)
        for places, change in _together(list(changes)):
            table.add_row(*_change(places, change, lang))
        console.print(table)
    if diff.effects:
        console.print(Text(f"\n{said(EFFECTS, lang.value)}", "bold"))
        table = _table(1)
        for effect in diff.effects:
            table.add_row(Text("~", "yellow"), _effect(effect, lang))
        console.print(table)


def _table(narrow: int) -> Table:
    table = Table.grid(padding=(0, 1))
    for _ in range(narrow):
        table.add_column(no_wrap=True, justify="right")
    table.add_column(overflow="fold")
    return table


def _together(changes: list[Change]) -> Iterator[tuple[str, Change]]:
    """Neighbours that say the same of siblings as one: `office.hours.mon, tue, wed`."""
    for (parent, *_), same in groupby(changes, key=lambda each: (_parent(each), each.before, each.after)):
        several = list(same)
        names = ", ".join(each.place.rpartition(".")[2] for each in several)
        yield f"{parent}.{names}" if parent else names, several[0]


def _parent(change: Change) -> str:
    return change.place.rpartition(".")[0]


def _change(place: str, change: Change, lang: Lang) -> tuple[Text, Text, Text]:
    mark, tint = ("+", "green") if change.before is None else ("−", "red") if change.after is None else ("~", "yellow")
    text = Text.assemble(place, ": " if place else "")
    text.append(" → ".join(each for each in (change.before, change.after) if each is not None))
    text.append_text(_direction(change.direction, lang))
    return Text(""), Text(mark, tint), text


def _effect(effect: Effect, lang: Lang) -> Text:
    text = Text.assemble((effect.column, "bold"), f": {effect.before} → {effect.after}")
    text.append_text(_direction(effect.direction, lang))
    by_category = groupby(effect.tickets, key=lambda ticket: ticket.partition(" × ")[0])
    rows = (f"{name}: {', '.join(each.partition(' × ')[2] for each in each_of)}" for name, each_of in by_category)
    return text.append("\n" + "; ".join(rows), "dim")


def _direction(direction: str, lang: Lang) -> Text:
    return Text(f"  {said(DIRECTIONS[direction], lang.value)}", TINTS[direction]) if direction else Text("")
