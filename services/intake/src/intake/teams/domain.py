"""A team to whom tickets are assigned. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Team:
    """`members` are `sub`s. One that `is_role` has everybody with that role as its members."""

    key: str
    name: str
    members: Sequence[str]
    is_role: bool

    @property
    def position(self) -> tuple[int, str]:
        """Where it stands in the list of all: roles first, then by key."""
        return int(not self.is_role), self.key
