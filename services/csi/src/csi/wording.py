"""What the rating page says, in Russian and English."""

from typing import Literal, NamedTuple

Language = Literal["ru", "en"]


class Words(NamedTuple):
    """The page's texts in one language; `{number}` is the ticket's."""

    language: Language
    brand: str
    ticket: str
    question: str
    hint: str
    scores: tuple[str, str, str, str, str]
    comment: str
    optional: str
    at_most: str
    send: str
    choose_score: str
    too_long: str
    thanks: tuple[str, str]
    rated: tuple[str, str]
    expired: tuple[str, str]
    invalid: tuple[str, str]
    later: tuple[str, str]
    other: str


RUSSIAN = Words(
    language="ru",
    brand="Служба поддержки",
    ticket="Обращение {number}",
    question="Как Вы оцениваете нашу работу?",
    hint="Выберите оценку от 1 до 5.",
    scores=("Очень плохо", "Плохо", "Средне", "Хорошо", "Отлично"),
    comment="Комментарий",
    optional="по желанию",
    at_most="Не больше 2000 знаков.",
    send="Отправить оценку",
    choose_score="Выберите, пожалуйста, оценку от 1 до 5.",
    too_long="Комментарий длиннее 2000 знаков: сократите его, пожалуйста.",
    thanks=("Спасибо за оценку!", "Ваш отзыв поможет нам работать лучше."),
    rated=("Оценка уже получена", "Спасибо! По этому обращению Вы уже оставили оценку, изменить её нельзя."),
    expired=("Срок для оценки истёк", "Ссылка действует 30 дней. Если вопрос не решён, напишите нам снова."),
    invalid=("Ссылка не работает", "Откройте её ещё раз из письма или сообщения, скопировав целиком."),
    later=("Не получилось сохранить", "Оценка не сохранена. Попробуйте ещё раз через минуту."),
    other="English",
)

ENGLISH = Words(
    language="en",
    brand="Support",
    ticket="Ticket {number}",
    question="How would you rate our work?",
    hint="Choose a score from 1 to 5.",
    scores=("Very bad", "Bad", "Okay", "Good", "Great"),
    comment="Comment",
    optional="optional",
    at_most="At most 2,000 characters.",
    send="Send rating",
    choose_score="Please choose a score from 1 to 5.",
    too_long="The comment is longer than 2,000 characters: please shorten it.",
    thanks=("Thank you for your rating!", "Your answer helps us do better."),
    rated=("Already rated", "Thank you! You have already rated this ticket, and a rating cannot be changed."),
    expired=(
        "The time to rate is over",
        "The link works for 30 days. If the matter is not settled, please write again.",
    ),
    invalid=("This link does not work", "Open it again from the message you got, copying all of it."),
    later=("Your rating could not be saved", "Nothing was saved. Please try again in a minute."),
    other="Русский",
)


def words(language: str) -> Words:
    """The texts in this language; anything but English is Russian."""
    return ENGLISH if language == "en" else RUSSIAN
