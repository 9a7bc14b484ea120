"""A regulation with twenty mistakes gives twenty messages that a head of support understands (issue 3)."""

from pathlib import Path

import pytest
from regulation.load import RegulationError, load

FILE = Path(__file__).parent / "documents" / "twenty-mistakes.yaml"
SAID = """
line 5: effective_from: write a date like 2026-01-31
line 7: version: is written twice: keep one
line 9: defaults.priority: there is no priority 'norml' (did you mean normal?): write one of normal, urgent
line 13: calendars.office.timezone: write an IANA name like Europe/Moscow, not 'Europe/Moskow' (did you mean \
Europe/Moscow?)
line 15: calendars.office.hours.mon[2]: this begins before the one above has ended: write windows in order and without \
overlap
line 16: calendars.office.hours.tue[2]: this begins before the one above has ended: write windows in order and without \
overlap
line 17: calendars.office.hours.wed[1][1]: write a time like "09:00" or "24:00"
line 17: calendars.office.hours.wed[1][2]: write a time like "09:00" or "24:00"
line 25: categories.question: 'question' is named above in categories already: give each its own name
line 34: plans.standard.calendar: there is no calendar 'night': write one of office
line 35: plans.standard.business_day: write a working day in hours, e.g. "8h"
line 36: plans.standard.targets.work: write a whole number and мин, час or день, e.g. "30 мин", or "not supplied"
line 37: plans.standard.colour: is not known here: write one of id, title, aliases, calendar, targets, business_day, \
day_mode
line 40: plan_table.question: the priority 'urgent' has no plan: add it
line 41: plan_table.outage.urgent: there is no plan 'standart' (did you mean standard?): write one of standard
line 42: plan_table.billing: there is no category 'billing': write one of question, outage
line 46: stages.again.kind: exactly one stage is of the kind new, not 2: mark the one a ticket begins in
line 49: stages.closed.terminal: terminal is true exactly where no transition leads out, and one does: correct either
line 53: transitions[2]: new to work is written twice: keep one
line 55: transitions[4].to: there is no stage 'finished': write one of new, again, work, done, closed
line 68: channels.mail.kind: write one of email, telegram, api
line 72: channels.mail.language: write one of ru, en
line 74: warnings[2]: write a percentage from 1 to 99
line 75: auto_close: add a transition from done to closed by automatic (R1-16)
"""


@pytest.fixture
def refusal() -> RegulationError:
    with pytest.raises(RegulationError) as refused:
        load(FILE)
    return refused.value


def test_every_mistake_is_said_once_in_order_of_lines(refusal: RegulationError) -> None:
    assert list(refusal.messages) == SAID.strip().splitlines()


def test_there_are_twenty_lines_to_correct(refusal: RegulationError) -> None:
    assert len({mistake.line for mistake in refusal.mistakes}) > 20


def test_every_message_is_there_in_russian_too(refusal: RegulationError) -> None:
    russian = refusal.in_("ru")

    assert len(russian) == len(refusal.messages)
    assert all(message.startswith("строка ") for message in russian)
    assert not {said.partition(": ")[2] for said in russian} & {said.partition(": ")[2] for said in refusal.messages}
