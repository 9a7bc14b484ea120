"""`reglament calendar`: a file in, YAML or a reason out."""

from pathlib import Path

import pytest
from reglament.cli import app
from typer.testing import CliRunner, Result

FILE = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:test
BEGIN:VEVENT
UID:1
DTSTART;VALUE=DATE:20200612
RRULE:FREQ=YEARLY
SUMMARY:День России
END:VEVENT
BEGIN:VEVENT
UID:2
DTSTART:20260508T060000Z
DTEND:20260508T100000Z
SUMMARY:Короткий день
END:VEVENT
BEGIN:VEVENT
UID:3
DTSTART;VALUE=DATE:20260401
SUMMARY:День смеха
CATEGORIES:Observance
END:VEVENT
END:VCALENDAR
"""
YAML = """\
holidays:
  - "2026-06-12"  # День России
days:
  "2026-05-08": [["09:00", "13:00"]]  # Короткий день
# Left out:
#   День смеха: an observance
"""


def calendar(*words: str) -> Result:
    return CliRunner().invoke(app, ["calendar", *words])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "days.ics"
    path.write_text(FILE, encoding="utf-8")
    return path


def test_days_off_and_hours_are_printed_as_yaml(file: Path) -> None:
    printed = calendar(str(file), "--years", "2026", "--hours")

    assert (printed.exit_code, printed.stdout) == (0, YAML)


def test_this_year_and_the_next_are_meant_where_none_is_named(file: Path) -> None:
    assert calendar(str(file)).stdout.count("День России") == 2


@pytest.mark.parametrize("years", ["soon", "2027-2026", "2026-2099", "0001", "2026-"])
def test_years_that_are_none_are_refused(file: Path, years: str) -> None:
    refused = calendar(str(file), "--years", years)

    assert refused.exit_code == 2
    assert "2026-2027" in refused.stderr


def test_a_file_that_cannot_be_read_is_named(file: Path, tmp_path: Path) -> None:
    file.write_text("hello")

    for path in (file, tmp_path, tmp_path / "absent.ics"):
        refused = calendar(str(path))
        assert refused.exit_code == 2
        assert path.name in refused.stderr


def test_an_unknown_zone_is_refused(file: Path) -> None:
    refused = calendar(str(file), "--timezone", "Mars/Olympus")

    assert refused.exit_code == 2
    assert "Europe/Moscow" in refused.stderr
