import pytest
from hypothesis import given
from hypothesis import strategies as st
from intake.reading.quotes import fold, passed_on

ATTRIBUTIONS = [
    "пт, 20 нояб. 2026 г. в 12:15, Поддержка <support@desk.example>:",
    '20.11.2026, 12:15, "Поддержка" <support@desk.example>:',
    "Пятница, 20 ноября 2026, 12:15 +03:00 от Поддержка <support@desk.example>:",
    "20 ноября 2026 г., в 12:15, Поддержка <support@desk.example> написал(а):",
    "20.11.2026 12:15, Поддержка пишет:",
    '20 окт. 2016 г. 19:37 пользователь "Поддержка" <support@desk.example> написал:',
    '20 окт. 2016 г. 19:37 пользователь "Поддержка" <\nsupport@desk.example> написал:',
    "On Fri, 20 Nov 2026 at 12:15, Support <support@desk.example> wrote:",
    "On Fri, Nov 20, 2026 at 12:15 PM Support <support@desk.example>\nwrote:",
]
DIVIDERS = [
    "-----Исходное сообщение-----\nОт: Поддержка",
    "-------- Пересылаемое сообщение --------",
    "-----Original Message-----",
    "________________________________\nОт: Поддержка <s@desk.example>\nОтправлено: 20 ноября\nКому: Мария\nТема: Вход",
    "----------------\nКому: Мария\nТема: Вход\nДата: 20.11.2026",
    "*From:* Support\n*Sent:* Friday\n*To:* Maria\n*Subject:* Login",
    "### Ответьте выше этой строки ###",
]


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_a_quote_marked_line_by_line_is_folded_with_its_attribution(attribution: str) -> None:
    own, quoted = fold(f"Да, всё ещё пустой.\n\n{attribution}\n> Проверьте\n> ещё раз\n")
    assert own == "Да, всё ещё пустой."
    assert quoted == f"{attribution}\n> Проверьте\n> ещё раз"


@pytest.mark.parametrize("introduction", [*ATTRIBUTIONS, *DIVIDERS])
def test_an_unmarked_quote_is_folded_after_its_introduction(introduction: str) -> None:
    own, quoted = fold(f"Спасибо!\n\n{introduction}\n\nПроверьте ещё раз\n")
    assert own == "Спасибо!"
    assert "Проверьте ещё раз" in quoted


@pytest.mark.parametrize(
    "text",
    [
        "Клиент написал: не работает\nПроверил, и правда.",
        "От: кого ждать ответа?\nЗавтра демонстрация.",
        "Шаги:\n---\n1. Открыть\n2. Увидеть ошибку",
        "> Какой отчёт?\nЗа ноябрь\n> Когда?\nВчера",
        "Вчера в 12:15 выдало:\nError 500",
        "Смотрите 20.11.2026 12:15:\nошибка в журнале",
    ],
)
def test_own_text_that_looks_like_a_quote_stays(text: str) -> None:
    assert fold(text) == (text, "")


def test_an_answer_below_one_quote_stands_alone() -> None:
    own, quoted = fold(f"{ATTRIBUTIONS[0]}\n> Какой отчёт?\n\nЗа ноябрь")
    assert own == "За ноябрь"
    assert "Какой отчёт?" in quoted


def test_answers_between_quotes_keep_what_they_answer() -> None:
    text = f"{ATTRIBUTIONS[0]}\n> Какой отчёт?\nЗа ноябрь\n> Когда?\nВчера"
    assert fold(text).own == text


@pytest.mark.parametrize(
    "text",
    [
        "Вот что в журнале:\nОтправлено с ошибкой 417\nДокумент 8812\nПросим отправить вручную",
        "Документ 8812:\nОтправлено с ошибкой 417",
        "Sent from the till 7 at noon\nNothing came, see the journal",
        "Отправлено с iPhone\nи не пришло",
    ],
)
def test_words_like_a_phones_that_are_not_the_last_stay(text: str) -> None:
    assert fold(text) == (text, "")


LIST = "От: Иван\nДата: 20.11.2026\nТема: Касса\nКому: Поддержка\nСообщение: не работает"


@pytest.mark.parametrize(
    ("quoted", "answers", "expected"),
    [
        ("-------- Пересылаемое сообщение --------\nКасса №7", True, True),
        ("---------- Forwarded message ---------\nTill 7", True, True),
        ("-----Original Message-----\nTill 7", False, True),
        ("-----Original Message-----\nTill 7", True, False),
        (LIST, False, True),
        (LIST, True, False),
        (f"{ATTRIBUTIONS[0]}\n> Касса", False, False),
        ("Отправлено с iPhone", False, False),
        ("", False, False),
    ],
)
def test_a_mail_passed_on_is_told_from_a_quote(quoted: str, answers: bool, expected: bool) -> None:
    assert passed_on(quoted, answers=answers) is expected


@pytest.mark.parametrize(
    "signature", ["-- \nМария\n+7 000 000-00-00", "Отправлено с iPhone", "Отправлено из мобильной Почты"]
)
def test_a_signature_is_folded(signature: str) -> None:
    assert fold(f"Не работает вход\n\n{signature}") == ("Не работает вход", signature)


@pytest.mark.parametrize(
    "text", ["> одна цитата", "-----Исходное сообщение-----\nТекст", "-- \nМария", ATTRIBUTIONS[0]]
)
def test_a_mail_of_nothing_but_a_quote_shows_it(text: str) -> None:
    assert fold(text) == (text.strip(), "")


@given(
    st.lists(st.sampled_from(["text", "", "> q", "--", "От: a", "On 1.2.2026 12:15 <a@b.ru> wrote:", "От: b", "***"]))
)
def test_folding_moves_lines_and_drops_none(lines: list[str]) -> None:
    own, quoted = fold("\n".join(lines))
    assert sorted(filter(None, lines)) == sorted(filter(None, [*own.split("\n"), *quoted.split("\n")]))
