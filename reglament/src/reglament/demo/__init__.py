"""A morning of support on real-looking messages, told ticket by ticket."""
