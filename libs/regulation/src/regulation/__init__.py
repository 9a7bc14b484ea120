"""The regulation as data, and working time as one interval algebra."""
