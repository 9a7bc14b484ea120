"""The append-only log: append, read, follow, aggregate, seal."""
