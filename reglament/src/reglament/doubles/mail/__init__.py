"""A mail server that keeps everything for reading and can be told to fail."""
