"""Queries of daily roll-ups and of what they are counted from."""
