"""Whether plain values have the shape of a document, said at each value that has not."""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Literal, Union, get_args, get_origin

import msgspec

from regulation.term import Title
from regulation.text import Fault, Path
from regulation.wording import missing_key, unknown_key, write_one_of

ADVICE = (
    (date, Title(ru="напишите дату вида 2026-01-31", en="write a date like 2026-01-31")),
    (str, Title(ru="напишите текст", en="write text")),
    (bool, Title(ru="напишите true или false", en="write true or false")),
    (int, Title(ru="напишите целое число", en="write a whole number")),
)
LENGTH = 'целое число и мин, час или день, например "30 мин"'
RUSSIAN = {
    "an id of lower case Latin letters, digits, - and _": "имя из строчных латинских букв, цифр, - и _",
    'a whole number and мин, час or день, e.g. "30 мин"': LENGTH,
    'a whole number and мин, час or день, e.g. "30 мин", or "not supplied"': f'{LENGTH}, или "not supplied"',
    'a time like "09:00" or "24:00"': 'время вида "09:00" или "24:00"',
    "a percentage from 1 to 99": "процент от 1 до 99",
    "when it is open, at most 12 windows": "часы работы, не больше 12 промежутков",
}
"""What the types' descriptions say, in Russian."""

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
        reason = str(error).split(" - at ")[0]
        yield Fault(path, advice or Title(ru=reason, en=reason))


def _keys(value: object, kind: object) -> Iterator[Fault]:
    fields = _fields(kind)
    if not fields or not isinstance(value, dict):
        return
    names = [field.encode_name for field in fields]
    for key in value.keys() - set(names):
        yield Fault((key,), unknown_key(key, names))
    for field in fields:
        if field.required and field.encode_name not in value:
            yield Fault((), missing_key(field.encode_name))


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
    if get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    if get_origin(kind) not in (tuple, frozenset):
        return []
    of = get_args(kind)
    if get_origin(kind) is tuple and of[-1] is not Ellipsis and len(of) != len(value):
        return []
    types = of if len(of) == len(value) and of[-1] is not Ellipsis else of[:1] * len(value)
    return [(index, child, types[index]) for index, child in enumerate(value)]


def _fields(kind: object) -> tuple[msgspec.structs.FieldInfo, ...]:
    return _fields_of(kind) if isinstance(kind, type) and issubclass(kind, msgspec.Struct) else ()


@cache
def _fields_of(kind: type[msgspec.Struct]) -> tuple[msgspec.structs.FieldInfo, ...]:
    return msgspec.structs.fields(kind)


def _required(kind: object, value: object) -> object:
    """An optional type without its None, unless None is what is there."""
    if get_origin(kind) not in (Union, UnionType) or value is None:
        return kind
    return next(of for of in get_args(kind) if of is not NoneType)


def _advice(kind: object) -> Title | None:
    """What to write where such a value is expected; None leaves it to msgspec."""
    if get_origin(kind) is Annotated:
        return _described(kind)
    if get_origin(kind) is Literal:
        return write_one_of([each for each in get_args(kind) if each])
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return write_one_of(list(kind))
    if fields := _fields(kind):
        names = ", ".join(field.encode_name for field in fields)
        return Title(ru=f"напишите ключи со значениями: {names}", en=f"write keys and values: {names}")
    if get_origin(kind) in (tuple, frozenset):
        return Title(ru="напишите список в квадратных скобках", en="write a list in square brackets")
    return next((advice for of, advice in ADVICE if of is kind), None)


def _described(kind: object) -> Title | None:
    metas = [meta for meta in get_args(kind)[1:] if isinstance(meta, msgspec.Meta)]
    text = next((meta.description for meta in metas if meta.description), None)
    return Title(ru=f"напишите {RUSSIAN.get(text, text)}", en=f"write {text}") if text else None
