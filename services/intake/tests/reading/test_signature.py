import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from intake.reading.signature import standard_webhook_ok

# The example that the Standard Webhooks specification publishes.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = b'{"test": 2432232314}'
NOW = datetime.fromtimestamp(1614265330, UTC)
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
HEADERS = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": SIGNATURE,
}
OTHER = "whsec_" + b64encode(b"another secret of 24 byte").decode()


def test_the_published_example_verifies() -> None:
    assert standard_webhook_ok([SECRET], HEADERS, BODY, NOW)


def test_either_secret_of_a_rotation_verifies() -> None:
    assert standard_webhook_ok([OTHER, SECRET], HEADERS, BODY, NOW)
    assert not standard_webhook_ok([OTHER], HEADERS, BODY, NOW)
    assert not standard_webhook_ok([], HEADERS, BODY, NOW)


@pytest.mark.parametrize(
    "list_", [f"v1,AAAA {SIGNATURE}", f"  {SIGNATURE}  v1,é", f"v1a,x {SIGNATURE}", f"v2,y\t{SIGNATURE}"]
)
def test_one_good_signature_in_a_list_is_enough(list_: str) -> None:
    assert standard_webhook_ok([SECRET], {**HEADERS, "webhook-signature": list_}, BODY, NOW)


@pytest.mark.parametrize(("seconds", "good"), [(-301, False), (-300, True), (300, True), (301, False)])
def test_a_delivery_is_good_for_five_minutes_either_way(seconds: int, good: bool) -> None:
    assert standard_webhook_ok([SECRET], HEADERS, BODY, NOW + timedelta(seconds=seconds)) is good


@pytest.mark.parametrize("name", HEADERS)
@pytest.mark.parametrize(
    "value",
    [
        "",
        " ",
        "é",
        "v1",
        "v1,",
        "v1,é",
        "v1,%%%",
        "v1,AAA",
        "²",
        "١٦١٤٢٦٥٣٣٠",
        "-1",
        "1e9",
        "9" * 400,
        "a.b",
        "\x00",
        "\ud800",
    ],
)
def test_hostile_headers_are_wrong_and_never_raise(name: str, value: str) -> None:
    assert not standard_webhook_ok([SECRET], {**HEADERS, name: value}, BODY, NOW)


@pytest.mark.parametrize("missing", HEADERS)
def test_a_missing_header_is_wrong(missing: str) -> None:
    assert not standard_webhook_ok([SECRET], {k: v for k, v in HEADERS.items() if k != missing}, BODY, NOW)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_é", "whsec_???", "nonsense\ud800"])
def test_a_broken_secret_verifies_nothing(secret: str) -> None:
    assert not standard_webhook_ok([secret], HEADERS, BODY, NOW)


@given(st.dictionaries(st.sampled_from(sorted(HEADERS)), st.text()), st.binary())
def test_only_the_signed_body_verifies(headers: dict[str, str], body: bytes) -> None:
    assert standard_webhook_ok([SECRET], {**HEADERS, **headers}, body, NOW) is (
        {**HEADERS, **headers} == HEADERS and body == BODY
    )


def test_the_known_answer_of_the_vectors_verifies(shared: Path) -> None:
    vectors = json.loads((shared / "signatures/vectors.json").read_text(encoding="utf-8"))
    vector = next(vector for vector in vectors if vector["name"] == "standard-webhooks v1")
    headers = {**vector["headers"], vector["header"]: vector["expected"]}
    assert standard_webhook_ok([vector["secret"]], headers, vector["body"].encode(), NOW)


@given(st.text(min_size=1, max_size=300))
def test_what_the_official_library_signs_verifies(body: str) -> None:
    standardwebhooks = pytest.importorskip("standardwebhooks")
    signature = standardwebhooks.Webhook(SECRET).sign("msg_1", NOW, body)
    headers = {"Webhook-Id": "msg_1", "Webhook-Timestamp": "1614265330", "Webhook-Signature": signature}
    assert standard_webhook_ok([SECRET], headers, body.encode(), NOW)
