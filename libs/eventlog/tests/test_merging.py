"""Small statements put together do to every single thing what they did one by one."""

from collections import defaultdict
from collections.abc import Iterable

from eventlog.merging import merged
from eventlog.reactor import Statement
from hypothesis import given
from hypothesis import strategies as st

ROWS = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 99)), max_size=3)
STATEMENTS = st.lists(st.builds(Statement, st.sampled_from(["insert", "update", "delete"]), ROWS), max_size=12)


def by_thing(statements: Iterable[Statement]) -> dict[object, list[object]]:
    done: dict[object, list[object]] = defaultdict(list)
    for sql, rows in statements:
        for row in rows:
            done[row[0]].append((sql, row))
    return done


@given(STATEMENTS)
def test_what_happens_to_one_thing_keeps_its_order(statements: list[Statement]) -> None:
    assert by_thing(merged(statements)) == by_thing(statements)


@given(STATEMENTS)
def test_there_are_never_more_statements_than_before(statements: list[Statement]) -> None:
    assert len(merged(statements)) <= len([each for each in statements if each.rows])
