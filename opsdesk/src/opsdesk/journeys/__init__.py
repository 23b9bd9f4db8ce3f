"""The journeys J1 to J15, which `opsdesk demo` plays and `tests/journeys` checks.

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
    j7_portal,
    j8_mail_disorder,
    j9_phone,
    j10_alert_storm,
    j11_partner,
    j12_hand_over,
    j13_merge,
    j14_problem,
    j15_month,
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
    "J7": Journey("A customer asks by the portal", j7_portal.play),
    "J8": Journey("Mails as they come in real life", j8_mail_disorder.play),
    "J9": Journey("Somebody phones", j9_phone.play),
    "J10": Journey("Ten thousand alerts", j10_alert_storm.play),
    "J11": Journey("A partner takes over, and gives back", j11_partner.play),
    "J12": Journey("What first level cannot resolve", j12_hand_over.play),
    "J13": Journey("Merged by mistake", j13_merge.play),
    "J14": Journey("From a problem to a verified fix", j14_problem.play),
    "J15": Journey("A month to look at", j15_month.play),
}
