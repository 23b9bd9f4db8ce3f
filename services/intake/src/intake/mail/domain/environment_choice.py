"""Which of a customer's environments a mail is about, since no field of a mail says so. Pure."""

import re
from collections.abc import Sequence

from intake.directory.domain.environment import Environment


def choose_environment(environments: Sequence[Environment], *texts: str) -> Environment | None:
    """The environment whose key comes first in the first text that mentions one.

    Without such a text it is the customer's only production environment. None leaves the choice to
    OPS: a wrong environment could allow an emergency change there.
    """
    for text in texts:
        if mentioned := _first_mentioned(environments, text):
            return mentioned
    production = [environment for environment in environments if environment.tier == "production"]
    return production[0] if len(production) == 1 else None


def _first_mentioned(environments: Sequence[Environment], text: str) -> Environment | None:
    positions = {
        match.start(): environment
        for environment in environments
        if (
            match := re.search(
                rf"(?<![\w-]){re.escape(environment.key)}(?![\w-])", text, re.IGNORECASE
            )
        )
    }
    return positions[min(positions)] if positions else None
