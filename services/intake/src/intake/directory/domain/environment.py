"""Which of a customer's environments a request is about, when nobody says so in a field. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

Tier = Literal["production", "staging", "test", "development"]


@dataclass(frozen=True, slots=True)
class Environment:
    id: UUID
    key: str
    customer_id: UUID
    customer: str
    tier: Tier
    name: str
    sequence: int = 1


def choose_environment(environments: Sequence[Environment], *texts: str) -> Environment | None:
    """The one whose key is written first in the texts, else the only one in production, else none.

    None leaves the choice to OPS: a wrong environment could open the door to an emergency change.
    """
    for text in texts:
        if mentioned := _first_mentioned(environments, text):
            return mentioned
    production = [one for one in environments if one.tier == "production"]
    return production[0] if len(production) == 1 else None


def _first_mentioned(environments: Sequence[Environment], text: str) -> Environment | None:
    positions = {
        match.start(): one
        for one in environments
        if (match := re.search(rf"(?<![\w-]){re.escape(one.key)}(?![\w-])", text, re.IGNORECASE))
    }
    return positions[min(positions)] if positions else None
