"""The command line of a service: `python -m <module> …`."""

from common.cli.app import create_cli

__all__ = ["create_cli"]
