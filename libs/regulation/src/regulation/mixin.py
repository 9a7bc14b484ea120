"""Documents put together: `include: [missed-calls]` adds the parts of `missed-calls.yaml` that are not written here."""

from collections.abc import Callable, Mapping

from regulation.term import Title
from regulation.text import Fault, Line, Path, Plain, Text
from regulation.wording import not_a_list_of_names, not_beside, not_this_mixin

OWN = frozenset({"mixin", "include"})
"""Keys that say how documents are put together and are no part of the result."""

Read = Callable[[str], Text | None]
"""The text of a mix-in by its name, None when there is none."""


def is_mixin(text: Text) -> bool:
    """Whether a document is made only to be included by others."""
    return isinstance(text.value, dict) and "mixin" in text.value


def merged(text: Text, read: Read) -> Text:
    """The document with all that it includes; what cannot be included is among its faults."""
    if not isinstance(text.value, dict) or "include" not in text.value:
        return text
    included = text.value["include"]
    whole = _Merging(text)
    if not isinstance(included, list):
        whole.faults.append(Fault(("include",), not_a_list_of_names()))
        return whole.text()
    for index, name in enumerate(included):
        whole.include(name if isinstance(name, str) else "", ("include", index), read)
    return whole.text()


class _Merging:
    def __init__(self, text: Text) -> None:
        assert isinstance(text.value, dict)
        self.value: dict[str, Plain] = {key: value for key, value in text.value.items() if key not in OWN}
        self.lines: dict[Path, Line] = dict(text.lines)
        self.faults = list(text.faults)

    def text(self) -> Text:
        return Text(self.value, self.lines, tuple(self.faults))

    def include(self, name: str, path: Path, read: Read) -> None:
        part = read(name)
        problem = _problem(name, part)
        if part is None or problem is not None or not isinstance(part.value, dict):
            self.faults.append(Fault(path, problem or not_beside(name)))
            return
        self.faults += part.faults
        for key in part.value.keys() - OWN:
            self._add(key, part.value[key], part.lines)

    def _add(self, key: str, value: Plain, lines: Mapping[Path, Line]) -> None:
        """What the document has itself stays; lists go on with what it has not, mappings likewise, one level deep."""
        own = self.value.get(key)
        if own is None:
            self._take((key,), (key,), lines)
            self.value[key] = value
        elif isinstance(own, list) and isinstance(value, list):
            self.value[key] = self._longer(key, own, value, lines)
        elif isinstance(own, dict) and isinstance(value, dict):
            for name in value.keys() - own.keys():
                self._take((key, name), (key, name), lines)
            self.value[key] = {**value, **own}

    def _longer(self, key: str, own: list[Plain], added: list[Plain], lines: Mapping[Path, Line]) -> list[Plain]:
        longer, known = list(own), [_identity(each) for each in own]
        for index, each in enumerate(added):
            if _identity(each) not in known:
                self._take((key, len(longer)), (key, index), lines)
                longer.append(each)
        return longer

    def _take(self, to: Path, source: Path, lines: Mapping[Path, Line]) -> None:
        """The lines of everything at and below a place of the mix-in."""
        for path, line in lines.items():
            if path[: len(source)] == source:
                self.lines[*to, *path[len(source) :]] = line


def _identity(value: Plain) -> Plain:
    return value["id"] if isinstance(value, dict) and "id" in value else value


def _problem(name: str, part: Text | None) -> Title | None:
    if part is None or not isinstance(part.value, dict):
        return not_beside(name)
    return None if part.value.get("mixin") == name else not_this_mixin(name)
