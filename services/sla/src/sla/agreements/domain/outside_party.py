"""The other side of a contract as its reader: a customer, or a business partner. Pure."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class OutsideParty:
    """Who reads an agreement that is not one of ours, by key."""

    kind: Literal["customer", "partner"]
    key: str
