"""The data from which availability is computed, loaded once for any number of queries. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import chain, pairwise
from uuid import UUID

from sla.agreements.domain.agreement import Agreement, applicable_agreement, own_or_default
from sla.calendars.domain.calendar import always_open
from sla.calendars.domain.timetable import Timetable
from sla.calendars.domain.zone import read_zone
from sla.catalogue.domain.graph import Graph
from sla.outages.domain.agreement_interval import AgreementInterval, Customer
from sla.outages.domain.availability import AgreedPeriod, Availability, compute_availability
from sla.outages.domain.availability_month import Month, calendar_month
from sla.outages.domain.dependencies import degrades, nodes_below
from sla.outages.domain.maintenance import MaintenancePlan, PlannedMaintenance
from sla.outages.domain.outage import Outage, truncate_to_second
from sla.outages.domain.scope import AvailabilityQuery, Scope
from sla.outages.domain.state_timeline import DowntimeInterval, Window, exclude_maintenance
from sla.outages.domain.target import agreed_windows

DEFAULT_TIMEZONE = "UTC"
ROUND_THE_CLOCK = Timetable(always_open(read_zone(DEFAULT_TIMEZONE)))
"""The calendar where nothing was agreed: every second."""
EMPTY_GRAPH = Graph({})


@dataclass(frozen=True)
class AvailabilityModel:
    """The outages, maintenance and agreements of a period.

    `agreements` and `customers` are by customer id, `timetables` by calendar id. `graph` is the
    present catalogue.
    """

    outages: Sequence[Outage]
    maintenance: Sequence[PlannedMaintenance]
    agreements: Mapping[UUID, Sequence[Agreement]]
    timetables: Mapping[UUID, Timetable]
    customers: Mapping[UUID, Customer] = field(default_factory=dict)
    graph: Graph = EMPTY_GRAPH

    def month(self, query: AvailabilityQuery, day: date) -> Month:
        """Return the month of a date in the time zone of the query (C12)."""
        return calendar_month(day, read_zone(self.timezone(query, day)))

    def availability_of_month(
        self, query: AvailabilityQuery, day: date, now: datetime
    ) -> Availability:
        """Compute the availability of the month of a date, as of `now`."""
        period = self.month(query, day)
        return self.availability(query, period.start, period.end, now)

    def availability(
        self, query: AvailabilityQuery, start: datetime, end: datetime, now: datetime
    ) -> Availability:
        """Compute the availability of `[start, end)` as of `now`. Raises OutOfRange."""
        start, end, now = (
            truncate_to_second(start),
            truncate_to_second(end),
            truncate_to_second(now),
        )
        intervals = self.agreement_intervals(query, start, end)
        return compute_availability(
            self.agreed_periods(intervals),
            list(self._downtime_intervals(query, intervals)),
            list(self._shown_windows(query, intervals)),
            start,
            end,
            now,
        )

    def is_down(self, query: AvailabilityQuery) -> bool:
        """Return whether an outage that counts for the query is still open."""
        return any(
            one.effect == "down" and one.ended_at is None and self._is_relevant(query, one)
            for one in self._candidate_outages(query)
        )

    def services(self, customer_id: UUID | None) -> set[str]:
        """Return the services sold or promised to the customer (None: to any), or down."""
        customer = self.customers.get(customer_id) if customer_id else None
        sold_services = {
            name
            for name, buyers in self.graph.sold_to.items()
            if customer_id is None or (customer and customer.key in buyers)
        }
        customer_ids = self.agreements if customer_id is None else (customer_id,)
        covering_agreements = (
            one
            for id in customer_ids
            for one in own_or_default(self._agreements_of_customer(AvailabilityQuery(id)))
        )
        promised_services = {name for one in covering_agreements for name in one.services}
        query = AvailabilityQuery(customer_id)
        down_services = {
            one.scope.service
            for one in self._candidate_outages(query)
            if self._is_relevant(query, one)
        }
        return sold_services | promised_services | {name for name in down_services if name}

    def agreement_intervals(
        self, query: AvailabilityQuery, start: datetime, end: datetime
    ) -> list[AgreementInterval]:
        """Return which agreement was valid when; the intervals cover `[start, end)`, in order."""
        agreements = self._queried_agreements(query)
        boundaries = {
            at for one in agreements for at in (one.valid_from, one.valid_until) if at is not None
        } | {former.until for one in agreements for former in one.former_calendars}
        cuts = sorted(
            {start, end}
            | {cut for at in boundaries if start < (cut := truncate_to_second(at)) < end}
        )
        intervals = [
            AgreementInterval(a, b, self._agreement_at(query, a)) for a, b in pairwise(cuts)
        ]
        return intervals or [AgreementInterval(start, end, None)]

    def agreed_periods(self, intervals: Sequence[AgreementInterval]) -> list[AgreedPeriod]:
        """Return the agreed periods; without any agreement, all time without a promise."""
        periods = [
            AgreedPeriod(
                start,
                end,
                self.timetables[agreement.calendar_at(start)],
                agreement.availability,
                agreement.key,
            )
            for start, end, agreement in intervals
            if agreement is not None
        ]
        return periods or [AgreedPeriod(intervals[0].start, intervals[-1].end, ROUND_THE_CLOCK)]

    def _candidate_outages(self, query: AvailabilityQuery) -> Iterable[Outage]:
        """Return the outages that may count: those of the customer, and those of all customers."""
        if query.customer_id is None:
            return self.outages
        return chain(*(self._by_customer.get(one, ()) for one in {query.customer_id, None}))

    @cached_property
    def _by_customer(self) -> Mapping[UUID | None, Sequence[Outage]]:
        by_customer: dict[UUID | None, list[Outage]] = {}
        for outage in self.outages:
            by_customer.setdefault(outage.scope.customer_id, []).append(outage)
        return by_customer

    @cached_property
    def _plan(self) -> MaintenancePlan:
        return MaintenancePlan(self.maintenance)

    def _downtime_intervals(
        self, query: AvailabilityQuery, intervals: Sequence[AgreementInterval]
    ) -> Iterator[DowntimeInterval]:
        nodes = nodes_below(self.graph, query, self._customer_key(query))
        windows_by_service: dict[str | None, list[Window]] = {}
        for outage in self._candidate_outages(query):
            if self._is_relevant(query, outage):
                scope = query.narrow(outage.scope)
                if scope.service not in windows_by_service:
                    windows_by_service[scope.service] = self._maintenance_of_scope(
                        query, scope, intervals
                    )
                windows = [*windows_by_service[scope.service], *self._plan.windows_covering(scope)]
                yield from exclude_maintenance(outage.downtime_interval(), windows)
            elif degrades(outage.scope, nodes, query):
                yield outage.downtime_interval()._replace(effect="degraded")

    def _maintenance_of_scope(
        self, query: AvailabilityQuery, scope: Scope, intervals: Sequence[AgreementInterval]
    ) -> list[Window]:
        """Return the maintenance windows of the agreement that governs the scope."""
        if query.agreement is None and scope.service != query.service:
            service_query = replace(query, service=scope.service)
            intervals = self.agreement_intervals(
                service_query, intervals[0].start, intervals[-1].end
            )
        return list(self._agreed_windows(intervals))

    def _shown_windows(
        self, query: AvailabilityQuery, intervals: Sequence[AgreementInterval]
    ) -> Iterator[Window]:
        """Yield the maintenance that concerns the query at least in part."""
        yield from self._agreed_windows(intervals)
        yield from self._plan.windows_concerning(query)

    def _agreed_windows(self, intervals: Sequence[AgreementInterval]) -> Iterator[Window]:
        for start, end, agreement in intervals:
            if agreement is not None:
                yield from agreed_windows(agreement, self.timetables, start, end)

    def _is_relevant(self, query: AvailabilityQuery, outage: Outage) -> bool:
        scope = outage.scope
        if not query.includes(scope) or not self._has_bought(query, scope):
            return False
        return query.agreement is None or scope.service is None or self._governs(query, outage)

    def _governs(self, query: AvailabilityQuery, outage: Outage) -> bool:
        """Return whether the queried agreement covers the service of the outage while it lasts."""
        agreements = self._agreements_of_customer(query)
        for version in self._queried_agreements(query):
            at = max(outage.started_at, version.valid_from)
            if outage.ended_at is None or at <= outage.ended_at:
                governing = applicable_agreement(agreements, outage.scope.service, at)
                if governing is not None and governing.key == query.agreement:
                    return True
        return False

    def _has_bought(self, query: AvailabilityQuery, scope: Scope) -> bool:
        """Return whether the customer bought the service; True where the buyers are not known."""
        if scope.customer_id is not None or scope.service is None:
            return True
        sold_to, key = self.graph.sold_to.get(scope.service), self._customer_key(query)
        return not sold_to or key is None or key in sold_to

    def _agreement_at(self, query: AvailabilityQuery, at: datetime) -> Agreement | None:
        agreements = self._queried_agreements(query)
        if query.agreement is None:
            return applicable_agreement(agreements, query.service, at)
        # Queried by its key: whatever services it covers.
        return next((agreement for agreement in agreements if agreement.is_valid_at(at)), None)

    def _queried_agreements(self, query: AvailabilityQuery) -> Sequence[Agreement]:
        agreements = self._agreements_of_customer(query)
        if query.agreement is None:
            return agreements
        return [one for one in agreements if one.key == query.agreement]

    def _agreements_of_customer(self, query: AvailabilityQuery) -> Sequence[Agreement]:
        agreements = () if query.customer_id is None else self.agreements.get(query.customer_id, ())
        return [agreement for agreement in agreements if agreement.contract == "sla"]

    def _customer_key(self, query: AvailabilityQuery) -> str | None:
        customer = self.customers.get(query.customer_id) if query.customer_id else None
        return customer.key if customer else None

    def timezone(self, query: AvailabilityQuery, day: date) -> str:
        """Return the time zone of the month: of the agreement, else of the customer, else UTC."""
        month_start = datetime(day.year, day.month, 1, tzinfo=UTC)
        for interval in reversed(
            self.agreement_intervals(query, month_start, month_start + timedelta(days=27))
        ):
            if interval.agreement is not None:
                return interval.agreement.timezone
        customer = self.customers.get(query.customer_id) if query.customer_id else None
        return customer.timezone if customer else DEFAULT_TIMEZONE
