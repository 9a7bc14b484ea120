"""Looking into a document that may be misshapen: what has not the expected shape is passed over."""

from collections.abc import Iterator

from regulation.text import Path, Plain

Document = dict[str, Plain]
Found = tuple[Path, str]
"""Where a text stands, and the text."""


def walk(value: Plain, pattern: str, path: Path = ()) -> Iterator[Found]:
    """Texts at `plans.*.calendar`: `*` is every item or value, `@` every key of a mapping."""
    step, _, rest = pattern.partition(".")
    if step == "@" and isinstance(value, dict):
        yield from (((*path, key), key) for key in value)
        return
    for key, child in _children(value, step):
        if rest:
            yield from walk(child, rest, (*path, key))
        elif isinstance(child, str):
            yield (*path, key), child


def _children(value: Plain, step: str) -> list[tuple[str | int, Plain]]:
    if isinstance(value, list):
        return list(enumerate(value)) if step == "*" else []
    if not isinstance(value, dict):
        return []
    return list(value.items()) if step == "*" else [(step, value[step])] if step in value else []


def terms(document: Document, key: str) -> Iterator[tuple[Path, Document]]:
    """The mappings listed under a key, with their places."""
    listed = document.get(key)
    for index, each in enumerate(listed if isinstance(listed, list) else []):
        if isinstance(each, dict):
            yield (key, index), each


def texts(document: Plain, *patterns: str) -> list[str]:
    """The texts at some patterns, in order of the document."""
    return [text for pattern in patterns for _, text in walk(document, pattern)]


def text(value: Document, key: str, otherwise: str = "") -> str:
    """The text under a key."""
    found = value.get(key)
    return found if isinstance(found, str) else otherwise
