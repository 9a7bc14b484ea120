"""Routing's tables: people, and their work."""

from eventlog.tables import Views

from routing import views_people, views_roster, views_work

PARTS = (views_people.VIEWS, views_roster.VIEWS, views_work.VIEWS)

VIEWS = Views(
    tables=[table for part in PARTS for table in part.tables],
    ddl="".join(part.ddl for part in PARTS),
    indexes="".join(part.indexes for part in PARTS),
    rules={kind: rule for part in PARTS for kind, rule in part.rules.items()},
)
