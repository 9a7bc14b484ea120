"""Doubles of the outside world, so that every channel can be tried without an account and with faults at will."""
