"""Many small statements of a page as few large ones, without changing what they do to any one thing."""

from collections.abc import Iterable

from eventlog.reactor import Statement

Row = tuple[object, ...]


def merged(statements: Iterable[Statement]) -> list[Statement]:
    """The same statements, equal SQL together; those about the same thing (a row's first value) keep their order."""
    done: list[Statement] = []
    open_: dict[str, list[Row]] = {}
    places: dict[object, int] = {}
    for sql, rows in statements:
        for row in rows:
            place = list(open_).index(sql) if sql in open_ else len(open_)
            if place < places.get(row[0], 0):
                done += _closed(open_)
                open_, places, place = {}, {}, 0
            open_.setdefault(sql, []).append(row)
            places[row[0]] = place
    return done + _closed(open_)


def _closed(statements: dict[str, list[Row]]) -> list[Statement]:
    return [Statement(sql, rows) for sql, rows in statements.items()]
