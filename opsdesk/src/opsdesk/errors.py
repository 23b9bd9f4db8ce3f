"""Errors of the command line."""


class CliError(Exception):
    """A sentence for the user: what is wrong, and what to do about it."""
