"""`python -m <module> ...`: what ops run. A service's `__main__.py` is two lines."""

from common.cli.app import create_cli

__all__ = ["create_cli"]
