"""`python -m regulation.schema [ROOT]`: writes the JSON Schema for editors and the guide's tables of keys."""

import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from regulation.document import Regulation
from regulation.keys import KEYS, Key

Schema = dict[str, Any]
FILE = Path("regulations") / "regulation.schema.json"
GUIDE = Path("docs") / "guides" / "regulation.md"
BEGIN, END = "<!-- keys: made by python -m regulation.schema -->", "<!-- /keys -->"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
MERGED = ("Defaults", "AutoClose", "MissedCalls", "Reopening", "Csi")
"""Parts of which a document may hold a piece, the rest coming from a mix-in."""
NAMES: Schema = {"type": "array", "items": {"type": "string", "pattern": "^[a-z][a-z0-9_-]*$"}}


def schema() -> Schema:
    """The schema of a document as people write it: a regulation, or a mix-in, which lacks what others have."""
    made = msgspec.json.schema(Regulation)["$defs"]
    parts: Schema = {name: _part(name, part) for name, part in made.items()}
    whole = parts["Regulation"]
    include = KEYS["Regulation"]["include"]
    whole["properties"] |= {"include": _described(NAMES, *include), "mixin": NAMES["items"]}
    required = whole.pop("required")
    mixin = {"required": ["mixin"]}
    whole |= {"if": mixin, "else": {"anyOf": [{"required": required}, {"required": ["include"]}]}}
    for name in MERGED:
        parts[name].pop("required", None)
    return {"$schema": DIALECT, "title": "Regulation", "$ref": "#/$defs/Regulation", "$defs": parts}


def _part(name: str, part: Schema) -> Schema:
    """One part: keys with what they say, no others, patterns that every editor's language knows."""
    made: Schema = {key: _plain(value) for key, value in part.items()}
    made["description"] = " ".join(part.get("description", "").split())
    if "properties" not in part:
        return made
    described = {key: _described(value, *KEYS[name][key]) for key, value in made["properties"].items()}
    return {**made, "properties": described, "additionalProperties": False}


def _described(value: Schema, says: str, example: str) -> Schema:
    form = value.get("description")
    return {**value, "description": f"{says} E.g. `{example}`" + (f" ({form})" if form else "")}


def _plain(value: object) -> object:
    if isinstance(value, dict) and "prefixItems" in value:  # pairs are written otherwise in every dialect of editors
        value = {key: each for key, each in value.items() if key != "prefixItems"} | {"items": value["prefixItems"][0]}
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return re.sub(r"\(\?P<\w+>", "(?:", value) if isinstance(value, str) else value


def text() -> bytes:
    """The schema as it is stored."""
    return msgspec.json.format(msgspec.json.encode(schema()), indent=1) + b"\n"


def tables() -> str:
    """The guide's tables: every part with its keys."""
    parts = [_table(name, keys) for name, keys in KEYS.items() if name != "Title"]
    return "\n".join(parts)


def _table(name: str, keys: Mapping[str, Key]) -> str:
    rows = "\n".join(f"| `{key}` | {each.says} | `{each.example}` |" for key, each in keys.items())
    heading = "The document" if name == "Regulation" else re.sub(r"(?<!^)(?=[A-Z])", " ", name).capitalize()
    return f"### {heading}\n\n| key | says | example |\n|---|---|---|\n{rows}\n"


def with_tables(guide: str) -> str:
    """The guide with its tables as they are now."""
    before, rest = guide.split(BEGIN)
    return f"{before}{BEGIN}\n\n{tables()}\n{END}{rest.split(END)[1]}"


def main(root: Path) -> None:
    """Write both files."""
    (root / FILE).write_bytes(text())
    (root / GUIDE).write_text(with_tables((root / GUIDE).read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
