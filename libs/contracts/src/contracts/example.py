"""A first example of every event, made from its struct, for people to look at and approve as its sample."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from contracts.event import Event

WHEN = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
INSIDE = "0197f3c2-0000-7000-8000-000000000001"


def example(kind: type[Event]) -> Event:
    """One event of this type with every field filled, the same every time."""
    return kind(**{field.name: _value(field.name, msgspec.inspect.type_info(field.type)) for field in _fields(kind)})


def _fields(kind: type[msgspec.Struct]) -> tuple[msgspec.structs.FieldInfo, ...]:
    return msgspec.structs.fields(kind)


def _value(name: str, kind: msgspec.inspect.Type) -> Any:  # noqa: ANN401  # as many types as fields may have
    match kind:
        case msgspec.inspect.Metadata(type=inner):
            return _value(name, inner)
        case msgspec.inspect.StructType(cls=cls):
            return cls(**{each.name: _value(each.name, msgspec.inspect.type_info(each.type)) for each in _fields(cls)})
        case msgspec.inspect.VarTupleType(item_type=item):
            return (_value(name, item),)
        case msgspec.inspect.TupleType(item_types=items):
            return tuple(_value(name, item) for item in items)
        case msgspec.inspect.LiteralType(values=values):
            return values[0]
        case msgspec.inspect.UnionType(types=types):
            return _value(name, next(each for each in types if not isinstance(each, msgspec.inspect.NoneType)))
        case _:
            return _plain(name, kind)


def _plain(name: str, kind: msgspec.inspect.Type) -> Any:  # noqa: ANN401  # as many types as fields may have
    match kind:
        case msgspec.inspect.DateTimeType():
            return WHEN
        case msgspec.inspect.BoolType():
            return True
        case msgspec.inspect.IntType():
            return 3
        case msgspec.inspect.DictType(key_type=msgspec.inspect.LiteralType(values=values)):
            return {values[0]: 3}
        case msgspec.inspect.DictType(value_type=msgspec.inspect.IntType()):
            return {"k.orlova": 3}
        case msgspec.inspect.DictType():
            return {"name": "csn"}
        case _:
            return INSIDE if name in {"ticket", "message", "clock", "delivery", "survey"} else f"{name} пример"
