"""The terms of a regulation, remembered."""

from hypothesis import given as forall
from hypothesis import strategies as st
from intake.domain import lexicon
from intake.domain.lexicon import Lexicon
from intake.domain.terms import terms
from regulation.document import Regulation

WORDS = st.sampled_from(["", "normal", "Срочный", "hosting", "Проблемы с хостингом", "paperwork", "crm", "no such"])
HINTS = st.dictionaries(st.sampled_from([*lexicon.HINTED, "message"]), WORDS)
SAID = st.tuples(st.sampled_from(["cabinet", "email", "api"]), HINTS, st.sampled_from(["", "ru", "en-GB", "de"]))


@forall(st.lists(SAID, max_size=8))
def test_what_was_said_before_means_the_same_again(
    csn: Regulation, said: list[tuple[str, dict[str, str], str]]
) -> None:
    remembered = Lexicon(csn)

    for each in [*said, *said]:
        assert remembered.terms(*each) == terms(csn, *each)


def test_invented_words_do_not_fill_the_memory(csn: Regulation) -> None:
    remembered = Lexicon(csn)
    for n in range(lexicon.KEPT + 1):
        remembered.terms("api", {"category": f"invented-{n}"}, "ru")

    assert len(remembered._found) == 1
