"""The messenger page as HTML: conversations on the left, one of them on the right."""

from collections.abc import Mapping, Sequence
from html import escape

from reglament.doubles.frame import anchor, clock
from reglament.doubles.telegram.conversation import Chat, Line

Words = Mapping[str, str]


def messenger(chats: Sequence[Chat], chosen: Chat | None, note: str, words: Words) -> str:
    """The whole page; `note` is a line of warning, possibly empty."""
    warning = f'<p class="alarm">{escape(note)}</p>' if note else ""
    listed = "".join(entry(chat, chosen, words) for chat in chats) or f'<li class="empty">{words["empty"]}</li>'
    return (
        f'<div class="messenger {"open" if chosen else ""}"><div id="live">'
        f'<aside><header><h1>{words["title"]}</h1></header><p class="hint">{words["hint"]}</p>{warning}'
        f'<ul class="chats">{listed}</ul></aside>'
        f"{conversation(chosen, words) if chosen else nothing(words)}</div>"
        f"{answer(chosen, words) if chosen else ''}{beginning(words)}</div>"
    )


def entry(chat: Chat, chosen: Chat | None, words: Words) -> str:
    """One conversation in the list."""
    last = chat.lines[-1] if chat.lines else None
    start = f"{words['you'] + ': ' if last.mine else ''}{last.text[:80]}" if last else ""
    current = ' aria-current="page"' if chosen and chosen.id == chat.id else ""
    return (
        f'<li><a href="/chats/{chat.id}"{current}>{face(chat)}<span class="who">{escape(chat.name)}</span>'
        f'<span class="when">{clock(last.at) if last else ""}</span><span class="start">{escape(start)}</span></a></li>'
    )


def face(chat: Chat) -> str:
    """The first letter of the name on a colour that depends on the person."""
    return f'<span class="face face{chat.id % 6}" aria-hidden="true">{escape(chat.name[:1].upper())}</span>'


def nothing(words: Words) -> str:
    """The right side before a conversation is chosen."""
    return f'<section class="talk none"><p class="empty">{words["choose"]}</p></section>'


def conversation(chat: Chat, words: Words) -> str:
    """One conversation."""
    state = f' <span class="state">{words["blocked"]}</span>' if chat.blocked else ""
    said = "\n".join(bubble(chat, line, words) for line in chat.lines)
    turn = words["unblock" if chat.blocked else "block"]
    return (
        f'<section class="talk"><header><a class="back" href="/" aria-label="{words["back"]}">←</a>{face(chat)}'
        f'<h2>{escape(chat.name)}{state}</h2><form method="post" action="/chats/{chat.id}/block" data-quiet>'
        f'<button class="quiet">{turn}</button></form></header><div class="lines follow">{said}</div></section>'
    )


def bubble(chat: Chat, line: Line, words: Words) -> str:
    """One message with its buttons."""
    side = "mine" if line.mine else "theirs"
    state = f'<span class="state">{escape(delivery(line.state, words))}</span> ' if line.mine else ""
    keys = "".join(f'<div class="keys">{"".join(key(chat, line, b) for b in row)}</div>' for row in line.buttons)
    return f'<div class="line {side}"><p>{line.html}</p><small>{state}{clock(line.at)}</small></div>{keys}'


def delivery(state: str, words: Words) -> str:
    """How the delivery goes, in words."""
    return words.get(state) or words["retrying"].format(state=state)


def key(chat: Chat, line: Line, button: Mapping[str, str]) -> str:
    """An inline button: a link, or a press that goes back to the bot."""
    if url := button.get("url"):
        return anchor(url, button["text"])
    data = escape(button.get("callback_data", ""))
    return (
        f'<form method="post" action="/chats/{chat.id}/press" data-quiet>'
        f'<input type="hidden" name="message_id" value="{line.id}"><input type="hidden" name="data" value="{data}">'
        f"<button>{escape(button['text'])}</button></form>"
    )


def answer(chat: Chat, words: Words) -> str:
    """Where the person types."""
    return (
        f'<form class="answer" method="post" action="/chats/{chat.id}" data-quiet autocomplete="off">'
        f'<textarea name="text" rows="1" required maxlength="4096" placeholder="{words["message"]}" '
        f'aria-label="{words["message"]}" autofocus></textarea><button>{words["send"]}</button></form>'
    )


def beginning(words: Words) -> str:
    """Where a new person begins."""
    return (
        f'<details class="new"><summary>+ {words["new"]}</summary><form method="post" action="/chats">'
        f'<label>{words["name"]}<input name="name" required maxlength="60"></label>'
        f'<label>{words["language"]}<select name="language"><option value="ru">Русский</option>'
        f'<option value="en">English</option></select></label>'
        f'<label>{words["first"]}<textarea name="text" rows="3" required maxlength="4096"></textarea></label>'
        f"<button>{words['begin']}</button></form></details>"
    )
