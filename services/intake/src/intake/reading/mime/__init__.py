"""MIME as it is met in the wild, read within fixed bounds of work."""
