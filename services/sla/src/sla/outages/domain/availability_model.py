"""What has to be known to answer for availability, and the answers to any number of questions. Pure.

One load serves a customer's page as well as a report about all of them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import chain, pairwise
from typing import NamedTuple
from uuid import UUID

from sla.agreements.domain.agreement import Agreement, holding
from sla.calendars.domain.calendar import always
from sla.calendars.domain.timetable import Timetable
from sla.calendars.domain.zone import read_zone
from sla.catalogue.domain.graph import Graph
from sla.outages.domain.availability import Agreed, Availability, availability
from sla.outages.domain.dependencies import beneath, impairs
from sla.outages.domain.maintenance import Plan, PlannedMaintenance
from sla.outages.domain.month import Month, month
from sla.outages.domain.outage import Outage, whole
from sla.outages.domain.scope import Place, Question
from sla.outages.domain.target import agreed_windows
from sla.outages.domain.timeline import Trouble, Window, excused

NOWHERE = "UTC"
ROUND_THE_CLOCK = Timetable(always(read_zone(NOWHERE)))
"""What is measured by where nothing was agreed: every second."""


EMPTY = Graph({})


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
    graph: Graph = EMPTY

    def month(self, question: Question, day: date) -> Month:
        """The month of a date, in its `zone` (C12)."""
        return month(day, read_zone(self.zone(question, day)))

    def of_month(self, question: Question, day: date, now: datetime) -> Availability:
        """Of the month of a date, as it stands at `now`."""
        lasts = self.month(question, day)
        return self.availability(question, lasts.start, lasts.end, now)

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

    def lasting(self, question: Question) -> bool:
        """Whether something that counts for the question is down still."""
        return any(
            one.effect == "down" and one.ended_at is None and self._concerns(question, one)
            for one in self._outages(question)
        )

    def services(self, customer_id: UUID | None) -> set[str]:
        """Those that were sold or promised to the customer (None: to anybody), or have been down."""
        customer = self.customers.get(customer_id) if customer_id else None
        sold = {
            name
            for name, buyers in self.graph.sold_to.items()
            if customer_id is None or (customer and customer.key in buyers)
        }
        whose = self.agreements if customer_id is None else (customer_id,)
        covering = (one for id in whose for one in self._of_customer(Question(id)))
        promised = {name for one in covering for name in one.services}
        asked = Question(customer_id)
        down = {one.place.service for one in self._outages(asked) if self._concerns(asked, one)}
        return sold | promised | {name for name in down if name}

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
                agreement.availability,
                agreement.key,
            )
            for start, end, agreement in held
            if agreement is not None
        ]
        return found or [Agreed(held[0].start, held[-1].end, ROUND_THE_CLOCK)]

    def _outages(self, question: Question) -> Iterable[Outage]:
        """Those that can matter to the question: of one customer, and of everybody."""
        if question.customer_id is None:
            return self.outages
        return chain(*(self._by_customer.get(one, ()) for one in {question.customer_id, None}))

    @cached_property
    def _by_customer(self) -> Mapping[UUID | None, Sequence[Outage]]:
        found: dict[UUID | None, list[Outage]] = {}
        for one in self.outages:
            found.setdefault(one.place.customer_id, []).append(one)
        return found

    @cached_property
    def _plan(self) -> Plan:
        return Plan(self.maintenance)

    def _troubles(self, question: Question, held: Sequence[Held]) -> Iterator[Trouble]:
        nodes = beneath(self.graph, question, self._key(question))
        excuses: dict[str | None, list[Window]] = {}
        for outage in self._outages(question):
            if self._concerns(question, outage):
                place = question.within(outage.place)
                if place.service not in excuses:
                    excuses[place.service] = self._excuses(question, place, held)
                windows = [*excuses[place.service], *self._plan.excusing(place)]
                yield from excused(outage.trouble(), windows)
            elif impairs(outage.place, nodes, question):
                yield outage.trouble()._replace(effect="degraded")

    def _excuses(self, question: Question, place: Place, held: Sequence[Held]) -> list[Window]:
        """The maintenance of the agreement that governs what was down there."""
        if question.agreement is None and place.service != question.service:
            governed = replace(question, service=place.service)
            held = self.held(governed, held[0].start, held[-1].end)
        return list(self._agreed_windows(held))

    def _windows(self, question: Question, held: Sequence[Held]) -> Iterator[Window]:
        """Maintenance that is shown: what concerns the question at least in part."""
        yield from self._agreed_windows(held)
        yield from self._plan.concerning(question)

    def _agreed_windows(self, held: Sequence[Held]) -> Iterator[Window]:
        for start, end, agreement in held:
            if agreement is not None:
                yield from agreed_windows(agreement, self.timetables, start, end)

    def _concerns(self, question: Question, outage: Outage) -> bool:
        place = outage.place
        if not question.concerns(place) or not self._bought(question, place):
            return False
        return (
            question.agreement is None or place.service is None or self._governs(question, outage)
        )

    def _governs(self, question: Question, outage: Outage) -> bool:
        """Whether the agreement asked for is the one that holds for the service, when the outage
        begins or, where it lasts so long, when a version of it does."""
        every = self._of_customer(question)
        for version in self._agreements(question):
            at = max(outage.started_at, version.valid_from)
            if outage.ended_at is None or at <= outage.ended_at:
                holds = holding(every, outage.place.service, at)
                if holds is not None and holds.key == question.agreement:
                    return True
        return False

    def _bought(self, question: Question, place: Place) -> bool:
        """An outage for everybody hits those who bought the service, where the catalogue knows."""
        if place.customer_id is not None or place.service is None:
            return True
        sold_to, key = self.graph.sold_to.get(place.service), self._key(question)
        return not sold_to or key is None or key in sold_to

    def _holding(self, question: Question, at: datetime) -> Agreement | None:
        mine = self._agreements(question)
        if question.agreement is None:
            return holding(mine, question.service, at)
        # Asked for by its key: whatever services it names.
        return next((agreement for agreement in mine if agreement.holds_at(at)), None)

    def _agreements(self, question: Question) -> Sequence[Agreement]:
        mine = self._of_customer(question)
        if question.agreement is None:
            return mine
        return [one for one in mine if one.key == question.agreement]

    def _of_customer(self, question: Question) -> Sequence[Agreement]:
        found = (
            () if question.customer_id is None else self.agreements.get(question.customer_id, ())
        )
        return [agreement for agreement in found if agreement.contract == "sla"]

    def _key(self, question: Question) -> str | None:
        customer = self.customers.get(question.customer_id) if question.customer_id else None
        return customer.key if customer else None

    def zone(self, question: Question, day: date) -> str:
        """Where the month of that date begins: with the agreement, else the customer, else UTC."""
        around = datetime(day.year, day.month, 1, tzinfo=UTC)
        for piece in reversed(self.held(question, around, around + timedelta(days=27))):
            if piece.agreement is not None:
                return piece.agreement.timezone
        customer = self.customers.get(question.customer_id) if question.customer_id else None
        return customer.timezone if customer else NOWHERE
