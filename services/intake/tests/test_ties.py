"""Links, mass problems, merging, and what is none of our competence (R0-08, R0-27, A-23, A-32, §3.1)."""

from pathlib import Path

import msgspec
import pytest
from contracts.intake import TicketClosed, TicketLinked, TicketMerged, TicketOpened, TicketUnlinked, TicketUnmerged
from intake.domain.hand import Hand
from intake.domain.refusing import RefusedError
from intake.domain.standing import Standing
from intake.domain.ticket import Ticket
from regulation.document import Regulation
from regulation.load import load
from regulation.term import UnknownTermError
from testkit.streams import NINE, given, new_events

REGULATIONS = Path(__file__).parents[3] / "regulations"


@pytest.fixture(scope="module")
def group() -> Regulation:
    return load(REGULATIONS / "group-helpdesk.yaml")


@pytest.fixture
def anna(group: Regulation) -> Hand:
    return Hand(NINE, "anna", group)


def ticket(name: str, category: str = "incident", stage: str = "line1") -> Ticket:
    said = TicketOpened(
        at=NINE, ticket=name, number=f"TIC-{name}", requester=f"r{name}", channel="sup_coven_bot", kind="telegram",
        section="chat", subject="", text="", category=category, priority="normal", stage=stage,
        regulation="group-helpdesk@1", reply_to="",
    )  # fmt: skip
    return given(Ticket, f"ticket-{name}", said)


def test_an_incident_leads_to_the_problem_that_gathers_it_r0_08_a_23(anna: Hand) -> None:
    incident = ticket("1")
    incident.link(anna, ticket("2", "problem"), "problem", "стоит склад")
    incident.link(anna, ticket("2", "problem"), "problem")
    said = TicketLinked(at=NINE, ticket="1", to="2", relation="problem", who="anna", reason="стоит склад")
    assert new_events(incident) == [said]


def test_a_problem_gathers_only_what_its_category_may_a_23(anna: Hand) -> None:
    with pytest.raises(RefusedError, match="no category of its regulation does"):
        ticket("1", "question").link(anna, ticket("2", "problem"), "problem")
    with pytest.raises(RefusedError, match="its category has to be problem"):
        ticket("1").link(anna, ticket("2", "question"), "problem")


def test_an_incident_has_one_problem_a_23(anna: Hand) -> None:
    incident = ticket("1")
    incident.link(anna, ticket("2", "problem"), "problem")
    with pytest.raises(RefusedError, match="unlink it first"):
        incident.link(anna, ticket("3", "problem"), "problem")
    incident.unlink(anna, "2", "problem")
    incident.link(anna, ticket("3", "problem"), "problem")
    assert [type(each) for each in new_events(incident)] == [TicketLinked, TicketUnlinked, TicketLinked]


def test_anything_may_be_related_but_to_itself(anna: Hand) -> None:
    one = ticket("1", "question")
    one.link(anna, ticket("2", "task"), "related")
    with pytest.raises(RefusedError):
        one.link(anna, one, "related")
    one.unlink(anna, "7", "related")
    assert len(new_events(one)) == 1


def test_a_merge_is_said_on_both_sides(anna: Hand) -> None:
    one, other = ticket("1"), ticket("2")
    one.merge(anna, other, "то же самое")
    assert new_events(one) == [
        TicketMerged(at=NINE, ticket="1", into="2", requester="r1", who="anna", reason="то же самое", previous="line1")
    ]
    assert new_events(other) == [
        TicketLinked(at=NINE, ticket="2", to="1", relation="merged", who="anna", reason="то же самое")
    ]


@pytest.mark.parametrize("solved", [False, True])
def test_unmerging_restores_stage_and_standing(anna: Hand, *, solved: bool) -> None:
    one, other = ticket("1"), ticket("2")
    if solved:
        one.resolve(anna, "Готово")
    before = (one.stage, one.standing)
    one.merge(anna, other)
    assert one.standing is Standing.merged
    one.unmerge(anna, other, "разное")
    assert ((one.stage, one.standing), other.merged) == (before, ())
    said = new_events(one)[-1]
    assert isinstance(said, TicketUnmerged)
    assert (said.stage, said.number, said.category) == (before[0], "TIC-1", "incident")


