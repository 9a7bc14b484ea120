"""Merged statements do to every one thing what the single ones would have done, in the same order."""

from collections import defaultdict

from eventlog.merging import merged
from eventlog.reactor import Statement
from hypothesis import given
from hypothesis import strategies as st

STATEMENTS = st.lists(st.tuples(st.sampled_from(["insert", "update", "delete"]), st.integers(0, 4)))


def histories(statements: list[Statement]) -> dict[object, list[tuple[str, object]]]:
    """What is done to each thing, in order."""
    done: dict[object, list[tuple[str, object]]] = defaultdict(list)
    for sql, rows in statements:
        for row in rows:
            done[row[0]].append((sql, row[1]))
    return done


@given(STATEMENTS)
def test_no_things_history_changes(pairs: list[tuple[str, int]]) -> None:
    single = [Statement(sql, [(thing, n)]) for n, (sql, thing) in enumerate(pairs)]

    assert histories(merged(single)) == histories(single)


def test_statements_about_different_things_become_few() -> None:
    single = [Statement(sql, [(thing, 0)]) for thing in range(100) for sql in ("insert", "queue")]

    assert [(each.sql, len(each.rows)) for each in merged(single)] == [("insert", 100), ("queue", 100)]
