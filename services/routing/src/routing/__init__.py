"""Decides who: agents, presence, shifts, turns, and who holds which ticket."""
