"""Whether every name means one thing."""

from collections import Counter
from collections.abc import Iterator

from regulation.checks.plain import Document, terms, text, texts
from regulation.term import Title, normal
from regulation.text import Fault

NAMED = (
    *("ticket_types", "categories", "priorities", "plans", "stages", "roles", "groups", "channels"),
    *("directions", "services", "exclusions", "lines", "trackers", "metrics"),
)
AUTO_CLOSE = "auto-close"
"""The clock that `auto_close` runs; stage and metric clocks bear their own ids."""


def names(document: Document) -> Iterator[Fault]:
    """Ids, titles and aliases shared by two terms of one list, and clocks of one name."""
    for key in NAMED:
        yield from _shared(document, key)
    stages = {*texts(document, "stages.*.id"), AUTO_CLOSE}
    for path, metric in terms(document, "metrics"):
        if (name := text(metric, "id")) in stages:
            ru = f"«{name}» уже называет стадию, а часы носят имена стадий и метрик: назовите метрику иначе"
            en = f"{name!r} names a stage already, and clocks bear both names: name the metric otherwise"
            yield Fault((*path, "id"), Title(ru=ru, en=en))


def _shared(document: Document, key: str) -> Iterator[Fault]:
    listed = [(path, {normal(name) for name in _names(term)}) for path, term in terms(document, key)]
    counts = Counter(name for _, own in listed for name in own)
    first = {name: path for path, own in reversed(listed) for name in own}
    for path, own in listed:
        again = sorted(name for name in own if counts[name] > 1 and first[name] != path)
        if again:
            given = ", ".join(repr(name) for name in again)
            ru = f"имя «{', '.join(again)}» уже есть выше в {key}: дайте каждому своё"
            yield Fault(path, Title(ru=ru, en=f"{given} is named above in {key} already: give each its own name"))


def _names(term: Document) -> list[str]:
    return texts(term, "id", "title.ru", "title.en", "aliases.*")
