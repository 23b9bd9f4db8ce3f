"""Percentiles from histograms, which can be added up over days and customers. Pure.

Bucket 0 counts durations below a second, bucket n those in `[1.1^(n-1), 1.1^n)` seconds. A
percentile is the geometric middle of its bucket, so its relative error is below 5 % (the square
root of 1.1, minus 1), whatever was added up.
"""

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

BUCKET_GROWTH = 1.1
MAX_RELATIVE_ERROR = math.sqrt(BUCKET_GROWTH) - 1
"""The bound of the relative error: 4.9 %."""


def bucket_of(seconds: float) -> int:
    """The bucket of a duration."""
    return 0 if seconds < 1 else 1 + math.floor(math.log(seconds) / math.log(BUCKET_GROWTH))


def bucket_middle(bucket: int) -> float:
    """The duration in seconds that stands for all in a bucket."""
    return 0.0 if bucket == 0 else BUCKET_GROWTH ** (bucket - 0.5)


@dataclass(frozen=True, slots=True)
class MeasuredTimes:
    """How many durations there are, their sum in seconds, and some percentiles of them; None of no durations."""

    ended: int
    seconds: int
    percentiles: tuple[float | None, ...]

    @property
    def mean(self) -> float | None:
        """The mean in seconds; None of no durations."""
        return self.seconds / self.ended if self.ended else None


@dataclass(frozen=True, slots=True)
class Times:
    """Durations as a histogram: counts by bucket, and their exact sum in seconds."""

    counts: Mapping[int, int]
    seconds: int = 0

    @property
    def ended(self) -> int:
        return sum(self.counts.values())

    @property
    def mean(self) -> float | None:
        """The exact mean in seconds; None of no durations."""
        return self.seconds / self.ended if self.ended else None

    def percentile(self, share: float) -> float | None:
        """The seconds within which at least `share` of all ended; None of no durations."""
        return self.percentiles([share])[0]

    def percentiles(self, shares: Sequence[float]) -> list[float | None]:
        """The percentiles of several shares at once."""
        if not self.ended:
            return [None] * len(shares)
        numbers = sorted(self.counts)
        cumulative_counts = list(accumulate(self.counts[number] for number in numbers))
        ranks = (math.ceil(share * cumulative_counts[-1]) for share in shares)
        return [bucket_middle(numbers[bisect_left(cumulative_counts, one)]) for one in ranks]

    def estimate(self, shares: Sequence[float]) -> MeasuredTimes:
        """The same figures, with percentiles from the buckets."""
        return MeasuredTimes(self.ended, self.seconds, tuple(self.percentiles(shares)))

    def __add__(self, other: "Times") -> "Times":
        buckets = self.counts.keys() | other.counts.keys()
        counts = {n: self.counts.get(n, 0) + other.counts.get(n, 0) for n in buckets}
        return Times(counts, self.seconds + other.seconds)
