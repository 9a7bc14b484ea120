"""Whether plain values have the shape of a document, said at each value that has not."""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from types import NoneType, UnionType
from typing import Annotated, Literal, Union, get_args, get_origin

import msgspec

from regulation.text import Fault, Path

ADVICE = ((date, "write a date like 2026-01-31"), (str, "write text"), (bool, "write true or false"))

Child = tuple[str | int, object, object]
"""A step, the value there and its type."""


def faults(value: object, kind: object, path: Path = ()) -> Iterator[Fault]:
    """Everything wrong in `value` seen as a `kind`, the innermost places only."""
    kind = _required(kind, value)
    inside = [fault for step, child, of in _children(value, kind) for fault in faults(child, of, (*path, step))]
    inside += [Fault((*path, *fault.path), fault.message) for fault in _keys(value, kind)]
    yield from inside or _own(value, kind, path)


def _own(value: object, kind: object, path: Path) -> Iterator[Fault]:
    try:
        msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError as error:
        # a mapping whose parts are right says itself what is wrong with the whole
        advice = None if isinstance(value, dict) else _advice(kind)
        yield Fault(path, advice or str(error).split(" - at ")[0])


def _keys(value: object, kind: object) -> Iterator[Fault]:
    fields = _fields(kind)
    if not fields or not isinstance(value, dict):
        return
    names = [field.encode_name for field in fields]
    for key in value.keys() - set(names):
        yield Fault((key,), f"is not known here: write one of {', '.join(names)}")
    for field in fields:
        if field.required and field.encode_name not in value:
            yield Fault((), f"{field.encode_name} is missing: add it")


def _children(value: object, kind: object) -> list[Child]:
    if isinstance(value, list):
        return _items(value, kind)
    if not isinstance(value, dict):
        return []
    if get_origin(kind) is dict:
        keyed, valued = get_args(kind)
        keys: list[Child] = [(key, key, keyed) for key in value]
        return keys + [(key, child, valued) for key, child in value.items()]
    known = {field.encode_name: field.type for field in _fields(kind)}
    return [(key, child, known[key]) for key, child in value.items() if key in known]


def _items(value: list[object], kind: object) -> list[Child]:
    if get_origin(kind) not in (tuple, frozenset):
        return []
    of = get_args(kind)
    if get_origin(kind) is tuple and of[-1] is not Ellipsis and len(of) != len(value):
        return []
    types = of if len(of) == len(value) and of[-1] is not Ellipsis else of[:1] * len(value)
    return [(index, child, types[index]) for index, child in enumerate(value)]


def _fields(kind: object) -> tuple[msgspec.structs.FieldInfo, ...]:
    return msgspec.structs.fields(kind) if isinstance(kind, type) and issubclass(kind, msgspec.Struct) else ()


def _required(kind: object, value: object) -> object:
    """An optional type without its None, unless None is what is there."""
    if get_origin(kind) not in (Union, UnionType) or value is None:
        return kind
    return next(of for of in get_args(kind) if of is not NoneType)


def _advice(kind: object) -> str | None:
    """What to write where such a value is expected; None leaves it to msgspec."""
    if get_origin(kind) is Annotated:
        return _described(kind)
    if get_origin(kind) is Literal:
        return f"write one of {', '.join(get_args(kind))}"
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return f"write one of {', '.join(kind)}"
    if fields := _fields(kind):
        return f"write keys and values: {', '.join(field.encode_name for field in fields)}"
    return next((advice for of, advice in ADVICE if of is kind), None)


def _described(kind: object) -> str | None:
    metas = [meta for meta in get_args(kind)[1:] if isinstance(meta, msgspec.Meta)]
    return next((f"write {meta.description}" for meta in metas if meta.description), None)
