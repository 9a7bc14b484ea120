"""A text with its values in place, for one channel; the HTML says exactly what the plain text says."""

from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias

from msgspec import Struct

from notify.wording import english, russian
from notify.wording.page import Paragraph, page
from notify.wording.template import PLACEHOLDER, Wording

Language: TypeAlias = Literal["ru", "en"]
Channel: TypeAlias = Literal["mail", "telegram"]

TEXTS = {"ru": russian.RUSSIAN, "en": english.ENGLISH}
MARKERS = {"ru": russian.MARKER, "en": english.MARKER}
SIGNATURES = {"ru": russian.SIGNATURE, "en": english.SIGNATURE}


class Rendered(Struct, frozen=True):
    """A subject (in Telegram the heading), plain text, and for mail the same as HTML."""

    subject: str
    text: str
    html: str | None


class MissingValueError(LookupError):
    """A text lacks values; they are named in the message."""


def render(name: str, language: Language, channel: Channel, values: Mapping[str, str]) -> Rendered:
    """One text for one person; a paragraph whose value is "" is left out, an absent value is an error."""
    wording = TEXTS[language][name]
    if missing := sorted(wording.placeholders() - values.keys()):
        raise MissingValueError(f"{name} needs {', '.join(missing)}")
    subject = fill(wording.subject, values)
    if channel == "telegram":
        return Rendered(f"{values['number']} · {subject}", plain(paragraphs(wording.telegram, values)), None)
    said = (*opening(wording, language), *paragraphs(wording.mail, values), Paragraph(SIGNATURES[language]))
    return Rendered(subject, plain(said), page(said, language))


def opening(wording: Wording, language: Language) -> tuple[Paragraph, ...]:
    """The line above which people answer, where an answer is welcome."""
    return (Paragraph(MARKERS[language], "muted"),) if wording.answerable else ()


def paragraphs(template: str, values: Mapping[str, str]) -> tuple[Paragraph, ...]:
    """The paragraphs in which every value has something to say."""
    empty = {name for name, value in values.items() if not value.strip()}
    return tuple(paragraph(p, values) for p in template.split("\n\n") if not empty & names(p))


def paragraph(template: str, values: Mapping[str, str]) -> Paragraph:
    """One paragraph; `> ` before it says that it is what a person wrote."""
    text = fill(template.removeprefix("> "), values)
    return Paragraph(text, "quote" if template.startswith("> ") else "plain")


def plain(said: Iterable[Paragraph]) -> str:
    """The paragraphs as plain text."""
    return "\n\n".join(paragraph.text for paragraph in said)


def names(paragraph: str) -> set[str]:
    """The values that a paragraph speaks of."""
    return {braced or bare for braced, bare in PLACEHOLDER.findall(paragraph)}


def fill(template: str, values: Mapping[str, str]) -> str:
    """Every placeholder replaced, once: a `$` inside a value stays what it is."""
    return PLACEHOLDER.sub(lambda found: values[found[1] or found[2]].strip(), template)
