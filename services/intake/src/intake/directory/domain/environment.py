"""The environments in which a customer runs the product. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

Tier = Literal["production", "staging", "test", "development"]


@dataclass(frozen=True, slots=True)
class Environment:
    """An environment of a customer.

    `key` and `customer` are keys. `sequence` is the one of the last event about it. It is `retired` once
    `ended_by` has confirmed the end that `end_asked_by` asked for.
    """

    id: UUID
    key: str
    customer_id: UUID
    customer: str
    tier: Tier
    name: str
    sequence: int = 1
    retired: bool = False
    end_asked_by: str | None = None
    end_asked_at: datetime | None = None
    ended_by: str | None = None
