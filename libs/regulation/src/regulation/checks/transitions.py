"""Whether the ways between stages are written once, and are there where rules need them."""

from collections.abc import Iterator

from regulation.checks.plain import Document, terms, text, texts
from regulation.stage import Actor
from regulation.term import Title
from regulation.text import Fault

TO_ITSELF = Title(ru="переход ведёт в ту же стадию: уберите его", en="this leads to the same stage: leave it out")
BY_NOBODY = Title(ru="перехода никто не делает: напишите кто", en="nobody may go this way: write who")


def transitions(document: Document) -> Iterator[Fault]:
    """Ways written twice, ways to where one is, ways for nobody, and the one that auto_close lacks."""
    seen: set[tuple[str, str]] = set()
    for path, way in terms(document, "transitions"):
        step = text(way, "from"), text(way, "to")
        if step in seen:
            ru, en = "переход {} → {} написан дважды: оставьте один", "{} to {} is written twice: keep one"
            yield Fault(path, Title(ru=ru.format(*step), en=en.format(*step)))
        if step[0] and step[0] == step[1]:
            yield Fault(path, TO_ITSELF)
        if way.get("by") == []:
            yield Fault((*path, "by"), BY_NOBODY)
        seen.add(step)
    yield from _auto_close(document)


def _auto_close(document: Document) -> Iterator[Fault]:
    rule, stages = document.get("auto_close"), texts(document, "stages.*.id")
    if not isinstance(rule, dict) or not isinstance(document.get("transitions"), list):
        return
    source, to = text(rule, "stage"), text(rule, "to")
    ways = [way for _, way in terms(document, "transitions") if (way.get("from"), way.get("to")) == (source, to)]
    if {source, to} <= set(stages) and not any(Actor.automatic in texts(way, "by.*") for way in ways):
        ru = f"добавьте переход {source} → {to}, который делает automatic (R1-16)"
        yield Fault(("auto_close",), Title(ru=ru, en=f"add a transition from {source} to {to} by automatic (R1-16)"))
