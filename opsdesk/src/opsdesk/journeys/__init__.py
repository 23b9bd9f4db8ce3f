"""The journeys J1 to J6, which `opsdesk demo` plays and `tests/journeys` checks.

A journey acts through the public API only, prints what it sees, and returns the facts.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from opsdesk.journeys import (
    j1_email,
    j2_refused_version,
    j3_blocker_at_night,
    j4_waiver,
    j5_forecast,
    j6_review,
)
from opsdesk.journeys.context import JourneyContext


@dataclass(frozen=True, slots=True)
class Journey:
    title: str
    play: Callable[[JourneyContext], Awaitable[object]]


JOURNEYS = {
    "J1": Journey("A customer writes an e-mail", j1_email.play),
    "J2": Journey("A version is refused", j2_refused_version.play),
    "J3": Journey("A Blocker at 3 a.m. on a Sunday", j3_blocker_at_night.play),
    "J4": Journey("The GM's waiver", j4_waiver.play),
    "J5": Journey("A promise will break", j5_forecast.play),
    "J6": Journey("The month is over", j6_review.play),
}
