"""A wrong regulation is refused with the line and with what to write there."""

import pytest
from regulation.load import RegulationError, load

WRONG = [
    (
        "level1: 30 мин",
        "level1: 30 попугаев",
        "plans.urgent-support.targets.level1: write a whole number and мин, час or день",
    ),
    ("kind: email", "kind: fax", "channels.email.kind: write one of email, telegram, api"),
    ("effective_from: 2024-01-01", "effective_from: soon", "effective_from: write a date like 2026-01-31"),
    ("[50, 80]", "[50, x]", "warnings[2]: write a percentage from 1 to 99"),
    ("name: csn", "name: ЦСН", "name: write an id of lower case"),
    ("terminal: true", "terminal: maybe", "stages.annulled.terminal: write true or false"),
    ("kind: resolved", "kind: done", "stages.resolved.kind: write one of new, work"),
    ("      tue:", "      tuesday:", "write one of mon, tue, wed"),
    ("timezone: Europe/Moscow", "timezone: Moscow time", "timezone: write an IANA name"),
    ("production_calendar: RU", "production_calendar: XX", "production_calendar: write one of RU"),
    ('mon: [["09:00"', 'mon: [["9:00"', "hours.mon[1][1]: write a time like"),
    ("{lowest: 1, ", "{", "lowest is missing: add it"),
    ("{lowest: 1, highest: 5}", "{lowest: 0, highest: 5}", "ratings are taken from 1 to 5 only so far"),
    ("{lowest: 1, highest: 5}", "{lowest: 1, highest: 10}", "ratings are taken from 1 to 5 only so far"),
    ("csi:", "cси:", "cси: is not known here: write one of name, version"),
    ("group: duty", "group: night", "channels.telegram.group: there is no group 'night': write one of support, duty"),
    ("coverage: office", "coverage: night", "there is no calendar 'night': write one of office, always"),
    (
        "critical: outage}",
        "critical: outages}",
        "there is no plan 'outages' (did you mean outage?): write one of management",
    ),
    ("critical: outage}", "}", "plan_table.hosting-problem: the priority 'critical' has no plan: add it"),
    ("  defect: ", "  defects: ", "plan_table: the category 'defect' has no plan: add it"),
    ("ticket_type: general", "ticket_type: any", "there is no ticket type 'any'"),
    ("estimated: [level3]", "estimated: [level9]", "there is no stage 'level9'"),
    ("to: level1,", "to: level0,", "transitions[1].to: there is no stage 'level0'"),
    ("roles: [vendor]", "roles: [vendors]", "there is no role 'vendors'"),
    ("calendar: office\n", "calendar: offices\n", "plans.management.calendar: there is no calendar 'offices'"),
    ("{level1: 2 дня,", "{level0: 2 дня,", "there is no target of a stage or metric 'level0'"),
    ("target: level4", "target: level5", "no plan has a target 'level5'"),
    ("kind: new", "kind: work", "exactly one stage is of the kind new"),
    ("terminal: true", "terminal: false", "annulled: terminal is true exactly where no transition leads out"),
    ("from: level4, to: level3", "from: level3, to: level4", "level3 to level4 is written twice: keep one"),
    ("by: [requester, automatic]", "by: [requester]", "auto_close: add a transition from resolved to closed"),
    ("priority: normal}", "priority: low}", "defaults.priority: there is no priority 'low'"),
    (
        "- id: defect ",
        "- id: module-setup ",
        "categories.module-setup: 'module-setup' is named above in categories already",
    ),
    ("name: csn", "name: csn\nname: csn", "name: is written twice: keep one"),
    ("{lowest: 1, highest: 5}", "[1", "this is not YAML"),
    ("[50, 80]", "&w [50, 80]\nassumed: *w", "write the value out instead of an alias"),
]


def refused(text: str | bytes) -> tuple[str, ...]:
    with pytest.raises(RegulationError) as refusal:
        load(text)
    return refusal.value.messages


@pytest.mark.parametrize(("right", "wrong", "says"), WRONG)
def test_what_is_wrong_is_said_with_its_line(csn_text: str, right: str, wrong: str, says: str) -> None:
    broken = csn_text.replace(right, wrong, 1)
    assert broken != csn_text

    messages = refused(broken)

    assert any(says in message for message in messages), messages
    assert all(message.startswith("line ") for message in messages)


@pytest.mark.parametrize(("right", "wrong"), [("level1: 30 мин", "level1: x"), ("group: duty", "group: night")])
def test_the_line_is_the_one_where_it_stands(csn_text: str, right: str, wrong: str) -> None:
    line = csn_text[: csn_text.index(right)].count("\n") + 1

    assert [message.split(":")[0] for message in refused(csn_text.replace(right, wrong, 1))] == [f"line {line}"]


def test_everything_wrong_is_said_at_once_in_order_of_lines(csn_text: str) -> None:
    broken = csn_text.replace("csi:", "csx:").replace("kind: email", "kind: fax").replace("30 мин", "soon")

    lines = [int(message.split()[1].rstrip(":")) for message in refused(broken)]

    assert len(lines) == 4
    assert lines == sorted(lines)


@pytest.mark.parametrize("text", ["", "- a list", "words", "a: 1\n---\nb: 2", b"\xff\xfe\x00", "[" * 5000])
def test_what_is_no_regulation_at_all_is_refused(text: str | bytes) -> None:
    with pytest.raises(RegulationError):
        load(text)


def test_yaml_words_and_numbers_stay_what_was_written(csn_text: str) -> None:
    """Bare 18:00 and no are a number and a false to YAML 1.1."""
    bare = csn_text.replace('"18:00"', "18:00").replace("ru: Обычный", "ru: no")

    regulation = load(bare)

    assert regulation.calendar("office").hours["mon"][1] == ("14:00", "18:00")
    assert regulation.priority("normal").title.ru == "no"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name: x\n\tb: 1", "line 2: this is not YAML: use spaces instead of tabs"),
        ("name: [x", "this is not YAML: a bracket or quote is not closed"),
        ('name: "x', "this is not YAML: a bracket or quote is not closed"),
        ("name: x: y", "line 1: this is not YAML: one colon too many"),
        ("name: x\n- y", "line 2: this is not YAML: the indentation differs"),
        ("name: @x", "line 1: this is not YAML: put the text into quotes"),
        ("a: 1\n---\nb: 2", "line 2: this is not YAML: leave out ---"),
        (b"\xff\xfe\x00", "line 1: this is not YAML: save it as text in UTF-8"),
        ("", "line 1: there is no regulation here"),
    ],
)
def test_what_is_no_yaml_is_said_in_plain_words(text: str | bytes, says: str) -> None:
    (message,) = refused(text)

    assert says in message
