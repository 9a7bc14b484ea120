"""`reglament check`, `diff` and `publish`, against a real intake where they need one."""

import json
import os
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from embedded.child import Program
from reglament.cli import app
from reglament.regulations.words import usual
from reglament.service import Service
from servicekit import keys
from servicekit.auth import Role, issue
from testkit.ground import directory, free_base
from testkit.servers import Database
from typer.testing import CliRunner, Result

ROOT = Path(__file__).parents[2]
CSN = ROOT / "regulations" / "csn.yaml"
MISTAKES = ROOT / "libs" / "regulation" / "tests" / "documents" / "twenty-mistakes.yaml"
SECRET = b64encode(bytes(range(32))).decode()
Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """The command line on a machine where nothing runs, in a terminal of 80 columns."""
    monkeypatch.setenv("REGLAMENT_DATA", str(tmp_path / "nowhere"))
    monkeypatch.setenv("COLUMNS", "80")
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def changed(tmp_path: Path) -> Callable[..., Path]:
    """A copy of csn.yaml in which something is written otherwise."""

    def write(*pairs: tuple[str, str]) -> Path:
        text = CSN.read_text(encoding="utf-8")
        for right, wrong in pairs:
            assert right in text
            text = text.replace(right, wrong)
        (tmp_path / "changed.yaml").write_text(text, encoding="utf-8")
        return tmp_path / "changed.yaml"

    return write


@pytest.fixture(scope="module")
def intake(module_database: Database) -> Iterator[tuple[str, ...]]:
    """The options that lead to an intake without any regulation, with the administrator's key."""
    with directory() as data:
        key, entry = issue("head", Role.admin)
        keys.write(data / "keys.json", [entry])
        (data / "regulations").mkdir()
        port = free_base([0])
        own = {
            "DATABASE_URL": module_database.url_for("intake"), "NATS_URL": "nats://127.0.0.1:9", "MASTER_KEY": SECRET,
            "TOKEN_SECRET": SECRET, "KEYS": str(data / "keys.json"), "REGULATIONS": str(data / "regulations"),
            "PORT": str(port),
        }  # fmt: skip
        env = dict(os.environ) | {f"REGLAMENT_{name}": value for name, value in own.items()}
        argv = (sys.executable, "-m", "servicekit.serve", "intake")
        service = Service(Program("intake", argv, data / "log", data / "run" / "intake.pid", port, env), "/healthz")
        service.start()
        yield "--url", f"http://127.0.0.1:{port}", "--key", key
        service.stop()


def test_a_right_regulation_passes_with_its_warnings(run: Run) -> None:
    answer = run("check", CSN, "--lang", "en")

    assert answer.exit_code == 0
    assert "csn@1  4 warnings" in answer.stdout
    assert "longer-when-more-urgent  plan_table.*.urgent  D8, A-33" in answer.stdout


def test_warnings_fail_where_that_is_asked_for(run: Run) -> None:
    assert run("check", CSN, "--strict").exit_code == 1


def test_mistakes_are_told_line_by_line_in_the_language_asked_for(run: Run) -> None:
    answer = run("check", MISTAKES, "--lang", "ru")

    assert answer.exit_code == 1
    assert "✗  9 defaults.priority: нет приоритета «norml»" in answer.stdout
    assert max(map(len, answer.stdout.splitlines())) <= 80


def test_several_files_are_checked_and_one_wrong_fails(run: Run) -> None:
    answer = run("check", CSN, ROOT / "regulations" / "missed-calls.yaml", MISTAKES, "--lang", "en")

    assert answer.exit_code == 1
    assert [name in answer.stdout for name in ("csn@1", "a mix-in", "24 errors")] == [True] * 3


def test_a_check_can_be_read_by_a_program(run: Run) -> None:
    lines = run("check", CSN, MISTAKES, "--json").stdout.splitlines()
    right, wrong = (json.loads(line) for line in lines)

    assert right["regulation"] == "csn@1"
    assert {finding["severity"] for finding in right["findings"]} == {"warning", "note"}
    assert wrong["mistakes"][0]["line"]["number"] == 5
    assert set(wrong["mistakes"][0]["message"]) == {"ru", "en"}


@pytest.mark.parametrize(
    ("locale", "language"), [("ru_RU.UTF-8", "ru"), ("en_US.UTF-8", "en"), ("C", "en"), ("", "en")]
)
def test_the_terminals_language_is_spoken(locale: str, language: str) -> None:
    assert usual({"LANG": locale}) == language


def test_equal_regulations_have_no_difference(run: Run) -> None:
    answer = run("diff", CSN, CSN, "--lang", "en")

    assert (answer.exit_code, answer.stdout) == (0, "There is no difference.\n")


def test_a_difference_is_told_with_its_effect(run: Run, changed: Callable[..., Path]) -> None:
    answer = run("diff", CSN, changed(("level4: 60 дней", "level4: 20 дней")), "--lang", "en")

    assert answer.exit_code == 1
    assert "~ standard-support.targets.level4: 60 дней → 20 дней  shorter" in answer.stdout
    assert "new-function: urgent, critical" in answer.stdout


def test_a_difference_can_be_read_by_a_program(run: Run, changed: Callable[..., Path]) -> None:
    answer = run("diff", CSN, changed(("group: duty", "group: support")), "--json")

    assert json.loads(answer.stdout) == {
        "changes": [{"section": "channels", "place": "telegram.group", "before": "duty", "after": "support"}],
        "effects": [],
    }


@pytest.mark.parametrize(
    ("other", "says"), [("absent.yaml", "no file"), ("csn", "There is no key"), (str(MISTAKES), "24 errors")]
)
def test_what_cannot_be_compared_is_said(run: Run, other: str, says: str) -> None:
    answer = run("diff", CSN, other, "--lang", "en")

    assert answer.exit_code == 2
    assert says in answer.stderr


def test_a_regulation_with_mistakes_is_not_published(run: Run, intake: tuple[str, ...]) -> None:
    answer = run("publish", MISTAKES, *intake, "--lang", "en")

    assert answer.exit_code == 1
    assert "Nothing is published" in answer.stderr
    assert run("diff", CSN, "mistakes", *intake).exit_code == 2


def test_a_regulation_is_published_compared_and_replaced(
    run: Run, intake: tuple[str, ...], changed: Callable[..., Path]
) -> None:
    second = changed(("level4: 60 дней", "level4: 20 дней"), ('version: "1"', 'version: "2"'))

    first_time = run("publish", CSN, *intake, "--lang", "en")
    compared = run("diff", "csn@1", second, *intake)
    replaced = run("publish", second, *intake, "--lang", "en")

    assert "✓ Published: csn@1" in first_time.stdout, first_time.output
    assert compared.exit_code == 1
    assert "60 дней → 20 дней  shorter" in replaced.stdout
    assert "✓ Published: csn@2\n  in force from 20" in replaced.stdout
    assert run("diff", "csn", second, *intake).exit_code == 0


def test_a_published_version_is_not_changed(run: Run, intake: tuple[str, ...], changed: Callable[..., Path]) -> None:
    run("publish", CSN, *intake)

    answer = run("publish", changed(("group: duty", "group: support")), *intake)

    assert answer.exit_code == 1
    assert "give this text a new version" in answer.stderr


def test_an_intake_that_does_not_answer_is_named(run: Run) -> None:
    answer = run("publish", CSN, "--url", "http://127.0.0.1:9", "--key", "none")

    assert answer.exit_code == 3
    assert "Intake does not answer at http://127.0.0.1:9" in answer.stderr
