import httpx
import pytest
from pydantic import BaseModel, ValidationError
from servicekit.problems import Malformed

ANSWERS = [
    ("not-found", 404, "not-found"),
    ("conflict", 409, "conflict"),
    ("refused", 409, "refused"),
    ("unsupported-media", 415, "unsupported-media"),
    ("too-many", 429, "too-many"),
    ("unavailable", 503, "unavailable"),
    ("log-conflict", 409, "conflict"),
    ("log-unknown", 404, "not-found"),
    ("log-away", 503, "unavailable"),
    ("store-away", 503, "unavailable"),
    ("no-views-yet", 503, "unavailable"),
    ("other-views-yet", 503, "unavailable"),
    ("log-in-doubt", 503, "unavailable"),
    ("forgotten", 409, "conflict"),
    ("nul", 422, "malformed"),
    ("bug", 500, "internal"),
]


def problem(answer: httpx.Response) -> dict[str, object]:
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, object] = answer.json()
    assert body["status"] == answer.status_code
    assert body.keys() >= {"type", "title", "detail"}
    return body


@pytest.mark.parametrize(("name", "status", "slug"), ANSWERS)
async def test_every_error_is_a_problem(client: httpx.AsyncClient, name: str, status: int, slug: str) -> None:
    found = problem(await client.get(f"/errors/{name}"))

    assert found["status"] == status
    assert found["type"] == f"https://reglament.example/problems/{slug}"


@pytest.mark.parametrize(("name", "seconds"), [("too-many", "7"), ("unavailable", "3"), ("log-away", "9")])
async def test_a_caller_who_should_wait_is_told_how_long(client: httpx.AsyncClient, name: str, seconds: str) -> None:
    assert (await client.get(f"/errors/{name}")).headers["retry-after"] == seconds


async def test_a_refusal_carries_its_reason(client: httpx.AsyncClient) -> None:
    assert problem(await client.get("/errors/refused"))["reason"] == "annulled"


async def test_a_bug_shows_its_trace_and_nothing_of_itself(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await client.get("/errors/bug", headers={"traceparent": f"00-{'ab' * 16}-{'cd' * 8}-01"})

    assert problem(answer)["trace"] == "ab" * 16
    assert "secret" not in answer.text
    assert "RuntimeError" in caplog.text


async def test_faults_are_pointed_at(client: httpx.AsyncClient) -> None:
    sent = {"lines": [{"text": "a"}, {"text": 5}], "a/b~c": 1}

    found = problem(await client.post("/messages/1", json=sent))

    assert found["status"] == 422
    assert [(one["part"], one["pointer"]) for one in found["errors"]] == [
        ("body", "/subject"),
        ("body", "/lines/1/text"),
        ("body", "/a~1b~0c"),
    ]


async def test_a_fault_in_a_header_names_that_part(client: httpx.AsyncClient) -> None:
    found = problem(await client.get("/reads", headers={"Reglament-After": "-1"}))

    assert [(one["part"], one["pointer"]) for one in found["errors"]] == [("header", "/reglament-after")]


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"subject": "a"',
        b"\xff\xfe",
        b'{"subject": ' + b"9" * 5000 + b"}",
        b'{"subject": ' * 5000,
        b"[" * 100_000,
        b'{"subject": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
        b'{"subject": "\\ud800"}',
        b'{"subject": "a", "\\ud800": 1}',
        b"null",
        b"",
    ],
    ids=lambda body: repr(body[:20]),
)
async def test_a_hostile_body_is_malformed_and_no_more(client: httpx.AsyncClient, body: bytes) -> None:
    answer = await client.post("/messages/1", content=body, headers={"Content-Type": "application/json"})

    assert problem(answer)["status"] == 422


async def test_a_thousand_faults_do_not_make_a_long_answer(client: httpx.AsyncClient) -> None:
    found = problem(await client.post("/messages/1", json={"lines": [{}] * 1000}))

    assert len(found["errors"]) == 50


async def test_an_unknown_address_and_method_are_problems(client: httpx.AsyncClient) -> None:
    assert problem(await client.get("/nowhere"))["status"] == 404
    wrong = await client.delete("/now")
    assert problem(wrong)["status"] == 405
    assert wrong.headers["allow"] == "GET"


def test_a_door_that_validates_by_itself_points_as_well() -> None:
    class Rating(BaseModel):
        score: int

    with pytest.raises(ValidationError) as caught:
        Rating.model_validate_json('{"score": "high"}')

    assert [one["pointer"] for one in Malformed.body(caught.value).members["errors"]] == ["/score"]
