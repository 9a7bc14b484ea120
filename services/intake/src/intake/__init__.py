"""Normalizes messages from every channel into tickets."""
