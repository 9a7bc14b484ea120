"""The terms of one regulation, remembered: what new tickets bring is said again and again in the same few words."""

from collections.abc import Mapping

from regulation.document import Regulation

from intake.domain.terms import Terms, terms

HINTED = ("category", "type", "priority", "urgency", "service")
"""The hints that terms follow from."""
KEPT = 1_000
"""Different words remembered at most: senders may invent as many as they like."""


class Lexicon:
    """What a regulation makes of new tickets."""

    def __init__(self, regulation: Regulation) -> None:
        self.regulation = regulation
        self._found: dict[tuple[str | None, ...], Terms] = {}

    def terms(self, channel: str, hints: Mapping[str, str], language: str) -> Terms:
        """What `intake.domain.terms.terms` says of this regulation."""
        said = (channel, language, *map(hints.get, HINTED))
        found = self._found.get(said)
        if found is None:
            if len(self._found) >= KEPT:
                self._found.clear()
            # No other hint is shown: what is remembered may depend on nothing that it is not remembered by.
            hinted = {name: hints[name] for name in HINTED if name in hints}
            found = self._found[said] = terms(self.regulation, channel, hinted, language)
        return found
