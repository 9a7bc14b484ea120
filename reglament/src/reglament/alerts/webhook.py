"""Posting alerts to somebody else's server: what it did not take is offered again until it does."""

import time
from collections.abc import Callable

import httpx

from reglament.alerts.alert import CONTENT_TYPE, Alert, body_of
from reglament.alerts.signing import headers_of

TIMEOUT = 10.0
"""Seconds an answer may take; well below the consumer's ack_wait."""
LONGEST = 300.0
"""Seconds between attempts at most."""
THIS_ALERT = frozenset({400, 409, 413, 415, 422})
"""Answers that speak of the alert; all others speak of the receiver, and then none is posted for a while."""


def back_off(failures: int) -> float:
    """Seconds to wait after so many failures in a row: 1, 2, 4 … 300."""
    return min(LONGEST, 2.0 ** min(failures - 1, 10))


class Webhook:
    """One receiver; while it is away only one alert at a time finds out whether it is back."""

    def __init__(self, client: httpx.AsyncClient, url: str, key: bytes | None, tell: Callable[[str], None]) -> None:
        self._client = client
        self._url = url
        self._key = key
        self._tell = tell
        self._failures = 0
        self._away_until = 0.0

    async def post(self, alert: Alert, deliveries: int) -> float | None:
        """None when the receiver took it, else the seconds after which to offer it again."""
        if (left := self._away_until - time.monotonic()) > 0:
            return left
        answer = await self._answer(alert)
        if isinstance(answer, httpx.Response) and answer.is_success:
            self._taken()
            return None
        if isinstance(answer, httpx.Response) and answer.status_code in THIS_ALERT:
            self._tell(f"The webhook refuses alert {alert.id}: {answer.status_code}. It is offered again.")
            return back_off(deliveries)
        return self._away(answer)

    async def _answer(self, alert: Alert) -> httpx.Response | httpx.HTTPError:
        body = body_of(alert)
        headers = {"content-type": CONTENT_TYPE, **headers_of(alert.id, int(time.time()), body, self._key)}
        try:
            return await self._client.post(self._url, content=body, headers=headers, timeout=TIMEOUT)
        except httpx.HTTPError as error:
            return error

    def _taken(self) -> None:
        if self._failures:
            self._tell("The webhook takes alerts again.")
        self._failures, self._away_until = 0, 0.0

    def _away(self, answer: httpx.Response | httpx.HTTPError) -> float:
        self._failures += 1
        wait = max(back_off(self._failures), _asked_for(answer))
        self._away_until = time.monotonic() + wait
        why = answer.status_code if isinstance(answer, httpx.Response) else type(answer).__name__
        if self._failures == 1:
            self._tell(f"The webhook does not take alerts ({why}); they are kept and offered again until it does.")
        return wait


def _asked_for(answer: httpx.Response | httpx.HTTPError) -> float:
    """Seconds of the answer's Retry-After, 0 to 300; dates are not read."""
    asked = answer.headers.get("retry-after", "") if isinstance(answer, httpx.Response) else ""
    return min(LONGEST, float(asked)) if asked.isdecimal() else 0.0
