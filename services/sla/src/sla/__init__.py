"""Decides by when."""
