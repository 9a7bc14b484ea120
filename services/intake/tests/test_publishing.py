"""What an installation's own files publish at start."""

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from eventlog.feed import Feed
from eventlog.postgres import PostgresLog
from intake.publishing import mixins, publish_all, published
from intake.reactor import IntakeReactor
from intake.state import State
from regulation.document import Regulation
from regulation.term import Title
from servicekit.hosting import Host
from servicekit.settings import Settings
from testkit.running import a_follower
from testkit.servers import Database

MIXIN = "mixin: shared\nexclusions: [{id: toner, title: {ru: Картридж, en: Toner}}]\n"


@pytest.fixture
async def host(log: PostgresLog, database: Database) -> AsyncIterator[Host[State]]:
    reactor = IntakeReactor(log)
    async with a_follower(log, database.url_for("intake"), reactor) as follower:
        yield Host(log, follower, Feed("nats://127.0.0.1:9"), Settings())


def write(directory: Path, file: str, regulation: Regulation, **parts: object) -> None:
    """A file as people keep it; JSON is YAML too."""
    (directory / f"{file}.yaml").write_bytes(msgspec.structs.replace(regulation, **parts).to_json())


async def test_files_are_published_once_and_mixins_only_with_others(
    host: Host[State], tmp_path: Path, csn: Regulation
) -> None:
    (tmp_path / "shared.yaml").write_text(MIXIN)
    document = msgspec.json.decode(csn.to_json()) | {"include": ["shared"]}
    (tmp_path / "csn.yaml").write_bytes(msgspec.json.encode(document))
    for _ in range(2):
        await publish_all(host, tmp_path)
    (found,) = await published(host.log, "csn")
    assert [each.id for each in found.version.regulation.exclusions] == ["toner"]
    assert (list(mixins(tmp_path)), (await host.log.head()).position) == (["shared"], 1)


async def test_a_changed_file_of_a_published_version_is_left_out_and_told_of(
    host: Host[State], tmp_path: Path, csn: Regulation, caplog: pytest.LogCaptureFixture
) -> None:
    write(tmp_path, "csn", csn)
    await publish_all(host, tmp_path)
    write(tmp_path, "csn", csn, warnings=(10,))
    await publish_all(host, tmp_path)
    assert [each.version.regulation.warnings for each in await published(host.log, "csn")] == [csn.warnings]
    assert "csn.yaml is not published: csn@1 is published already" in caplog.text


async def test_a_broken_file_and_one_with_a_taken_channel_stand_in_nobodys_way(
    host: Host[State], tmp_path: Path, csn: Regulation, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "broken.yaml").write_text("name: csn\nversion: [1\n")
    write(tmp_path, "csn", csn)
    write(tmp_path, "north", csn, name="north")
    own = msgspec.structs.replace(csn.channels[-1], id="west-api", title=Title(ru="Запад", en="West"))
    write(tmp_path, "west", csn, name="west", channels=(own,))
    await publish_all(host, tmp_path)
    names = [name for name in ("csn", "north", "west") if await published(host.log, name)]
    assert names == ["csn", "west"]
    assert "broken.yaml is not published: line" in caplog.text
    assert "north.yaml is not published: the channel 'email' belongs to csn@1" in caplog.text
