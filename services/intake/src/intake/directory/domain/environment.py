"""The environments in which a customer runs the product. Pure."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

Tier = Literal["production", "staging", "test", "development"]


@dataclass(frozen=True, slots=True)
class Environment:
    """An environment of a customer.

    `key` and `customer` are keys. `sequence` is the one of the last event about it.
    """

    id: UUID
    key: str
    customer_id: UUID
    customer: str
    tier: Tier
    name: str
    sequence: int = 1
