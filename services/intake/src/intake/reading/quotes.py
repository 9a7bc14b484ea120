"""Own words and quoted words of a reply, told apart; nothing is dropped, quotes are only folded away."""

import re
from typing import NamedTuple

from intake.reading.attributions import attributions

LINES = 20_000
SIGNATURE_LINES = 12
LINE_LENGTH = 300
_HEADER_BLOCK = re.compile(r"(?<=[teqs])h{3,}")
_BLANK = re.compile(r"[\s>\u200b\ufeff]*")
_FORWARDS = (
    r"пересылаемое сообщение|пересланное сообщение|переадресованное сообщение|переслане повідомлення|"
    r"(begin )?forwarded message|начало пере(сылаемого|адресованного) сообщения"
)
_REPLIES = (
    r"original message|original appointment|исходное сообщение|ursprüngliche nachricht|message d'origine|"
    r"mensaje original|mensagem original|messaggio originale"
)
_RULED = r"(?i)\s*([*_>-]+\s*)?(-{2,}|_{2,})?\s*(%s)\s*:?\s*(-{2,}|_{2,})?[*\s]*"
_DIVIDER = re.compile(_RULED % f"{_FORWARDS}|{_REPLIES}")
_FORWARD = re.compile(_RULED % _FORWARDS)
_MARKER = re.compile(
    r"(?i)[\s>#=_-]*(ответьте выше этой строки|пишите ответ выше этой (строки|черты)|"
    r"please (reply|type your reply) above this line|reply above this line)[\s#=_.:-]*"
)
_HEADER_LINE = re.compile(
    r"(?i)\s*[*>]*\s*\**(from|sent|date|to|cc|reply-to|subject|da|risposta|a|от|отправлено|"
    r"отправитель|от кого|кому|копия|дата|тема|von|gesendet|an|betreff|de|envoyé|à|"
    r"objet|para|enviado|asunto|assunto|data|oggetto|inviato|від|надіслано)"
    r"\s?:\**\s*\S.*"
)
_RULE = re.compile(r"\s*(-{3,}|_{5,}|={5,}|—{3,})\s*")
_SENT_FROM = re.compile(
    r"(?i)\s*[(<]{0,2}(sent (from|via|by|with) |get outlook for |"
    r"(отправлен[оа]|послано) (с|из|от|через) "
    r"(?=[\"«]?([a-z]|мо[еий]|мобил|устройств|телефон|смартфон|планшет|почт|яндекс))|"
    r"from my iphone|von meinem .{0,20} gesendet|envoyé (de|depuis) |надіслано з )\S.{0,80}"
)
_DASHES = re.compile(r"-- ?|—|--\u00a0")


class Folded(NamedTuple):
    """What the writer says, and what he quotes or signs with."""

    own: str
    quoted: str


def fold(text: str) -> Folded:
    """Own and quoted text; the own text is never empty where there was any."""
    lines = text.split("\n")
    if len(lines) > LINES:
        return Folded(text.strip(), "")
    pattern = _pattern(lines)
    begin, end = _own(pattern, lines)
    own = "\n".join(lines[begin:end]).strip()
    if not _says(own):
        return Folded(text.strip(), "")
    folded = [*lines[:begin], *lines[end:]]
    return Folded(own, "\n".join(folded).strip())


def passed_on(quoted: str, *, answers: bool) -> bool:
    """Whether what was folded away is a mail that the writer passes on: it says so, or his own mail answers none."""
    lines = quoted.split("\n")
    if answers:
        return any(_matches(_FORWARD, line) for line in lines)
    return "hhh" in _pattern(lines) or any(_matches(_DIVIDER, line) for line in lines)


def _says(text: str) -> bool:
    return _BLANK.fullmatch(text) is None


def _own(pattern: str, lines: list[str]) -> tuple[int, int]:
    """The range of lines that are the writer's own."""
    end = _without_signature(pattern, lines, _cut(pattern, lines))
    top = re.match(r"e*b+[eb]*q[qe]*(?=t)", pattern[:end])
    begin = top.end() if top and not {"b", "q"} & set(pattern[top.end() : end]) else 0
    return begin, max(begin, len(pattern[:end].rstrip("bqe")))


def _cut(pattern: str, lines: list[str]) -> int:
    """Where everything that follows is somebody else's: a divider, a header block, an attribution nobody answers."""
    header = _HEADER_BLOCK.search(pattern)
    starts = [
        pattern.find("d"),
        header.start() if header else -1,
        pattern.find("b", pattern.rfind("q") + 1),
        pattern.find("b", len(pattern.rstrip("qebhds"))),
    ]
    said = next((place for place, line in enumerate(lines) if _says(line)), len(lines))
    end = min((place for place in starts if place > said), default=len(lines))
    while 0 < end < len(lines) and (pattern[end - 1] == "e" or _matches(_RULE, lines[end - 1])):
        end -= 1
    return end


def _without_signature(pattern: str, lines: list[str], end: int) -> int:
    """Up to a standard signature, if it is short and last, or up to the phone's own advertisement."""
    place = max(0, end - SIGNATURE_LINES)
    dashes = (at for at in range(end - 1, place - 1, -1) if _matches(_DASHES, lines[at]))
    # What a phone says of itself is the last line: further up the same words are the writer's own.
    last = len(pattern[:end].rstrip("e")) - 1
    start = next(dashes, last if pattern[last : last + 1] == "s" else end)
    start = len(pattern[:start].rstrip("e"))
    return start if _says("\n".join(lines[:start])) else end


def _opens(line: str) -> bool:
    return _matches(_DASHES, line) or _matches(_SENT_FROM, line)


def _matches(pattern: re.Pattern[str], line: str) -> bool:
    # Longer lines are nobody's divider, and some patterns would take quadratic time on them.
    return len(line) <= LINE_LENGTH and pattern.fullmatch(line) is not None


def _pattern(lines: list[str]) -> str:
    kinds = [_kind(line) for line in lines]
    for span in attributions(lines):
        kinds[span.start : span.stop] = "b" * len(span)
    return "".join(kinds)


def _kind(line: str) -> str:
    """One letter for a line: divider, empty, quote, header, signature or text; attributions (b) are found apart."""
    if not line.strip():
        return "e"
    if _matches(_DIVIDER, line) or _matches(_MARKER, line):
        return "d"
    if line.lstrip().startswith(">"):
        return "q"
    if _matches(_HEADER_LINE, line):
        return "h"
    return "s" if _opens(line) else "t"
