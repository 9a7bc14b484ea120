from uuid import UUID

from csi.links import Links
from hypothesis import given
from hypothesis import strategies as st
from servicekit.tokens import Signer

SECRET = bytes(range(32))
LINKS = Links(SECRET, "https://rate.example.ru/")


def token(survey: UUID) -> str:
    return LINKS.link(str(survey)).removeprefix("https://rate.example.ru/rate/")


@given(st.uuids())
def test_a_link_leads_to_its_survey(survey: UUID) -> None:
    assert LINKS.survey(token(survey)) == str(survey)
    assert len(token(survey)) == 32 + 1 + 64


@given(st.uuids(), st.data())
def test_any_altered_character_leads_nowhere(survey: UUID, data: st.DataObject) -> None:
    whole = token(survey)
    at = data.draw(st.integers(0, len(whole) - 1))
    other = data.draw(st.characters().filter(lambda character: character != whole[at]))

    assert LINKS.survey(whole[:at] + other + whole[at + 1 :]) is None


@given(st.uuids(), st.integers(1, 60))
def test_a_shortened_token_leads_nowhere(survey: UUID, cut: int) -> None:
    assert LINKS.survey(token(survey)[:-cut]) is None


@given(st.uuids())
def test_a_token_of_another_purpose_or_secret_leads_nowhere(survey: UUID) -> None:
    assert LINKS.survey(Signer(SECRET, "mail thread", 32).sign(survey)) is None
    assert LINKS.survey(Signer(bytes(32), "rating", 32).sign(survey)) is None
    assert LINKS.survey(Signer(SECRET, "rating", 16).sign(survey)) is None
