"""Whether every category has a plan at every priority (R1-19 to R1-28)."""

from collections.abc import Iterator

from regulation.checks.plain import Document, texts
from regulation.term import Title
from regulation.text import Fault, Path


def cells(document: Document) -> Iterator[Fault]:
    """The rows and cells that the plan table lacks."""
    table = document.get("plan_table")
    for category in texts(document, "categories.*.id") if isinstance(table, dict) else ():
        if isinstance(table, dict) and category not in table:
            yield _missing(("plan_table",), f"the category '{category}'", f"у категории «{category}»")
    for row, cells in table.items() if isinstance(table, dict) else ():
        missing = [each for each in texts(document, "priorities.*.id") if isinstance(cells, dict) and each not in cells]
        yield from (
            _missing(("plan_table", row), f"the priority '{each}'", f"у приоритета «{each}»") for each in missing
        )


def _missing(path: Path, en: str, ru: str) -> Fault:
    return Fault(path, Title(ru=f"{ru} нет плана: добавьте его", en=f"{en} has no plan: add it"))
