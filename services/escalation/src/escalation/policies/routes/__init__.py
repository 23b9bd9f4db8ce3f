"""The HTTP routes of policies and of the matrix."""
