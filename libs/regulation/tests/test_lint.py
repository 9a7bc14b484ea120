"""The lint says what is strange and nothing else: exactly the known anomalies of the source (1.2, A-33, D8)."""

from datetime import date
from pathlib import Path

import pytest
from regulation.document import Regulation
from regulation.lint import Severity, lint
from regulation.load import load

REGULATIONS = Path(__file__).parents[3] / "regulations"
ANOMALIES = """
raising the priority “Normal” → “Urgent” lengthens “Level 4 (Vendor request)” from 20 дней to 60 дней; categories (5): \
“New function request”, “Request on an inactive service”, “Service change or extension”, “Project documents request”, \
“Accounting documents request”
raising the priority “Urgent” → “Critical” lengthens “Level 4 (Vendor request)” from 20 дней to 60 дней; categories (1)\
: “Questions to the management”
the priorities “Urgent”, “Critical” give the same plan; categories (4): “New function request”, \
“Project question or consultation”, “Accounting documents request”, “Component or module set-up request”
the plan “SLA Outage recovery” is for “Critical” alone and runs only 40 hours a week, on 5 days
"""
HOURS = """      mon: [["09:00", "13:00"], ["14:00", "18:00"]]
      tue: [["09:00", "13:00"], ["14:00", "18:00"]]
      wed: [["09:00", "13:00"], ["14:00", "18:00"]]
      thu: [["09:00", "13:00"], ["14:00", "18:00"]]
      fri: [["09:00", "13:00"], ["14:00", "18:00"]]
"""
PIT = """
  - {id: pit, title: {ru: Яма, en: Pit}, kind: work}
  - {id: deeper, title: {ru: Глубже, en: Deeper}, kind: work}
transitions:
  - {from: pit, to: deeper, by: [agent]}
  - {from: deeper, to: pit, by: [agent]}
"""
"""Two stages that lead to each other alone."""
STRANGE = [
    ("no-working-time", f"    hours:\n{HOURS}", "    hours: {}\n"),
    ("no-way-to-an-end", "\ntransitions:\n", f"{PIT}  - {{from: level3, to: pit, by: [agent]}}\n"),
    ("unreachable-stage", "\ntransitions:\n", PIT),
    ("no-way-back", "  - {from: resolved, to: reopened, by: [requester]}\n", ""),
    ("unlimited-when-more-urgent", "level3: 1 день, level4: 3 дня", "level3: 1 день"),
    ("longer-than-next-level", "level2: 3 дня, level3: 10 дней", "level2: 30 дней, level3: 10 дней"),
    ("plan-never-used", "critical: outage}", "critical: urgent-support}"),
    ("rule-never-reached", "\ncsi:", "\nplan_rules: [{plan: outage}, {plan: outage, channels: [email]}]\ncsi:"),
    ("warning-too-late", "[50, 80]", "[50, 97]"),
    ("warning-twice", "[50, 80]", "[80, 80]"),
    ("day-of-another-length", 'fri: [["09:00", "13:00"], ["14:00", "18:00"]]', 'fri: [["09:00", "13:00"]]'),
    (
        "channel-without-line",
        "\ncsi:",
        "\nlines: [{id: one, title: {ru: Линия, en: Line}, channels: [email]}]\ncsi:",
    ),
    ("day-of-another-length", "after: 2 дня, calendar: office", "after: 2 дня, calendar: always"),
    ("nowhere-to-write", "    group: duty\n", "    group: duty\n    mass_only: true\n"),
    (
        "handover-without-group",
        "\ncsi:",
        "\nservices: [{id: new-one, title: {ru: Новый сервис, en: New service}, status: in_handover}]\ncsi:",
    ),
    ("group-without-work", "    group: duty\n", "    group: support\n"),
    ("familiar-text", "\ncsi:", "\ntemplates: {hello: {ru: Подожди ответа, en: Wait}}\ncsi:"),
]


def strange(regulation: Regulation) -> list[str]:
    return [finding.said("en") for finding in lint(regulation) if finding.severity is not Severity.note]


