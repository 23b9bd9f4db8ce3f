"""What the command says when it cannot go on."""


class CliError(Exception):
    """One sentence for the person at the terminal: what is wrong, and what to do about it."""
