"""Two robots that answer each other stop."""

from datetime import UTC, datetime, timedelta

from notify.sending.brake import braked

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def minutes_ago(*minutes: int) -> list[datetime]:
    return [NOON - timedelta(minutes=n) for n in minutes]


def test_a_fourth_automatic_mail_within_an_hour_does_not_go() -> None:
    assert braked(minutes_ago(59, 30), NOON) is None
    assert braked(minutes_ago(59, 30, 1), NOON) == "3 automatic mails to this address within an hour"


def test_an_hour_later_it_may() -> None:
    assert braked(minutes_ago(60, 30, 1), NOON) is None


def test_a_ticket_is_acknowledged_once() -> None:
    assert braked([], NOON, acknowledges=True) is None
    assert braked([], NOON, acknowledges=True, acknowledged=True) == "this ticket has been acknowledged already"
    assert braked([], NOON, acknowledged=True) is None


def test_loops_of_two_robots_end_after_three_mails() -> None:
    sent: list[datetime] = []
    for second in range(600):
        if braked(sent, at := NOON + timedelta(seconds=second)) is None:
            sent.append(at)
    assert len(sent) == 3
