"""`python -m <module> ...`: what ops run. A service's `__main__.py` is two lines."""

from common.command.program import command

__all__ = ["command"]
