"""The context of a command about something on an environment."""

from dataclasses import dataclass

from delivery_gate.command_context import CommandContext
from delivery_gate.environments.domain import Environment


@dataclass(frozen=True, slots=True)
class EnvironmentContext(CommandContext):
    """A command's context, with the environment that it is about.

    The environment is locked, except where a waiting request expires on it.
    """

    environment: Environment
