"""What every test here is run with."""

from hypothesis import settings

settings.register_profile("untimed", deadline=None)  # a timed assertion fails on a busy machine, not on a fault
settings.load_profile("untimed")
