"""Whose alert it is: the customer and environment that its labels name (I4). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from intake.alerts.domain.alert import Alert, environment_keys
from intake.directory.domain.environment import Environment
from intake.tickets.domain.new_ticket import TicketScope

UNNAMED: Final = ""
"""The name of the scope of alerts whose labels say nothing about it."""


@dataclass(frozen=True, slots=True)
class CustomerKey:
    """The id and key of a customer."""

    id: UUID
    key: str


@dataclass(frozen=True, slots=True)
class AlertScope:
    """Whose alert it is. `name` separates the tickets of a group.

    `ticket_scope` is None where nobody knows: the ticket waits for triage. `remarks` say what in the
    labels is not known.
    """

    name: str
    ticket_scope: TicketScope | None
    remarks: tuple[str, ...] = ()

    @property
    def storm_name(self) -> str:
        """By which the tickets of a storm are separated: all that nobody knows are one."""
        known = self.ticket_scope
        environment = known.environment.key if known and known.environment else ""
        return f"{known.customer}/{environment}" if known else UNNAMED


@dataclass(frozen=True, slots=True)
class ScopedAlert:
    """An alert, whose it is, and whether the catalogue has its service."""

    alert: Alert
    scope: AlertScope
    is_service_known: bool


@dataclass(frozen=True, slots=True)
class Directory:
    """What the directory knows of the labels of some alerts.

    `customers` by key and by name in lower case, `environments` by key.
    """

    customers: Mapping[str, CustomerKey]
    environments: Mapping[str, Environment]
    services: frozenset[str]


def resolve_scope(alert: Alert, directory: Directory) -> AlertScope:
    """The scope that an alert's labels name.

    Where they name an environment of another customer, one of the two is wrong: a person decides.
    """
    customer = directory.customers.get(alert.customer.lower()) if alert.customer else None
    found = [
        directory.environments[key]
        for key in environment_keys(alert)
        if key in directory.environments
    ]
    own = [one for one in found if customer is None or one.customer_id == customer.id]
    name = "/".join((alert.customer or "", alert.environment or "")).lower()
    if customer is None and alert.customer:
        return AlertScope(f"?{name}", None, (_unknown("customer", alert.customer),))
    if own:
        environment = own[0]
        known = TicketScope(environment.customer_id, environment.customer, environment)
        return AlertScope(f"{environment.customer}/{environment.key}", known)
    if found:
        remark = (
            f"The labels contradict each other: {alert.environment} is no environment of"
            f" {alert.customer}."
        )
        return AlertScope(f"?{name}", None, (remark,))
    remarks = (_unknown("environment", alert.environment),) if alert.environment else ()
    if customer is None:
        return AlertScope(f"?{name}" if alert.environment else UNNAMED, None, remarks)
    name = f"{customer.key}/{(alert.environment or '').lower()}"
    return AlertScope(name, TicketScope(customer.id, customer.key), remarks)


def _unknown(what: str, name: str) -> str:
    return f"The labels name the {what} {name}, which is not known here."
