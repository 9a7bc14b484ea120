"""The published JSON Schema and the guide say what the types say."""

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import jsonschema
import msgspec
import pytest
import yaml
from regulation import schema
from regulation.document import Regulation
from regulation.keys import KEYS
from regulation.load import load
from regulation.shape import RUSSIAN

ROOT = Path(__file__).parents[3]
FILES = sorted((ROOT / "regulations").glob("*.yaml"))
COMPILED = jsonschema.Draft202012Validator(msgspec.json.decode((ROOT / schema.FILE).read_bytes()))


class Editor(yaml.SafeLoader):
    """YAML as editors read it: a date is text."""

    yaml_implicit_resolvers: ClassVar = {
        first: [each for each in resolvers if "timestamp" not in each[0]]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def in_editor(text: str) -> object:
    return yaml.load(text, Loader=Editor)  # noqa: S506 a safe loader without dates


def test_the_schema_in_the_repository_is_made_from_the_types() -> None:
    assert (ROOT / schema.FILE).read_bytes() == schema.text(), "run python -m regulation.schema"


def test_the_guide_tells_every_key() -> None:
    guide = (ROOT / schema.GUIDE).read_text(encoding="utf-8")

    assert guide == schema.with_tables(guide), "run python -m regulation.schema"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_the_shipped_files_fit_the_schema(file: Path) -> None:
    COMPILED.validate(in_editor(file.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("kind: email", "kind: fax"), ("csi:", "cси:"), ("level1: 30 мин", "level1: 30 попугаев"), ("name: csn", "")],
)
def test_what_is_wrong_does_not_fit(csn_text: str, right: str, wrong: str) -> None:
    assert not COMPILED.is_valid(in_editor(csn_text.replace(right, wrong, 1)))


def test_every_key_that_is_told_exists() -> None:
    parts = schema.schema()["$defs"]

    assert {name: set(keys) - {"include"} for name, keys in KEYS.items()} == {
        name: set(part["properties"]) - {"include", "mixin"} for name, part in parts.items() if "properties" in part
    }


def test_every_form_is_told_in_russian_too() -> None:
    assert set(descriptions(msgspec.json.schema(Regulation)["$defs"])) == set(RUSSIAN)


def descriptions(schema: object) -> Iterator[str]:
    """Those of values, which say how to write them; parts and enumerations have titles."""
    if isinstance(schema, dict):
        if "description" in schema and "title" not in schema:
            yield schema["description"]
        for each in schema.values():
            yield from descriptions(each)
    for each in schema if isinstance(schema, list) else ():
        yield from descriptions(each)


def test_the_guides_example_is_right() -> None:
    guide = (ROOT / schema.GUIDE).read_text(encoding="utf-8")
    example = guide.split("## A small one\n\n```yaml\n")[1].split("```")[0]

    assert load(example).name == "shop"
    COMPILED.validate(in_editor(example))
