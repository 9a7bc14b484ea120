from csi.domain.satisfaction import Index, index
from hypothesis import given
from hypothesis import strategies as st


def test_the_index_is_the_mean_in_percent_of_the_highest_score() -> None:
    assert index(asked=4, n=3, total=13) == Index(asked=4, n=3, mean=4.33, csi=86.7, response_rate=75.0)


def test_without_answers_there_is_no_index() -> None:
    assert index(asked=2, n=0, total=0) == Index(asked=2, n=0, mean=None, csi=None, response_rate=0.0)
    assert index(asked=0, n=0, total=0) == Index(asked=0, n=0, mean=None, csi=None, response_rate=None)


@given(st.lists(st.integers(1, 5), min_size=1), st.integers(0, 50))
def test_the_index_stays_between_a_fifth_and_the_whole(scores: list[int], silent: int) -> None:
    found = index(len(scores) + silent, len(scores), sum(scores))

    assert found.csi is not None
    assert found.response_rate is not None
    assert 20 <= found.csi <= 100
    assert 0 < found.response_rate <= 100
