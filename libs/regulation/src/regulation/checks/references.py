"""Whether every name leads somewhere: which key of the document names terms of which list."""

from collections.abc import Iterator

from regulation.checks.plain import Document, texts, walk
from regulation.text import Fault
from regulation.wording import unknown

REFERENCES = (
    ("defaults.category", "categories"),
    ("defaults.priority", "priorities"),
    ("categories.*.ticket_type", "ticket_types"),
    ("categories.*.estimated.*", "stages"),
    ("categories.*.roles.@", "stages"),
    ("categories.*.roles.*.*", "roles"),
    ("categories.*.links.*", "categories"),
    ("plans.*.calendar", "calendars"),
    ("plans.*.targets.@", "columns"),
    ("plan_table.@", "categories"),
    ("plan_table.*.@", "priorities"),
    ("plan_table.*.*", "plans"),
    ("plan_rules.*.plan", "plans"),
    ("plan_rules.*.channels.*", "channels"),
    ("plan_rules.*.directions.*", "directions"),
    ("plan_rules.*.services.*", "services"),
    ("plan_rules.*.ticket_types.*", "ticket_types"),
    ("plan_rules.*.categories.*", "categories"),
    ("plan_rules.*.priorities.*", "priorities"),
    ("stages.*.roles.*", "roles"),
    ("stages.*.takes.*", "categories"),
    ("stages.*.solves.*", "categories"),
    ("transitions.*.from", "stages"),
    ("transitions.*.to", "stages"),
    ("channels.*.group", "groups"),
    ("channels.*.coverage", "calendars"),
    ("channels.*.opens_in", "stages"),
    ("services.*.group", "groups"),
    ("lines.*.channels.*", "channels"),
    ("lines.*.solves.*", "categories"),
    ("lines.*.helped_by.*", "lines"),
    ("lines.*.hands_over.*.categories.*", "categories"),
    ("lines.*.hands_over.*.to", "lines or trackers"),
    ("access.outside_channels.*", "roles"),
    ("trackers.*.stages.*", "stages"),
    ("trackers.*.categories.*", "categories"),
    ("auto_close.stage", "stages"),
    ("auto_close.to", "stages"),
    ("auto_close.calendar", "calendars"),
    ("reopening.calendar", "calendars"),
    ("missed_calls.calendar", "calendars"),
    ("missed_calls.reassigned_by", "roles"),
)
DIRECTIONS = (("channels.*.direction", "directions"),)
"""Without a list of directions a channel's is free text."""
DEFINED = {
    "calendars": ("calendars.@",),
    "columns": ("stages.*.target", "metrics.*.target"),
    "lines or trackers": ("lines.*.id", "trackers.*.id"),
}
"""Where names are defined, if not as ids of the list itself."""
REQUIRED = {
    *("calendars", "ticket_types", "categories", "priorities", "plans", "stages", "roles", "groups", "channels"),
}


def references(document: Document) -> Iterator[Fault]:
    """Names that nothing in the document bears."""
    for pattern, kind in (*REFERENCES, *(DIRECTIONS if "directions" in document else ())):
        known = dict.fromkeys(texts(document, *DEFINED.get(kind, (f"{kind}.*.id",))))
        if known or kind not in REQUIRED:  # a list that is missing altogether is complained of once
            found = (each for each in walk(document, pattern) if each[1] not in known)
            yield from (Fault(path, unknown(kind, name, known)) for path, name in found)
