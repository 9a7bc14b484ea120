"""Asks how it was: one survey per resolution, and what the ratings say."""
