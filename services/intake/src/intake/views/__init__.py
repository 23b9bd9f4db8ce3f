"""Filters of lists that people keep under a name."""
