"""Whether what people are told addresses them with "Вы" (R0-10)."""

from collections.abc import Iterator

from regulation.document import Regulation
from regulation.familiar import familiar
from regulation.lint.finding import Finding, Severity
from regulation.term import Title


def familiar_texts(regulation: Regulation) -> Iterator[Finding]:
    """Texts that say "ты"."""
    for place, text in _texts(regulation):
        if words := familiar(text.ru):
            many = ", ".join(f"«{word}»" for word in dict.fromkeys(words))
            said = Title(
                ru=f"к людям обращаются на «Вы», а здесь: {many}", en=f"people are addressed with “Вы”, not {many}"
            )
            yield Finding(
                code="familiar-text", severity=Severity.warning, place=place, message=said, requirements=("R0-10",)
            )


def _texts(regulation: Regulation) -> Iterator[tuple[str, Title]]:
    yield from ((f"templates.{name}", text) for name, text in regulation.templates.items())
    if regulation.access.refusal:
        yield "access.refusal", regulation.access.refusal
    for key in ("stages", "metrics"):
        for each in getattr(regulation, key):
            if each.advice:
                yield f"{key}.{each.id}.advice", each.advice
