"""A roster as a table (CSV): one shift a row, as Excel and others save it."""

import csv
from collections.abc import Iterator, Mapping
from io import StringIO
from typing import NamedTuple
from zoneinfo import ZoneInfo

from regulation.term import normal

from routing.domain.roster import Shift
from routing.readings.finding import MOST, Fault, Finding
from routing.readings.moments import MomentError, span, written, zone_of
from routing.readings.names import Names, UnknownNameError

COLUMNS = {
    "agent": ("agent", "employee", "name", "email", "e-mail", "агент", "сотрудник", "имя", "фио", "почта"),
    "starts": ("start", "starts", "begin", "begins", "from", "начало", "с", "от"),
    "ends": ("end", "ends", "finish", "to", "until", "till", "конец", "окончание", "по", "до"),
    "day": ("date", "day", "дата", "день"),
    "zone": ("zone", "timezone", "time zone", "tz", "зона", "часовой пояс", "пояс"),
}
NEEDED = ("agent", "starts", "ends")

Cells = Mapping[str, str]


class Row(NamedTuple):
    """One line that is not empty, its number in the file and its cells by column."""

    number: int
    cells: Cells


def read_table(content: bytes, names: Names, zone: ZoneInfo) -> Finding:
    """The shifts of a table with the columns agent, start, end and, where given, date and zone; local times in `zone`.

    Columns stand in any order, in Russian or English, parted by comma, semicolon or tab; others are left alone.
    """
    text = _decoded(content)
    shifts, faults = set(), []
    try:
        for row in _rows(text):
            try:
                shifts.add(_shift(row.cells, names, zone))
            except (MomentError, UnknownNameError, _CellError) as error:
                faults.append(Fault(row.number, str(error), _column(error)))
    except _TableError as error:
        faults.append(error.fault)
    return Finding(frozenset(shifts), tuple(faults))


class _TableError(ValueError):
    """A table that cannot be read on."""

    def __init__(self, row: int, detail: str) -> None:
        super().__init__(detail)
        self.fault = Fault(row, detail)


class _CellError(ValueError):
    """A cell that is wrong, and which."""

    def __init__(self, column: str, detail: str) -> None:
        super().__init__(detail)
        self.column = column


def _decoded(content: bytes) -> str:
    """UTF-8 with or without a mark, UTF-16 with one, else what Russian Excel writes."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1251", errors="replace")


def _rows(text: str) -> Iterator[Row]:
    first = next((line for line in text.splitlines() if line.strip()), "")
    lines = csv.reader(StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True)
    columns: list[str] = []
    try:
        for number, cells in enumerate((each for each in lines), 1):
            if columns and any(map(str.strip, cells)):
                yield Row(lines.line_num, dict(zip(columns, map(str.strip, cells), strict=False)))
            elif any(map(str.strip, cells)):
                columns = _columns(lines.line_num, cells)
            if number > MOST:
                raise _TableError(lines.line_num, f"a roster has at most {MOST} rows: split it into several rosters")
    except csv.Error as error:
        raise _TableError(lines.line_num, f"this is no table: {error}") from error
    if not columns:
        raise _TableError(1, "the table is empty: name the columns agent, start, end in its first row")


def _columns(line: int, header: list[str]) -> list[str]:
    names = [_known(each) for each in header]
    if missing := [each.removesuffix("s") for each in NEEDED if each not in names]:
        told = ", ".join(missing)
        raise _TableError(line, f"name the columns agent, start and end (or their Russian names): missing are {told}")
    return [name if name not in names[:n] else "" for n, name in enumerate(names)]


def _known(heading: str) -> str:
    return next((column for column, called in COLUMNS.items() if normal(heading) in called), "")


def _shift(cells: Cells, names: Names, zone: ZoneInfo) -> Shift:
    if empty := next((column for column in NEEDED if not cells.get(column)), ""):
        raise _CellError(empty, f"the {empty.removesuffix('s')} is missing")
    day = written(cells["day"]).day if cells.get("day") else None
    there = zone_of(cells["zone"]) if cells.get("zone") else zone
    starts, ends = span(written(cells["starts"]), written(cells["ends"]), day, there)
    shift = Shift(starts, ends, names.agent(cells["agent"], new=True))
    if shift.fault:
        raise _CellError("ends", shift.fault)
    return shift


def _column(error: Exception) -> str:
    if isinstance(error, UnknownNameError):
        return "agent"
    return error.column if isinstance(error, _CellError) else ""
