"""Who is to be told what, and what keeps a message from going out: pure functions."""
