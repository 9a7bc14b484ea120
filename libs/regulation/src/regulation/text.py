"""YAML text as plain values whose lines are known."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple, NoReturn

import yaml

Path = tuple[str | int, ...]
Plain = str | None | list["Plain"] | dict[str, "Plain"]
DEEPEST = 30
NULLS = ("", "~", "null")


class Fault(NamedTuple):
    """What is wrong where, and what to write instead."""

    path: Path
    message: str


class Text(NamedTuple):
    """A document's values, scalars left as text, and the line of each."""

    value: Plain
    lines: Mapping[Path, int]
    faults: tuple[Fault, ...]

    def line(self, path: Path) -> int:
        """The line of a path, or of the nearest thing that holds it."""
        while path not in self.lines and path:
            path = path[:-1]
        return self.lines.get(path, 1)


class _Loader(yaml.BaseLoader):
    """YAML without aliases and depths, which could make a small document huge or endless."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            self._refuse("write the value out instead of an alias")
        if self.depth == DEEPEST:
            self._refuse(f"no more than {DEEPEST} levels: write it flatter")
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def _refuse(self, problem: str) -> NoReturn:
        raise yaml.MarkedYAMLError(problem=problem, problem_mark=self.get_mark())


def parse(source: bytes | str) -> Text:
    """The document; yaml.YAMLError when it is not YAML."""
    reading = _Reading()
    root = yaml.compose(source, Loader=_Loader)
    value = None if root is None else reading.value(root, ())
    return Text(value, reading.lines, tuple(reading.faults))


class _Reading:
    def __init__(self) -> None:
        self.lines: dict[Path, int] = {}
        self.faults: list[Fault] = []

    def value(self, node: yaml.Node, path: Path) -> Plain:
        self.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return {key: self.value(child, (*path, key)) for key, child in self._entries(node, path)}
        if isinstance(node, yaml.SequenceNode):
            return [self.value(child, (*path, index)) for index, child in enumerate(node.value)]
        plain = isinstance(node, yaml.ScalarNode) and node.style is None
        return None if plain and node.value in NULLS else str(node.value)

    def _entries(self, mapping: yaml.MappingNode, path: Path) -> Iterator[tuple[str, yaml.Node]]:
        for key, child in mapping.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else "?"
            if (*path, name) in self.lines:
                self.faults.append(Fault((*path, name), "is written twice: keep one"))
            self.lines[*path, name] = key.start_mark.line + 1
            yield name, child
