"""A team to whom tickets are assigned. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class StoredTeam:
    """A team of the house as it is stored; `sequence` is that of its last event."""

    id: UUID
    key: str
    name: str
    members: Sequence[str]
    sequence: int


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
