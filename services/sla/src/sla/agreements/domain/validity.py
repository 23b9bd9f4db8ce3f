"""When the versions of one agreement are valid: never two of them at a time. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Validity:
    """The validity `[start, end)` of a version; `end` None is open."""

    version: int
    start: datetime
    end: datetime | None


@dataclass(frozen=True, slots=True)
class Overlap:
    """A new version would be valid at the same time as `other`. As text: what to do about it."""

    other: Validity

    def __str__(self) -> str:
        other = self.other
        until = f"until {other.end.isoformat()}" if other.end else "without an end"
        advice = "begin when it has ended"
        if other.end is not None:
            advice += f", or say that it supersedes version {other.version}"
        return f"version {other.version} is valid from {other.start.isoformat()} {until}: {advice}"


def succession(
    new: Validity, supersedes: int | None, binding: Iterable[Validity]
) -> Validity | Overlap | None:
    """The version whose validity the new one ends; None where it ends none.

    A version with an open end gives way to whatever begins later. One with an agreed end gives way
    only to a version that `supersedes` it by number. Anything else is an Overlap.
    """
    superseded = None
    for other in binding:
        if not _overlaps(new, other):
            continue
        gives_way = other.end is None or supersedes == other.version
        if not (other.start < new.start and gives_way):
            return Overlap(other)
        superseded = other
    return superseded


def _overlaps(left: Validity, right: Validity) -> bool:
    begins_before_end = right.end is None or left.start < right.end
    return begins_before_end and (left.end is None or right.start < left.end)
