"""What lies behind a clock, stretch by stretch. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Literal, overload
from uuid import UUID

from msgspec import Struct

Why = Literal["running", "waiting_on_customer", "stopped"]


class Stretch(Struct, frozen=True, array_like=True, gc=False):
    """Time between two changes, and how much of it counted.

    `worked` is the working time in it; it counted only where `why` is running.
    """

    start: datetime
    end: datetime
    why: Why
    calendar: UUID
    worked: timedelta


class Past(Sequence[Stretch]):
    """Stretches in order; never changed, and yet it grows without being copied.

    A past and the one that follows it share a list, of which each sees its own length; only what
    has been continued otherwise before is copied. A fold over n inputs costs n, with tuples n².
    """

    __slots__ = ("_length", "_stretches")

    def __init__(self, stretches: Iterable[Stretch] = ()) -> None:
        self._stretches = list(stretches)
        self._length = len(self._stretches)

    def followed_by(self, stretch: Stretch) -> "Past":
        longer = Past.__new__(Past)
        latest = self._length == len(self._stretches)
        longer._stretches = self._stretches if latest else list(self)
        longer._stretches.append(stretch)
        longer._length = self._length + 1
        return longer

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, at: int) -> Stretch: ...
    @overload
    def __getitem__(self, at: slice) -> list[Stretch]: ...
    def __getitem__(self, at: int | slice) -> Stretch | list[Stretch]:
        if isinstance(at, slice):
            return [self._stretches[place] for place in range(self._length)[at]]
        return self._stretches[range(self._length)[at]]

    def __iter__(self) -> Iterator[Stretch]:
        return islice(self._stretches, self._length)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Past) and list(self) == list(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"Past({list(self)})"
