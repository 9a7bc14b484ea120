"""Missed calls: a small process of its own, from the exchange's word to the contact that settles it (S4)."""
