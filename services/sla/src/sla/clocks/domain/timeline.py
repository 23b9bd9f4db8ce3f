"""The timeline of a clock: the segments that lie behind it. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Literal, overload
from uuid import UUID

from msgspec import Struct

SegmentKind = Literal["running", "waiting_on_customer", "stopped"]


class Segment(Struct, frozen=True, array_like=True, gc=False):
    """Time between two changes, and how much of it counted.

    `working_time` lies in it; it counted only where `kind` is running.
    """

    start: datetime
    end: datetime
    kind: SegmentKind
    calendar: UUID
    working_time: timedelta


class Timeline(Sequence[Segment]):
    """Segments in order; immutable, and yet it grows without being copied.

    A timeline and its extension share a list, of which each sees its own length; the list is
    copied only when a timeline is extended a second time. A fold over n inputs costs O(n); with
    tuples it would cost O(n²).
    """

    __slots__ = ("_length", "_segments")

    def __init__(self, segments: Iterable[Segment] = ()) -> None:
        self._segments = list(segments)
        self._length = len(self._segments)

    def with_segment(self, segment: Segment) -> "Timeline":
        extended = Timeline.__new__(Timeline)
        is_latest = self._length == len(self._segments)
        extended._segments = self._segments if is_latest else list(self)
        extended._segments.append(segment)
        extended._length = self._length + 1
        return extended

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, at: int) -> Segment: ...
    @overload
    def __getitem__(self, at: slice) -> list[Segment]: ...
    def __getitem__(self, at: int | slice) -> Segment | list[Segment]:
        if isinstance(at, slice):
            return [self._segments[index] for index in range(self._length)[at]]
        return self._segments[range(self._length)[at]]

    def __iter__(self) -> Iterator[Segment]:
        return islice(self._segments, self._length)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Timeline) and list(self) == list(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"Timeline({list(self)})"
