"""Operational reviews: drawn up from a month's figures, discussed, published; and the actions that follow."""
