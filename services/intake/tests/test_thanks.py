"""Which messages only say thank you (§3.5, A-11)."""

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st
from intake.domain.thanks import BESIDES, LONGEST, THANKS, only_thanks


@pytest.mark.parametrize(
    "text",
    [
        "Спасибо!",
        "спс",
        "Спасибо большое, всё работает!",
        "Здравствуйте! Спасибо за быстрый ответ, всё заработало 🙏",
        "Огромное Вам спасибо за помощь.",
        "Благодарю, получилось. Хорошего дня!",
        "Добрый день. Благодарим за решение.",
        "Спасибо.\n\nС уважением,\nИван Примеров\nООО «Пример», +7 000 000-00-00",
        "Ок, спасибо\n\nОтправлено с iPhone",
        "Thanks a lot!",
        "Thank you very much, it works now.",
        "thx, all good",
        "Hi team, thanks for the quick help!\n--\nAnna Example, Example Ltd.",
        "👍",
        "🙏🙏",
    ],
)
def test_politeness_is_told_from_a_reaction(text: str) -> None:
    assert only_thanks(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Спасибо, но не работает",
        "Спасибо, а когда исправите отчёт?",
        "Спасибо, жду",
        "Спасибо. И ещё вопрос: можно ли выгрузить за 2025 год",
        "Спасибо, Анна, проверим в понедельник",
        "Всё работает",
        "Ок",
        "Нет, спасибо",
        "Спасибо! Ошибка осталась.",
        "Не получилось. Спасибо",
        "Thanks, but it still fails",
        "Thank you. Could you also reset the password?",
        "No thanks",
        "Not solved, thanks",
        "👎",
        "Спасибо " * 40,
    ],
)
def test_in_doubt_it_is_a_reaction(text: str) -> None:
    assert not only_thanks(text)


@forall(
    st.lists(st.sampled_from(sorted(THANKS | BESIDES)), max_size=12), st.text(alphabet="аяzй0123456789?", min_size=1)
)
def test_one_unknown_word_makes_it_a_reaction(words: list[str], other: str) -> None:
    known = other in THANKS | BESIDES
    assert known or not only_thanks(" ".join([*words, other]))


@forall(st.text(max_size=LONGEST * 2))
def test_any_text_is_looked_at_without_harm(text: str) -> None:
    assert only_thanks(text) in {True, False}