VERBS = [
    lambda t, by: t.reply(by, "?"), lambda t, by: t.ask(by, "?"), lambda t, by: t.escalate(by, "line2"),
    lambda t, by: t.resolve(by, "?"), lambda t, by: t.close(by, "?"), lambda t, by: t.annul(by),
    lambda t, by: t.reopen(by), lambda t, by: t.classify(by, "task"), lambda t, by: t.prioritize(by, "urgent"),
    lambda t, by: t.open_task(by, "?"), lambda t, by: t.spend(by, 5), lambda t, by: t.link(by, ticket("3"), "related"),
    lambda t, by: t.merge(by, ticket("3")),
]  # fmt: skip


@pytest.mark.parametrize("verb", VERBS)
def test_a_merged_ticket_stands_still(anna: Hand, verb: object) -> None:
    one = ticket("1")
    one.merge(anna, ticket("2"))
    with pytest.raises(RefusedError) as refused:
        verb(one, anna)  # type: ignore[operator]  # one of the verbs above
    assert refused.value.reason == "merged"


def test_nothing_is_merged_into_itself_or_into_what_has_ended(anna: Hand) -> None:
    with pytest.raises(RefusedError, match="this one"):
        ticket("1").merge(anna, ticket("1"))
    ended, moved = ticket("2"), ticket("3")
    ended.close(anna, exclusion="peripherals")
    moved.merge(anna, ticket("4"))
    for target in (ended, moved):
        with pytest.raises(RefusedError):
            ticket("1").merge(anna, target)
    with pytest.raises(RefusedError, match="reopen"):
        ended.merge(anna, ticket("4"))


def test_what_is_none_of_ours_is_closed_under_its_exclusion_r0_27(anna: Hand) -> None:
    one = ticket("1")
    one.close(anna, exclusion="Периферийные устройства")
    (said,) = new_events(one)
    assert isinstance(said, TicketClosed)
    assert (said.exclusion, said.previous, one.exclusion) == ("peripherals", "line1", "peripherals")


def test_unsolved_work_is_not_closed_without_a_word_r0_27(anna: Hand) -> None:
    with pytest.raises(RefusedError, match=r"office-equipment, .*others-duties") as refused:
        ticket("1").close(anna)
    assert refused.value.reason == "exclusion-needed"
    with pytest.raises(UnknownTermError, match="write one of office-equipment"):
        ticket("1").close(anna, exclusion="чудеса")
    solved = ticket("1")
    solved.resolve(anna, "Готово")
    solved.close(anna)


def test_a_reopened_ticket_is_excluded_no_more(anna: Hand) -> None:
    one = ticket("1")
    one.close(anna, exclusion="peripherals")
    one.reopen(anna._replace(party="requester"))
    assert one.exclusion == ""


def test_annulled_is_the_end_with_reason_and_exclusion_a_32(csn: Regulation) -> None:
    one = given(Ticket, "ticket-1", msgspec.structs.replace(ticket("1").opened, stage="level1", regulation="csn@1"))
    one.annul(Hand(NINE, "anna", csn), "спам")
    (said,) = new_events(one)
    assert (getattr(said, "stage", ""), getattr(said, "reason", "")) == ("annulled", "спам")
    with pytest.raises(RefusedError, match="nowhere"):
        one.reopen(Hand(NINE, "r", csn, "requester"))


@pytest.fixture(scope="module")
def saas() -> Regulation:
    return load(REGULATIONS / "saas-support.yaml")


def test_nothing_is_taken_into_work_before_it_is_classified_r3_01(saas: Regulation) -> None:
    by = Hand(NINE, "anna", saas)
    opened = msgspec.structs.replace(ticket("1", "instruction", "classification").opened, regulation="saas-support@1")
    one = given(Ticket, "ticket-1", opened)
    for verb in (lambda: one.escalate(by, "line1"), lambda: one.resolve(by, "Готово")):
        with pytest.raises(RefusedError, match="error, information, integration") as refused:
            verb()
        assert refused.value.reason == "classify-first"
    one.classify(by, "Сообщение об ошибке")
    one.escalate(by, "line2")
    one.resolve(by, "Готово")
    assert one.stage == "solved"
