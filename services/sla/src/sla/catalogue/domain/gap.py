"""A gap in what is promised: what it is, what to do about it, and who does it. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Literal
from uuid import UUID

from sla.agreements.domain.agreement import (
    Agreement,
    Contract,
    applicable_agreement,
    own_or_default,
)
from sla.agreements.domain.clauses import Price
from sla.catalogue.domain.graph import Graph, Node

GapCode = Literal[
    "CUSTOMER_WITHOUT_AGREEMENT",
    "SERVICE_WITHOUT_AGREEMENT",
    "ENVIRONMENT_WITHOUT_AGREEMENT",
    "AGREEMENT_EXPIRES",
    "CALENDAR_OUTDATED",
    "AGREEMENTS_MATCH_EQUALLY",
    "PARTNER_WITHOUT_CONTRACT",
    "SERVICE_UNKNOWN",
    "RUNS_ON_RETIRED",
    "SLOWER_BELOW",
    "UNPROMISED_BELOW",
    "NOT_COMPARABLE",
    "COSTS_EXCEED_PRICE",
    "CURRENCIES_DIFFER",
]


@dataclass(frozen=True, slots=True)
class Gap:
    """A gap. `owner` is who closes it: a role, or the owner of the service in the catalogue.

    `underpinning` is the key of the `ola` or `uc` below the agreement. `concerned` are the customers to
    whom it matters, beside `customer`.
    """

    code: GapCode
    detail: str
    recommendation: str
    owner: str
    customer: str | None = None
    service: str | None = None
    environment: str | None = None
    partner: str | None = None
    agreement: str | None = None
    underpinning: str | None = None
    metric: str | None = None
    priority: str | None = None
    kind: str | None = None
    concerned: tuple[str, ...] = ()

    def concerns(self, customer: str) -> bool:
        """Return whether it matters to this customer."""
        return customer == self.customer or customer in self.concerned

    @property
    def sort_key(self) -> str:
        """The key that lists of gaps are ordered by; it is unique."""
        references = (self.customer, self.service, self.environment, self.partner, self.agreement)
        details = (self.underpinning, self.metric, self.priority, self.kind)
        return "\t".join((self.code, *(one or "" for one in references + details)))


@dataclass(frozen=True)
class GapContext:
    """Everything in which gaps are searched, at the instant `at`.

    `customers` (keys by id) and `environments` (the customer's id by key) are those not retired.
    `owners` and list `prices` are by service. `contracts` are all binding versions that have not
    ended. `calendars` has key and number of the calendar versions that they name, `newest_calendars` the
    number of the one in effect by key.
    """

    at: datetime
    graph: Graph
    customers: Mapping[UUID, str]
    environments: Mapping[str, UUID] = field(default_factory=dict)
    owners: Mapping[str, str] = field(default_factory=dict)
    prices: Mapping[str, Price] = field(default_factory=dict)
    contracts: tuple[Agreement, ...] = ()
    retired: frozenset[Node] = frozenset()
    calendars: Mapping[UUID, tuple[str, int]] = field(default_factory=dict)
    newest_calendars: Mapping[str, int] = field(default_factory=dict)

    def valid_agreements(self, *kinds: Contract) -> list[Agreement]:
        """Return the agreements of these kinds that are valid now."""
        return [one for one in self.contracts if one.contract in kinds and one.is_valid_at(self.at)]

    def agreement_for(
        self, customer_id: UUID, service: str | None, at: datetime | None = None
    ) -> Agreement | None:
        """Return the `sla` that covers a ticket of the customer about this service, now or `at`."""
        return applicable_agreement(self._by_customer.get(customer_id, ()), service, at or self.at)

    def covering(self, customer_id: UUID, service: str | None) -> list[Agreement]:
        """Return all agreements that cover a ticket of the customer about this service now."""
        valid = [one for one in self._by_customer.get(customer_id, ()) if one.is_valid_at(self.at)]
        return [one for one in own_or_default(valid) if one.covers_service(service)]

    def names_of(self, customer_ids: Iterable[UUID]) -> tuple[str, ...]:
        """Return the keys of those of these customers who are not retired."""
        return tuple(self.customers[id] for id in customer_ids if id in self.customers)

    @cached_property
    def _by_customer(self) -> Mapping[UUID, list[Agreement]]:
        by_customer: dict[UUID, list[Agreement]] = {}
        for agreement in self.contracts:
            covered = agreement.customers or tuple(self.customers)
            for id in covered if agreement.contract == "sla" else ():
                by_customer.setdefault(id, []).append(agreement)
        return by_customer

    def sold_services(self) -> list[tuple[str, UUID]]:
        """Return pairs of a service and a customer (id) who bought it and is not retired."""
        ids = {key: id for id, key in self.customers.items()}
        return [
            (service, ids[customer])
            for service in sorted(self.graph.needs)
            for customer in sorted(self.graph.sold_to.get(service, ()))
            if customer in ids
        ]
