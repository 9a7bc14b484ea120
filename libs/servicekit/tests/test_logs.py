import json
import logging
import sys

import pytest
from servicekit.logs import JsonLines, quiet


def line(message: str, **extra: object) -> str:
    record = logging.makeLogRecord({"msg": message, "levelname": "ERROR", "name": "test", **extra})
    return JsonLines("small").format(record)


def failed() -> tuple[object, object, object]:
    try:
        try:
            {}["what a requester wrote"]
        except KeyError as error:
            raise ValueError("no 'Иван Иванов' at ivan@example.ru") from error
    except ValueError:
        return sys.exc_info()


def test_a_record_is_one_line_of_plain_characters() -> None:
    written = line("a\nb\x1b[31m\x7f\u2028\x00Привет")

    assert written.isascii()
    assert written.isprintable()
    assert json.loads(written)["message"].endswith("Привет")


def test_ids_given_as_extra_are_members() -> None:
    shown = json.loads(line("parked", ticket="018f", position=41))

    assert (shown["ticket"], shown["position"], shown["service"]) == ("018f", 41, "small")


def test_a_traceback_shows_where_and_not_what_people_wrote() -> None:
    written = line("failed", exc_info=failed())

    assert not any(word in written for word in ("requester", "ivan@", "\\u0418\\u0432\\u0430\\u043d"))
    assert json.loads(written)["error"].startswith("ValueError: no …")
    assert any("test_logs.py" in frame for frame in json.loads(written)["frames"])


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        (f"Bearer dk_ab12_{'s' * 43}", "sss"),
        ("postgresql://sla:pass@word@127.0.0.1:5432/db", "pass"),
        ("mail to Ivan.Petrov@example.ru refused", "Petrov"),
        ("x" * 5000, "x" * 501),
    ],
)
def test_secrets_and_addresses_are_taken_out(text: str, hidden: str) -> None:
    assert hidden not in quiet(text)
