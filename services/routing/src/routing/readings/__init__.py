"""Rosters as people keep them: tables and calendars become shifts, or a list of what is wrong with which row."""