def codes(regulation: Regulation) -> set[str]:
    return {finding.code for finding in lint(regulation)}


def test_of_the_source_exactly_the_known_anomalies_are_said(csn: Regulation) -> None:
    assert strange(csn) == ANOMALIES.strip().splitlines()


NOTES = {
    "group-helpdesk": {"plans.targets", "channels.agreed", "not_supplied", "assumed"},
    "three-levels": {"plans.targets", "services.decides", "channels.agreed", "not_supplied", "assumed"},
    "saas-support": {"plans.targets", "plan_table", "not_supplied", "assumed"},
    "demo": {"not_supplied", "assumed"},
}
"""Where the other files have something noted, and nothing else is strange in them."""


@pytest.mark.parametrize("name", NOTES)
def test_of_the_other_files_exactly_this_is_noted(name: str) -> None:
    found = lint(load(REGULATIONS / f"{name}.yaml"))

    assert {finding.severity for finding in found} == {Severity.note}
    assert {finding.place for finding in found} == NOTES[name]


def test_what_the_source_does_not_say_is_noted(csn: Regulation) -> None:
    notes = [finding for finding in lint(csn) if finding.severity is Severity.note]

    assert [note.code for note in notes] == ["not-supplied"] * len(csn.not_supplied) + ["assumed"]
    assert notes[-1].requirements == csn.assumed


def test_targets_without_a_number_are_one_note() -> None:
    levels = load(REGULATIONS / "three-levels.yaml")
    open_ = [finding.said("en") for finding in lint(levels) if finding.place == "plans.targets"]

    assert open_ == ["plans.targets left “not supplied”: agreement (first_response, resolution, l1, l2, l3, supplier)"]


def test_a_priority_that_changes_nothing_is_one_note() -> None:
    """S3 gives one number for all: it says so instead of listing every category."""
    process = lint(load(REGULATIONS / "saas-support.yaml"))

    assert [finding.severity for finding in process if finding.code == "priority-without-effect"] == [Severity.note]


@pytest.mark.parametrize(("code", "right", "wrong"), STRANGE, ids=[code for code, _, _ in STRANGE])
def test_what_is_strange_is_found(csn: Regulation, csn_text: str, code: str, right: str, wrong: str) -> None:
    assert code not in codes(csn)

    assert code in codes(load(csn_text.replace(right, wrong)))


def test_clocks_that_run_only_when_nobody_works_are_found(csn_text: str) -> None:
    sundays = '\n  sundays: {timezone: Europe/Moscow, hours: {sun: [["10:00", "18:00"]]}}\n'
    never = csn_text.replace("coverage: always", "coverage: office").replace(
        "\nticket_types:", f"{sundays}\nticket_types:"
    )

    assert "plan-outside-its-calendar" not in codes(load(never))
    assert "plan-outside-its-calendar" in codes(load(never.replace("calendar: office\n", "calendar: sundays\n")))


def test_a_rise_from_office_hours_to_round_the_clock_is_no_lengthening(csn_text: str) -> None:
    """8 working hours of five days a week are longer than 8 hours that never stop."""
    outage = csn_text.replace(
        "calendar: office\n    business_day: 8h\n    day_mode: hours\n    targets: {level1: 15 мин, level2: 1 час,",
        "calendar: always\n    targets: {level1: 15 мин, level2: 2 часа,",
    )
    assert outage != csn_text

    assert codes(load(outage)).isdisjoint({"outage-in-office-hours"})
    assert len([each for each in lint(load(outage)) if each.code == "longer-when-more-urgent"]) == 2


@pytest.mark.parametrize(("on", "said"), [(date(2026, 6, 1), False), (date(2026, 11, 20), True)])
def test_a_year_without_official_days_is_noted_before_it_begins(csn: Regulation, on: date, said: bool) -> None:
    assert ("year-not-known" in {finding.code for finding in lint(csn, on)}) is said


def test_every_finding_is_said_in_both_languages(csn: Regulation) -> None:
    assert all(finding.said("ru") != finding.said("en") for finding in lint(csn, date(2026, 12, 1)))
