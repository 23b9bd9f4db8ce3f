"""The timeline of a clock: its past segments. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Literal, overload
from uuid import UUID

from msgspec import Struct

SegmentKind = Literal["running", "waiting_on_customer", "stopped"]


class Segment(Struct, frozen=True, array_like=True, gc=False):
    """The time between two changes, with its working time, which counts if `kind` is running."""

    start: datetime
    end: datetime
    kind: SegmentKind
    calendar: UUID
    working_time: timedelta


class Timeline(Sequence[Segment]):
    """Segments in order; immutable, and extended without copying.

    A timeline and its extension share a list, each with its own length; the list is copied only
    when a timeline is extended a second time. A fold over n inputs costs O(n); with tuples O(n²).
    """

    __slots__ = ("_length", "_segments")

    def __init__(self, segments: Iterable[Segment] = ()) -> None:
        self._segments = list(segments)
        self._length = len(self._segments)

    def with_segment(self, segment: Segment) -> "Timeline":
        """Return this timeline with one more segment at its end."""
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
