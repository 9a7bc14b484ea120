"""The command line: up, log, verify."""
