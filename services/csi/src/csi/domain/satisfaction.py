"""The customer satisfaction index: mean score of the scale's highest, in percent (A-24)."""

from typing import NamedTuple

from csi.domain.survey import HIGHEST


class Index(NamedTuple):
    """`csi` and `response_rate` in percent with one decimal, None where there is nothing to divide by."""

    asked: int
    n: int
    mean: float | None
    csi: float | None
    response_rate: float | None


def index(asked: int, n: int, total: int) -> Index:
    """The index of `n` ratings, summing to `total`, out of `asked` surveys."""
    mean = total / n if n else None
    return Index(
        asked=asked,
        n=n,
        mean=None if mean is None else round(mean, 2),
        csi=None if mean is None else round(mean / HIGHEST * 100, 1),
        response_rate=round(n / asked * 100, 1) if asked else None,
    )
