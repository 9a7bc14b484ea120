"""Measures the platform against ceilings found in the same run; `python -m tests.bench [NAME…]`."""
