"""Errors of this package."""


class LocalRunError(Exception):
    """A sentence for the user: what is wrong and what to do about it."""
