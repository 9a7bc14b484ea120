import subprocess
import sys
from datetime import timedelta
from types import SimpleNamespace

import httpx
import pytest
from pydantic import BaseModel
from servicekit.text import Text


async def test_the_doors_are_described_with_their_key(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()

    assert document["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    assert document["paths"]["/guarded/me"]["get"]["security"] == [{"key": []}]
    assert (await client.get("/docs")).status_code == 200


async def test_doors_read_the_applications_clock(client: httpx.AsyncClient, world: SimpleNamespace) -> None:
    world.moment += timedelta(days=1)

    assert (await client.get("/now")).json() == "2026-03-03T12:00:00Z"


def test_serving_nothing_known_says_how_to_serve() -> None:
    asked = subprocess.run(
        [sys.executable, "-m", "servicekit.serve", "nobody_at_all"], capture_output=True, text=True, check=False
    )

    assert asked.returncode == 2
    assert "usage" in asked.stderr


class Note(BaseModel):
    text: Text


@pytest.mark.parametrize(("sent", "kept"), [("a\x00b", "ab"), ("\ud800Да", "Да"), ("😀", "😀")])
def test_text_is_kept_without_what_cannot_be_stored(sent: str, kept: str) -> None:
    assert Note(text=sent).text == kept
