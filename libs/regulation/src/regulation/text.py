"""YAML text as plain values whose lines are known."""

from collections.abc import Iterator, Mapping
from sys import intern
from typing import NamedTuple

import msgspec
import yaml

from regulation.term import Title

Path = tuple[str | int, ...]
Plain = str | None | list["Plain"] | dict[str, "Plain"]
DEEPEST = 30
NULLS = ("", "~", "null")
TWICE = Title(ru="написано дважды: оставьте одно", en="is written twice: keep one")
ALIAS = Title(ru="напишите само значение вместо ссылки на него", en="write the value out instead of an alias")
FLATTER = Title(
    ru=f"не больше {DEEPEST} уровней вложения: напишите проще", en=f"no more than {DEEPEST} levels: write it flatter"
)

# the parser written in C is twenty times as fast; without it the one in Python says the same
_Loader: type[yaml.BaseLoader] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class TooMuchError(ValueError):
    """YAML that could make a small document huge or endless."""

    def __init__(self, message: Title, line: int) -> None:
        self.message = message
        self.line = line
        super().__init__(message.en)


class Fault(NamedTuple):
    """What is wrong where, and what to write instead."""

    path: Path
    message: Title


class Line(msgspec.Struct, frozen=True, order=True):
    """A line of a document, or of one of its mix-ins when `part` names it."""

    part: str
    number: int


class Text(NamedTuple):
    """A document's values, scalars left as text, and the line of each."""

    value: Plain
    lines: Mapping[Path, Line]
    faults: tuple[Fault, ...]

    def line(self, path: Path) -> Line:
        """The line of a path, or of the nearest thing that holds it."""
        while path not in self.lines and path:
            path = path[:-1]
        return self.lines.get(path, Line("", 1))


def parse(source: bytes | str, part: str = "") -> Text:
    """The document; yaml.YAMLError when it is not YAML, TooMuchError when it could grow huge."""
    _check_size(source)
    reading = _Reading(part)
    root = yaml.compose(source, Loader=_Loader)
    value = None if root is None else reading.value(root, ())
    return Text(value, reading.lines, tuple(reading.faults))


def _check_size(source: bytes | str) -> None:
    depth = 0
    for event in yaml.parse(source, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent):
            raise TooMuchError(ALIAS, _line(event))
        if depth > DEEPEST:
            raise TooMuchError(FLATTER, _line(event))


def _line(at: yaml.Event | yaml.Node) -> int:
    return at.start_mark.line + 1 if at.start_mark else 1


class _Reading:
    def __init__(self, part: str) -> None:
        self.part = part
        self.lines: dict[Path, Line] = {}
        self.faults: list[Fault] = []

    def value(self, node: yaml.Node, path: Path) -> Plain:
        self.lines.setdefault(path, Line(self.part, _line(node)))
        if isinstance(node, yaml.MappingNode):
            return {key: self.value(child, (*path, key)) for key, child in self._entries(node, path)}
        if isinstance(node, yaml.SequenceNode):
            return [self.value(child, (*path, index)) for index, child in enumerate(node.value)]
        plain = isinstance(node, yaml.ScalarNode) and node.style in (None, "")
        # msgspec leaves out a default that is the very object, so that equal documents are equal bytes
        return None if plain and node.value in NULLS else intern(str(node.value))

    def _entries(self, mapping: yaml.MappingNode, path: Path) -> Iterator[tuple[str, yaml.Node]]:
        for key, child in mapping.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else "?"
            if (*path, name) in self.lines:
                self.faults.append(Fault((*path, name), TWICE))
            self.lines[*path, name] = Line(self.part, _line(key))
            yield name, child
