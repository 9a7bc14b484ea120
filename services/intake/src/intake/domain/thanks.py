"""Whether a message only says thank you: it asks for nothing, so it takes no solution back (§3.5, A-11)."""

import re

THANKED = "thanks"
"""What such a message is recorded as, in the place of why a message is automatic."""
LONGEST = 200
"""Characters beyond which a message is never looked at: whoever writes so much says something."""
THANKS = frozenset(
    """
    спасибо спс пасиб пасибо спасибочки благодарю благодарим благодарен благодарна благодарны признателен признательна
    thanks thank thx tnx ty cheers appreciated
    """.split()  # noqa: SIM905  # a list of words is read best as words
)
BESIDES = frozenset(
    """
    а большое огромное огромнейшее большущее вам вас тебе всем за и очень еще раз помощь помогли поддержку содействие
    быстрый быструю быстро оперативный оперативную оперативно оперативность ответ решение работу внимание отклик
    все всё работает заработало получилось решено понятно понял поняла поняли принято получил получила получили вижу
    теперь уже ура супер отлично хорошо прекрасно замечательно здорово ок окей да добрый день здравствуйте вечер утро
    хорошего дня хороших выходных
    you very much so a lot many again for the your help support quick fast prompt reply response answer assistance it
    works work working now fine everything is all good great perfect awesome excellent ok okay got that this solved yes
    hello hi team have nice day
    """.split()  # noqa: SIM905  # as above
)
SIGNS = re.compile("[\U0001f64f\U0001f44d\u2764]")
"""Folded hands, a thumb up, a heart."""
FAREWELL = re.compile(
    r"(?im)^\s*(?:--\s*$|с уважением|с наилучшими|best regards|kind regards|regards|отправлено с|sent from)"
)
WORDS = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


def only_thanks(text: str) -> bool:
    """Whether the text is a thank-you and nothing else: no question, no number, no word beyond the known ones.

    In doubt it is not: a reaction taken for politeness would be lost, politeness taken for a reaction costs one look.
    """
    if len(text) > LONGEST or "?" in text:
        return False
    said = FAREWELL.split(text, maxsplit=1)[0].casefold().replace("ё", "е")
    thankful = spoken = False
    for word in WORDS.finditer(said):
        if word[0] not in KNOWN:
            return False
        thankful, spoken = thankful or word[0] in THANKS, True
    return thankful or (not spoken and bool(SIGNS.search(said)))


KNOWN = THANKS | {word.replace("ё", "е") for word in BESIDES}
