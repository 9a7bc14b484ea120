"""The mail catcher's two pages as HTML."""

from collections.abc import Mapping, Sequence
from html import escape

from reglament.doubles.frame import clock, linked, moment, zone
from reglament.doubles.mail.faults import Faults
from reglament.doubles.mail.mailbox import Caught
from reglament.doubles.mail.reading import Reading, read

SHOWN = 200
Words = Mapping[str, str]


def inbox(mails: Sequence[Caught], faults: Faults, words: Words) -> str:
    """All mails, newest first."""
    rows = "\n".join(row(caught, words) for caught in mails[:SHOWN])
    shown = f'<ol class="mails">{rows}</ol>' if mails else f'<p class="empty">{words["empty"]}</p>'
    clear = f'<form method="post" action="/clear"><button class="quiet">{words["clear"]}</button></form>'
    return (
        f'<main class="sheet"><div id="live"><header><h1>{words["title"]} <span class="count">{len(mails)}</span></h1>'
        f"{clear if mails else ''}</header>\n"
        f'<p class="hint">{words["hint"]}</p>{alarm(faults, words)}{shown}</div></main>'
    )


def alarm(faults: Faults, words: Words) -> str:
    """A note while something is set to fail."""
    changed = faults.model_dump(exclude_defaults=True)
    told = ", ".join(f"{name} = {value}" for name, value in changed.items())
    return f'<p class="alarm">{words["faults"]}: {escape(told)}</p>' if changed else ""


def row(caught: Caught, words: Words) -> str:
    """One mail in the list."""
    return (
        f'<li><a href="/mails/{caught.id}"><span class="who">{escape(", ".join(caught.to))}</span>'
        f'<span class="when">{clock(caught.at)} {zone(caught.at)}</span>'
        f'<span class="what">{escape(caught.headline.subject or words["nosubject"])}</span>'
        f'<span class="start">{escape(caught.headline.start)}</span></a></li>'
    )


def letter(caught: Caught, words: Words) -> str:
    """One mail."""
    mail = read(caught.raw)
    return (
        f'<main class="sheet"><nav><a href="/">← {words["back"]}</a>'
        f'<a href="/mails/{caught.id}/raw" download>{words["raw"]}</a></nav>'
        f"<h1>{escape(mail.subject or words['nosubject'])}</h1>{facts(caught, mail, words)}"
        f"{rendered(caught, mail, words)}{plain(mail, words)}{files(mail, words)}{headers(mail, words)}</main>"
    )


def gone(words: Words) -> str:
    """Instead of a mail that was deleted."""
    return f'<main class="sheet"><nav><a href="/">← {words["back"]}</a></nav><p>{words["gone"]}</p></main>'


def facts(caught: Caught, mail: Reading, words: Words) -> str:
    """Who wrote to whom and when."""
    told = (
        (words["from"], escape(mail.sender or caught.sender)),
        (words["to"], escape(mail.to or ", ".join(caught.to))),
        (words["at"], moment(caught.at)),
    )
    return f"<dl>{''.join(f'<dt>{name}</dt><dd>{value}</dd>' for name, value in told)}</dl>"


def rendered(caught: Caught, mail: Reading, words: Words) -> str:
    """The HTML form, in a frame that runs nothing and loads nothing."""
    if not mail.html:
        return ""
    sandbox = "allow-popups allow-popups-to-escape-sandbox"
    return f'<h2>{words["html"]}</h2><iframe sandbox="{sandbox}" src="/mails/{caught.id}/html" title="HTML"></iframe>'


def plain(mail: Reading, words: Words) -> str:
    """The plain text."""
    return f"<h2>{words['text']}</h2><pre>{linked(mail.text)}</pre>" if mail.text else ""


def files(mail: Reading, words: Words) -> str:
    """The names of the attachments."""
    if not mail.attachments:
        return ""
    rows = "".join(f"<li>{escape(f.name)} · {escape(f.type)} · {f.size} B</li>" for f in mail.attachments)
    return f"<h2>{words['files']}</h2><ul>{rows}</ul>"


def headers(mail: Reading, words: Words) -> str:
    """Every header, folded away."""
    rows = "".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in mail.headers)
    return f"<details><summary>{words['headers']}</summary><table>{rows}</table></details>"
