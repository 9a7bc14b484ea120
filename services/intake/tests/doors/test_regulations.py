"""Publishing regulations, and reading what is, was and will be in force."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import httpx
import msgspec
import pytest
from regulation.channel import Channel
from regulation.document import Regulation
from regulation.term import Title

pytestmark = pytest.mark.asyncio(loop_scope="module")
TODAY = datetime.now(UTC).date()
NORTH_CHANNEL = "north-api"


async def publish(desk: SimpleNamespace, text: bytes, role: str = "admin") -> httpx.Response:
    answer: httpx.Response = await desk.client.post("/regulations", content=text, headers=desk.bearer[role])
    if answer.is_success:
        await desk.listed("", answer.headers["reglament-position"])
    return answer


def edited(csn: Regulation, **parts: object) -> bytes:
    return msgspec.structs.replace(csn, **parts).to_json()


def north(csn: Regulation, *channels: str, version: str = "1") -> bytes:
    """A regulation of its own with these channels."""
    return edited(csn, name="north", version=version, channels=tuple(channel(csn, each) for each in channels))


def channel(csn: Regulation, name: str) -> Channel:
    """A way in of another id and title."""
    return msgspec.structs.replace(csn.channels[-1], id=name, title=Title(ru=name, en=name))


async def opened_by(desk: SimpleNamespace, **fields: object) -> str:
    """The version by which a fresh ticket goes."""
    answer = await desk.send(**fields)
    return str((await desk.get(f"/tickets/{answer.json()['ticket']}")).json()["regulation"])


async def test_a_version_to_come_waits_for_its_day(desk: SimpleNamespace, csn: Regulation) -> None:
    """R0-38."""
    answer = await publish(desk, edited(csn, version="next", effective_from=TODAY + timedelta(days=2)))
    listed = {each["name"]: each for each in (await desk.get("/regulations", "ops")).json()}["csn"]
    assert (answer.status_code, listed["in_force"]["version"]) == (200, "1")
    assert "next" in [each["version"] for each in listed["next"]]
    assert (await desk.get("/regulations/csn", "ops")).json()["version"] == "1"
    assert await opened_by(desk) == "csn@1"


async def test_a_version_of_today_takes_new_tickets_and_leaves_old_ones(desk: SimpleNamespace, csn: Regulation) -> None:
    """R1-35, D2."""
    old = await desk.opened()
    answers = [await publish(desk, edited(csn, version="2", effective_from=TODAY)) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert await opened_by(desk) == "csn@2"
    assert (await desk.get(f"/tickets/{old}")).json()["regulation"] == "csn@1"
    assert (await desk.get("/regulations/csn")).json()["document"]["version"] == "2"
    assert (await desk.get("/regulations/csn?version=1")).json()["document"] == msgspec.json.decode(csn.to_json())
    assert (await desk.get("/regulations/csn/versions/1")).json()["number"] == 1


async def test_all_versions_are_listed_as_they_come_into_force(desk: SimpleNamespace, csn: Regulation) -> None:
    await publish(desk, edited(csn, version="last", effective_from=TODAY + timedelta(days=9)))
    await publish(desk, edited(csn, version="before", effective_from=TODAY + timedelta(days=8)))
    versions = [each["version"] for each in (await desk.get("/regulations/csn/versions")).json()]
    assert (versions[0], versions[-2:]) == ("1", ["before", "last"])


async def test_another_text_under_a_published_version_is_refused(desk: SimpleNamespace, csn: Regulation) -> None:
    before = (await desk.get("/regulations/csn/versions")).json()
    answer = await publish(desk, edited(csn, warnings=(10,)))
    assert (answer.status_code, answer.json()["reason"]) == (409, "version-taken")
    assert "give this text a new version" in answer.json()["detail"]
    assert (await desk.get("/regulations/csn/versions")).json() == before


async def test_regulations_stand_side_by_side_each_with_its_channels(desk: SimpleNamespace, csn: Regulation) -> None:
    """X-01."""
    taken = await publish(desk, north(csn, NORTH_CHANNEL, "cabinet"))
    assert (taken.status_code, taken.json().get("reason")) == (409, "channel-taken"), taken.text
    assert "'cabinet' belongs to csn@" in taken.json()["detail"]
    assert (await desk.get("/regulations/north")).status_code == 404
    assert (await publish(desk, north(csn, NORTH_CHANNEL))).status_code == 200
    assert await opened_by(desk, channel=NORTH_CHANNEL) == "north@1"
    assert (await opened_by(desk)).startswith("csn@")
    stolen = await publish(desk, edited(csn, version="greedy", channels=(*csn.channels, channel(csn, NORTH_CHANNEL))))
    assert stolen.status_code == 409


async def test_a_regulation_that_is_none_yet_says_from_when(desk: SimpleNamespace, csn: Regulation) -> None:
    south = (channel(csn, "south-api"),)
    await publish(desk, edited(csn, name="south", channels=south, effective_from=TODAY + timedelta(days=3)))
    answer = await desk.get("/regulations/south")
    assert (answer.status_code, "south@1 will be the first in force" in answer.json()["detail"]) == (404, True)
    assert (await desk.send(channel="south-api")).status_code == 404


@pytest.mark.parametrize(
    "path", ["none", "none/versions", "csn/versions/0", "%00", "csn?version=0", "csn/versions/%00"]
)
async def test_what_was_never_published_is_not_found(desk: SimpleNamespace, path: str) -> None:
    assert (await desk.get(f"/regulations/{path}")).status_code == 404


async def test_a_mixin_of_the_installation_is_included(
    desk: SimpleNamespace, settings: SimpleNamespace, csn: Regulation
) -> None:
    shared = "mixin: shared\nexclusions: [{id: toner, title: {ru: Картридж, en: Toner}}]\n"
    (settings.regulations / "shared.yaml").write_text(shared)
    west = (channel(csn, "west-api"),)
    document = msgspec.json.decode(edited(csn, name="west", channels=west)) | {"include": ["shared"]}
    answer = await publish(desk, msgspec.json.encode(document))
    published = (await desk.get("/regulations/west")).json()["document"]
    assert (answer.status_code, [each["id"] for each in published["exclusions"]]) == (200, ["toner"])


async def test_a_faulty_regulation_is_answered_with_its_lines(desk: SimpleNamespace) -> None:
    faulty = b"name: csn\nversion: [1\n"
    answer = await publish(desk, faulty)
    assert (answer.status_code, "line" in answer.json()["errors"][0]["detail"]) == (422, True)
    assert (await publish(desk, b"", "lead")).status_code == 403


async def test_twenty_mistakes_are_named_and_nothing_is_published(desk: SimpleNamespace, csn: Regulation) -> None:
    before = (await desk.get("/regulations")).json()
    document = msgspec.json.decode(edited(csn, version="wrong"))
    for category in document["categories"]:
        category["ticket_type"] = "no such"
    for plan in document["plans"]:
        plan["calendar"], plan["targets"]["level1"] = "no such", "soon"
    answer = await publish(desk, msgspec.json.encode(document))
    assert (answer.status_code, len(answer.json()["errors"])) == (422, 20)
    assert (await desk.get("/regulations")).json() == before
