"""One suite for both logs: what memory promises, PostgreSQL keeps, and the other way round."""

from itertools import pairwise

import pytest
from contracts.intake import RequesterReplied
from eventlog.appending import StolenIdError
from eventlog.errors import ConflictError, ForgottenError
from eventlog.store import NEXT, EventLog, New
from testkit.invariants import unbroken
from testkit.streams import NINE, closed, new, of_ticket, opened, registered

TICKET = "ticket-1"


def life(ticket: str = "1") -> list[New]:
    return [*of_ticket(ticket, opened(ticket), closed(ticket))]


async def test_what_was_appended_is_read_back_in_order(log: EventLog) -> None:
    appended = await log.append(life())

    events = await log.read(TICKET)
    assert [each.data for each in events] == [opened("1"), closed("1")]
    assert [(each.position, each.version) for each in events] == [(1, 1), (2, 2)]
    assert (appended.first, appended.last, appended.known) == (1, 2, False)


async def test_a_stream_is_read_from_a_version_on(log: EventLog) -> None:
    await log.append(life())

    assert [each.version for each in await log.read(TICKET, after=1)] == [2]
    assert await log.read("ticket-unheard-of") == []


async def test_pages_run_through_the_log_without_overlap(log: EventLog) -> None:
    for n in range(5):
        await log.append(life(str(n)))

    pages = [await log.page(after, 4) for after in (0, 4, 8, 10)]
    assert [len(page) for page in pages] == [4, 4, 2, 0]
    assert unbroken([each for page in pages for each in page]) == []


async def test_the_head_tells_position_and_time(log: EventLog) -> None:
    assert (await log.head()).position == 0
    appended = await log.append(life())

    head = await log.head()
    assert head.position == 2
    assert head.at >= appended.recorded_at


async def test_time_of_record_never_runs_backwards(log: EventLog) -> None:
    for n in range(3):
        await log.append(life(str(n)))

    times = [each.recorded_at for each in await log.page(0, 10)]
    assert all(a <= b for a, b in pairwise(times))


async def test_the_same_ids_again_change_nothing_and_tell_the_same_place(log: EventLog) -> None:
    first = await log.append(life_once := life())
    await log.append(life("other"))

    again = await log.append(life_once)
    assert (again.first, again.last, again.recorded_at) == (first.first, first.last, first.recorded_at)
    assert again.known
    assert (await log.head()).position == 4


async def test_an_id_taken_by_another_stream_is_refused(log: EventLog) -> None:
    [taken, *_] = life()
    await log.append([taken])

    with pytest.raises(StolenIdError):
        await log.append([new("ticket-2", 1, opened("2"), taken.id)])
    assert (await log.head()).position == 1


async def test_a_request_half_of_which_is_known_is_a_conflict_and_loses_nothing_silently(log: EventLog) -> None:
    known, fresh = life()
    await log.append([known])

    with pytest.raises(ConflictError):
        await log.append([known, fresh])
    assert (await log.head()).position == 1


async def test_one_id_twice_in_a_request_is_refused(log: EventLog) -> None:
    first, second = life()

    with pytest.raises(StolenIdError):
        await log.append([first, new(TICKET, 2, closed("1"), first.id)])
    assert second.version == 2
    assert await log.read(TICKET) == []


@pytest.mark.parametrize("version", [1, 3])
async def test_a_wrong_version_is_a_conflict_that_tells_the_current_one(log: EventLog, version: int) -> None:
    await log.append([new(TICKET, 1, opened("1"))])

    with pytest.raises(ConflictError) as told:
        await log.append([new(TICKET, version, closed("1"))])
    assert (told.value.stream, told.value.expected, told.value.current) == (TICKET, version - 1, 1)


@pytest.mark.parametrize("versions", [(1, 3), (1, 1), (NEXT, 1), (1, NEXT)])
async def test_versions_of_one_request_leave_no_gap(log: EventLog, versions: tuple[int, int]) -> None:
    events = [new(TICKET, version, opened("1")) for version in versions]

    with pytest.raises(ConflictError):
        await log.append(events)
    assert await log.read(TICKET) == []


async def test_next_takes_whatever_comes_next(log: EventLog) -> None:
    await log.append(life())
    await log.append(
        [new(TICKET, NEXT, closed("1")), new("ticket-2", NEXT, opened("2")), new(TICKET, NEXT, closed("1"))]
    )

    assert [each.version for each in await log.read(TICKET)] == [1, 2, 3, 4]
    assert [each.version for each in await log.read("ticket-2")] == [1]


async def test_a_request_over_several_streams_is_all_or_nothing(log: EventLog) -> None:
    await log.append(life("1"))

    with pytest.raises(ConflictError):
        await log.append([*life("2"), *life("1")])
    assert await log.read("ticket-2") == []
    assert (await log.head()).position == 2


async def test_personal_text_goes_in_plain_and_comes_out_only_opened(log: EventLog) -> None:
    await log.append([new("requester-r", 1, registered("r", "Ольга"))], mint=frozenset({"r"}))

    stored = await log.read("requester-r")
    assert "Ольга" not in repr(stored)
    assert [each.data for each in await log.opened(stored)] == [registered("r", "Ольга")]


async def test_a_key_that_exists_is_never_minted_over(log: EventLog) -> None:
    await log.append([new("requester-r", 1, registered("r", "Ольга"))], mint=frozenset({"r"}))

    with pytest.raises(StolenIdError):
        await log.append([new("requester-r", 2, registered("r", "Инна"))], mint=frozenset({"r"}))
    assert [each.data for each in await log.opened(await log.page(0, 9))] == [registered("r", "Ольга")]


async def test_words_of_somebody_without_a_key_are_refused(log: EventLog) -> None:
    said = RequesterReplied(at=NINE, ticket="1", requester="stranger", text="слова")

    with pytest.raises(ForgottenError):
        await log.append([new(TICKET, 1, said)])


async def test_personal_text_that_belongs_to_nobody_is_refused(log: EventLog) -> None:
    with pytest.raises(ValueError, match="names no requester"):
        await log.append([new(TICKET, 1, opened("1", text="слова"))])
    assert (await log.head()).position == 0


async def test_an_empty_request_is_refused_at_once(log: EventLog) -> None:
    with pytest.raises(ValueError, match="nothing"):
        await log.append([])
