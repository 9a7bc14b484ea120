"""Csi behind its doors, on a real PostgreSQL and NATS."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from contracts.csi import LowRatingFlagged, RatingGiven

pytestmark = pytest.mark.asyncio(loop_scope="module")

Desk = Any  # the class lives in conftest.py


def survey_of(desk: Desk, path: str) -> str:
    return str(desk.app.state.links.survey(urlsplit(path).path.rpartition("/")[2]))


async def events(desk: Desk, path: str) -> list[object]:
    log = desk.logs["intake"]
    return [each.data for each in await log.opened(await log.read(f"survey-{survey_of(desk, path)}"))]


async def test_the_page_asks_in_the_requesters_language_and_shows_only_the_number(desk: Desk) -> None:
    russian, english = await desk.resolved(), await desk.resolved(language="en")

    page = (await desk.http.get(russian)).text
    assert 'lang="ru"' in page
    assert "Обращение T-1" in page
    assert page.count('type="radio"') == 5
    assert not any(word in page for word in ("сбой", "тайна", "example.com", "<script", "anna"))
    assert "How would you rate our work?" in (await desk.http.get(english)).text
    assert "How would you rate our work?" in (await desk.http.get(russian + "?lang=en")).text


async def test_the_page_is_closed_to_everything_from_elsewhere(desk: Desk) -> None:
    headers = (await desk.http.get(await desk.resolved())).headers

    assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert (headers["cache-control"], headers["referrer-policy"]) == ("no-store", "no-referrer")


async def test_a_rating_is_taken_once(desk: Desk) -> None:
    path = await desk.resolved()

    first, second = await desk.rate(path, 4, "хорошо"), await desk.rate(path, 1)

    assert (first.status_code, second.status_code) == (200, 409)
    assert "Спасибо за оценку!" in first.text
    assert "Вы уже оставили оценку" in second.text
    assert "Вы уже оставили оценку" in (await desk.http.get(path)).text
    given = [said for said in await events(desk, path) if isinstance(said, RatingGiven)]
    assert [(said.score, said.comment, said.agent) for said in given] == [(4, "хорошо", "anna")]


async def test_looking_changes_nothing(desk: Desk) -> None:
    path = await desk.resolved()

    for _ in range(3):
        await desk.http.get(path + "?score=5")

    assert len(await events(desk, path)) == 1
    assert 'value="5" required checked' in (await desk.http.get(path + "?score=5")).text


async def test_of_twenty_ratings_at_once_one_counts(desk: Desk) -> None:
    path = await desk.resolved()

    answers = await asyncio.gather(*(desk.rate(path, n % 5 + 1) for n in range(20)))

    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 19}
    assert sum(isinstance(said, RatingGiven) for said in await events(desk, path)) == 1


async def test_a_low_rating_is_flagged(desk: Desk) -> None:
    path = await desk.resolved()

    await desk.rate(path, 2)

    assert [said.score for said in await events(desk, path) if isinstance(said, LowRatingFlagged)] == [2]


async def test_a_form_without_a_score_comes_back_with_what_was_written(desk: Desk) -> None:
    path = await desk.resolved()

    for score in ("", "0", "6", "five", "1.5"):
        answer = await desk.rate(path, score, 'a "quote" <b>')
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text
        assert "a &#34;quote&#34; &lt;b&gt;</textarea>" in answer.text
    assert len(await events(desk, path)) == 1


async def test_a_comment_is_kept_as_the_text_it_is(desk: Desk) -> None:
    path = await desk.resolved()
    comment = "<script>alert(1)</script>\r\nвторая строка"

    await desk.rate(path, 5, comment)

    assert (await events(desk, path))[-1].comment == "<script>alert(1)</script>\nвторая строка"
    stored = (await desk.get(f"/surveys/{survey_of(desk, path)}")).json()
    assert (stored["score"], stored["comment"]) == (5, "<script>alert(1)</script>\nвторая строка")
    assert "alert(1)" not in (await desk.http.get(path)).text


async def test_a_comment_may_have_two_thousand_characters(desk: Desk) -> None:
    path = await desk.resolved()

    assert (await desk.rate(path, 5, "я" * 2001)).status_code == 422
    assert (await desk.rate(path, 5, "я" * 1999 + "\r\n" + "я")).status_code == 422
    assert (await desk.rate(path, 5, "я" * 1998 + "\r\n" + "я")).status_code == 200


async def test_whatever_is_no_link_of_ours_looks_the_same(desk: Desk) -> None:
    path = await desk.resolved()
    never_asked = urlsplit(desk.app.state.links.link("018f0000-0000-7000-8000-000000000001")).path

    wrong = [path[:-1] + ("0" if path[-1] != "0" else "1"), never_asked, "/rate/nonsense", "/rate/%00"]
    answers = [await desk.http.get(each) for each in wrong] + [await desk.rate(each, 5) for each in wrong]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert "Ссылка не работает" in answers[0].text


async def test_after_thirty_days_it_is_too_late(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    path = await desk.resolved()
    monkeypatch.setattr(desk.app.state, "clock", lambda: datetime.now(UTC) + timedelta(days=30, seconds=1))

    answers = [await desk.http.get(path), await desk.rate(path, 5)]

    assert [answer.status_code for answer in answers] == [410, 410]
    assert len(await events(desk, path)) == 1


@pytest.mark.parametrize(
    ("path", "allowed"), [("/report", {"lead", "analyst", "ops", "admin"}), ("/surveys/", {"lead", "admin"})]
)
async def test_only_those_who_oversee_see_ratings(desk: Desk, path: str, allowed: set[str]) -> None:
    if path == "/surveys/":
        path += survey_of(desk, await desk.resolved())

    assert {role for role in desk.keys if (await desk.get(path, role)).status_code == 200} == allowed
    assert (await desk.http.get(path)).status_code == 401


async def test_the_link_is_sealed_in_the_log(desk: Desk) -> None:
    path = await desk.resolved()
    (stored,) = await desk.logs["intake"].read(f"survey-{survey_of(desk, path)}")

    assert path.rpartition("/")[2] not in stored.data.link
    assert (await events(desk, path))[0].link.endswith(path)
