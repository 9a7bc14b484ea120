"""A text with its values in place, for one channel; the HTML says exactly what the plain text says."""

import re
from collections.abc import Iterable, Mapping, Set
from typing import Literal, TypeAlias

from msgspec import Struct

from notify.wording import english, russian
from notify.wording.page import Paragraph, page
from notify.wording.template import PLACEHOLDER, Wording, names

Language: TypeAlias = Literal["ru", "en"]
Channel: TypeAlias = Literal["mail", "telegram"]

TEXTS = {"ru": russian.RUSSIAN, "en": english.ENGLISH}
MARKERS = {"ru": russian.MARKER, "en": english.MARKER}
SIGNATURES = {"ru": russian.SIGNATURE, "en": english.SIGNATURE}
SENTENCE_END = re.compile(r"(?<=[.!?]) +")
ESSENTIAL = {
    "agent_replied": "text",
    "information_requested": "text",
    "ticket_resolved": "text",
    "rating_requested": "rating_url",
    "write_to_bot": "bot",
}
"""Without which a message would not say what it is sent for."""


class Rendered(Struct, frozen=True):
    """A subject (in Telegram the heading), plain text, and for mail the same as HTML."""

    subject: str
    text: str
    html: str | None


class MissingValueError(LookupError):
    """A text lacks values; they are named in the message."""


def render(name: str, language: Language, channel: Channel, values: Mapping[str, str], own: str = "") -> Rendered:
    """One text for one person, its body in a regulation's `own` words where it has some.

    A sentence or line whose value is "" is left out; a value that is absent raises MissingValueError.
    """
    wording = TEXTS[language][name]
    check(name, wording, own, values)
    built_in = wording.telegram if channel == "telegram" else wording.mail
    body = paragraphs(own, values) or paragraphs(built_in, values)
    subject = fill(wording.subject, values)
    if channel == "telegram":
        return Rendered(" · ".join(filter(None, (values["number"], subject))), plain(body), None)
    said = (*opening(wording, language), *body, Paragraph(SIGNATURES[language]))
    return Rendered(subject, plain(said), page(said, language))


def check(name: str, wording: Wording, own: str, values: Mapping[str, str]) -> None:
    """Raise MissingValueError for a text that says what nobody knows, or leaves out what it is sent for."""
    if missing := sorted((wording.placeholders() | names(own)) - values.keys()):
        raise MissingValueError(f"{name} needs {', '.join(missing)}")
    essential = ESSENTIAL.get(name, "")
    if own and essential and essential not in names(own):
        raise MissingValueError(f"{name} has to say ${essential}")


def opening(wording: Wording, language: Language) -> tuple[Paragraph, ...]:
    """The line above which people answer, where an answer is welcome."""
    return (Paragraph(MARKERS[language], "muted"),) if wording.answerable else ()


def paragraphs(template: str, values: Mapping[str, str]) -> tuple[Paragraph, ...]:
    """The paragraphs, without what has nothing to say."""
    empty = {name for name, value in values.items() if not value.strip()}
    told = (telling(part.strip("\n"), empty) for part in template.split("\n\n"))
    return tuple(paragraph(each, values) for each in told if each.strip())


def telling(paragraph: str, empty: Set[str]) -> str:
    """The lines and sentences of a paragraph in which every value has something to say."""
    if not empty & names(paragraph):
        return paragraph
    lines = (SENTENCE_END.split(line) for line in paragraph.split("\n"))
    kept = (" ".join(each for each in line if not empty & names(each)) for line in lines)
    return "\n".join(line for line in kept if line)


def paragraph(template: str, values: Mapping[str, str]) -> Paragraph:
    """One paragraph; `> ` before it says that it is what a person wrote."""
    text = fill(template.removeprefix("> "), values)
    return Paragraph(text, "quote" if template.startswith("> ") else "plain")


def plain(said: Iterable[Paragraph]) -> str:
    """The paragraphs as plain text."""
    return "\n\n".join(paragraph.text for paragraph in said)


def fill(template: str, values: Mapping[str, str]) -> str:
    """Every placeholder replaced, once: a `$` inside a value stays what it is."""
    return PLACEHOLDER.sub(lambda found: values[found[1] or found[2]].strip(), template)
