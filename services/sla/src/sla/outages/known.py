"""What has to be known to answer for availability, and the answers to any number of questions. Pure.

One load serves a customer's page as well as a report about all of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple
from uuid import UUID

from sla.agreements.agreement import Agreement, holding
from sla.calendars.calendar import always
from sla.calendars.timetable import Timetable
from sla.calendars.zone import read_zone
from sla.catalogue.graph import Graph
from sla.outages.availability import Agreed, Availability, availability
from sla.outages.maintenance import PlannedMaintenance, excusing
from sla.outages.month import Month, following, month
from sla.outages.outage import Outage, whole
from sla.outages.place import Place, Question
from sla.outages.promise import agreed_windows, promised_of, zone_name
from sla.outages.rest import rests_on
from sla.outages.strip import Trouble, Window, excused

NOWHERE = "UTC"
ROUND_THE_CLOCK = Timetable(always(read_zone(NOWHERE)))
"""What is measured by where nothing was agreed: every second."""


class Customer(NamedTuple):
    key: str
    timezone: str


class Held(NamedTuple):
    """`agreement` (None: none) held in `[start, end)`."""

    start: datetime
    end: datetime
    agreement: Agreement | None


@dataclass(frozen=True)
class Known:
    """Of a stretch of time: the outages that touch it, the maintenance that was announced, and what
    was promised to whom. `graph` is the catalogue as it stands now."""

    outages: Sequence[Outage]
    maintenance: Sequence[PlannedMaintenance]
    agreements: Mapping[UUID, Sequence[Agreement]]
    timetables: Mapping[UUID, Timetable]
    customers: Mapping[UUID, Customer] = field(default_factory=dict)
    graph: Graph = Graph({})

    def month(self, question: Question, day: date) -> Month:
        """The month of a date in the zone of the agreement, else the customer's, else UTC (C12)."""
        return month(day, read_zone(self._zone(question, day.replace(day=1))))

    def availability(
        self, question: Question, start: datetime, end: datetime, now: datetime
    ) -> Availability:
        """Of `[start, end)` as it stands at `now`. Raises OutOfRange."""
        start, end, now = whole(start), whole(end), whole(now)
        held = self.held(question, start, end)
        return availability(
            self.agreed(held),
            list(self._troubles(question, held)),
            list(self._windows(question, held)),
            start,
            end,
            now,
        )

    def held(self, question: Question, start: datetime, end: datetime) -> list[Held]:
        """Which agreement held when; all of `[start, end)`, in order."""
        known = self._agreements(question)
        ends = {at for one in known for at in (one.valid_from, one.valid_until) if at is not None}
        cuts = sorted({start, end} | {cut for at in ends if start < (cut := whole(at)) < end})
        pieces = [Held(a, b, self._holding(question, a)) for a, b in pairwise(cuts)]
        return pieces or [Held(start, end, None)]

    def agreed(self, held: Sequence[Held]) -> list[Agreed]:
        """The agreed service time; where nothing was agreed at all, every second without a promise."""
        found = [
            Agreed(
                start,
                end,
                self.timetables[agreement.calendar],
                promised_of(agreement),
                agreement.key,
            )
            for start, end, agreement in held
            if agreement is not None
        ]
        return found or [Agreed(held[0].start, held[-1].end, ROUND_THE_CLOCK)]

    def _troubles(self, question: Question, held: Sequence[Held]) -> Iterator[Trouble]:
        for outage in self.outages:
            if self._concerns(question, outage):
                yield from self._counted(question, outage, held)
            elif rests_on(self.graph, question, self._key(question), outage.place):
                yield outage.trouble()._replace(effect="impaired")

    def _counted(
        self, question: Question, outage: Outage, held: Sequence[Held]
    ) -> Iterator[Trouble]:
        """Its pieces: what lies in maintenance agreed for all of its place is excused."""
        place = question.within(outage.place)
        windows = [*self._agreed_windows(held), *excusing(self.maintenance, place)]
        return excused(outage.trouble(), windows)

    def _concerns(self, question: Question, outage: Outage) -> bool:
        if not question.concerns(outage.place):
            return False
        governed = question.agreement is None or any(
            self._holding(Question(id, service=outage.place.service), outage.started_at)
            for id in (question.customer_id,)
        )
        return governed and self._bought(question, outage.place)
