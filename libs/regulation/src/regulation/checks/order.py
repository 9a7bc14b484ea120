"""Whether things were settled in order: promises and levels first, then ways in (R2-09)."""

from collections.abc import Iterator

from regulation.checks.plain import Document, terms, text
from regulation.stage import Kind
from regulation.term import Title
from regulation.text import Fault

NO_PLANS = Title(
    ru="каналы есть, а планов нет: сначала договоритесь о сроках (plans), потом открывайте каналы (R2-09)",
    en="there are channels and no plans: agree on plans before you open channels (R2-09)",
)
NO_LEVELS = Title(
    ru="каналы есть, а стадии вида work нет: сначала опишите уровни, потом открывайте каналы (R2-09)",
    en="there are channels and no stage of the kind work: describe the levels before you open channels (R2-09)",
)
OPENS_IN = Title(
    ru="обращение канала может начинаться только со стадии вида new или work",
    en="tickets of a channel begin in a stage of the kind new or work only: write such a stage",
)


def order(document: Document) -> Iterator[Fault]:
    """Channels without plans or levels behind them, and those whose tickets begin at their end."""
    kinds = {text(stage, "id"): text(stage, "kind") for _, stage in terms(document, "stages")}
    channels = list(terms(document, "channels"))
    if channels and document.get("plans") in ([], None):
        yield Fault(("channels",), NO_PLANS)
    if channels and kinds and Kind.work not in kinds.values():
        yield Fault(("channels",), NO_LEVELS)
    for path, channel in channels:
        if kinds.get(text(channel, "opens_in"), Kind.new) not in (Kind.new, Kind.work):
            yield Fault((*path, "opens_in"), OPENS_IN)
