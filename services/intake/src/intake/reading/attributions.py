"""Lines that introduce a quoted mail, in the ways of the mail programs met in Russia and elsewhere."""

import re
from collections.abc import Iterator
from itertools import islice

SPAN = 3
LENGTH = 400
CANDIDATES = 500
_ADDRESS = re.compile(r"[^\s<>@]+@[^\s<>@]+")
_TIME = re.compile(r"\b\d{1,2}[:.h]\d{2}\b")
_DATE = re.compile(
    r"\b((19|20)\d\d|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2} (янв|фев|мар|апр|мая|май|июн|июл|авг|сен|окт|ноя|дек))"
)
_VERB = re.compile(
    r"(?i)(wrote|writes|написал\w*(\(а\))?|пишет|писал\w*(\(а\))?|пише|написав|schrieb|geschrieben|écrit|escribió|"
    r"escribi[óo]|escreveu|ha scritto|scritto|scrive|skrev|schreef|geschreven|napisał\w*|pisze|kirjoitti|写道|寫道|寫)"
)
_BEGINS = re.compile(
    r"(?i)(on|le|am|el|em|il|op|den|dnia|w dniu|på|ons|(в|во)\s|\d{1,4}[ ./年-]|(пн|вт|ср|чт|пт|сб|вс)\b|"
    r"понедельник|вторник|сред[ау]|четверг|пятниц[ау]|суббот[ау]|воскресенье|понеділок|вівторок|середа|четвер|п.?ятниця|"
    r"mon|tue|wed|thu|fri|sat|sun|lun|mar|mer|jeu|ven|sam|dim|mié|jue|vie|sáb|dom|mo|di|mi|do|fr|sa|so|ma|wo|vr|za|zo|"
    r"pon|wt|śr|czw|pt|sob|niedz|man|tir|tor|fre|lør|søn|\S+ <[^<>]+> )"
)
_CLOSES = re.compile(r"(?i).*(:|：|<[^<>]+@[^<>]+>|wrote|writes)\s*")


def attributions(lines: list[str]) -> Iterator[range]:
    """The spans of lines, at most three long, that say when who wrote what follows."""
    last = -1
    for place in islice((place for place, line in enumerate(lines) if _closes(line)), CANDIDATES):
        start = _start(lines, place, last)
        if start is not None:
            yield range(start, place + 1)
            last = place


def _closes(line: str) -> bool:
    return not line.lstrip().startswith(">") and _CLOSES.fullmatch(line[-LENGTH:]) is not None


def _start(lines: list[str], place: int, last: int) -> int | None:
    """The line where the attribution that ends at `place` begins, if there is one."""
    following = next((line for line in lines[place + 1 : place + 4] if line.strip()), "")
    quoted = following.lstrip().startswith(">")
    for start in range(place, max(last, place - SPAN), -1):
        if not lines[start].strip():
            break
        if _introduces(" ".join(part.strip()[: LENGTH + 1] for part in lines[start : place + 1]), quoted=quoted):
            return start
    return place if quoted and _names(lines[place]) else None


def _names(line: str) -> bool:
    """Whether a line before a quote names its writer, in whatever words."""
    return len(line) <= LENGTH and (_VERB.search(line) is not None or _ADDRESS.search(line) is not None)


def _introduces(text: str, *, quoted: bool) -> bool:
    if len(text) > LENGTH or not _BEGINS.match(text):
        return False
    timed = _TIME.search(text) is not None
    verb = _VERB.search(text) is not None
    addressed = _ADDRESS.search(text) is not None and (verb or text.rstrip().endswith((">:", ">")))
    return (timed or _DATE.search(text) is not None) and (addressed or (verb and (quoted or timed)))
