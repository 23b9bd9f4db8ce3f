"""Look up whose the alerts of a post are, for all of them with the same few statements (I4)."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

from sqlalchemy import ARRAY, Text, any_, bindparam, func, or_, select

from common.persistence.database import Connection
from intake.alerts.domain.alert import Alert, AlertBatch, environment_keys
from intake.alerts.domain.episode import Episode
from intake.alerts.domain.known import GroupKey, Known, group_of, share_scopes
from intake.alerts.domain.scope import (
    UNNAMED,
    AlertScope,
    CustomerKey,
    Directory,
    ScopedAlert,
    resolve_scope,
)
from intake.directory.domain.environment import Environment
from intake.directory.store import ENVIRONMENTS
from intake.directory.tables import customers, environments, services
from intake.tickets.domain.new_ticket import TicketScope
from intake.tickets.domain.ticket import Ticket

_CUSTOMER_NAMES: Final = (func.lower(customers.c.key), func.lower(customers.c.name))


async def scope_alerts(
    tx: Connection, batches: Sequence[AlertBatch], known: Known
) -> list[list[ScopedAlert]]:
    """The alerts of each post with their scopes.

    What an alert does not say of itself is as it was before. One whose labels name nobody belongs to
    the only customer and environment of its group.
    """
    given = [
        (one.source, _inherit(alert, known.episodes.get((one.source, alert.dedup_key))))
        for one in batches
        for alert in one.alerts
    ]
    of_groups = {key: one.ticket for key, one in known.groups.items() if one.ticket}
    stored: list[Episode | Ticket] = [*known.episodes.values(), *of_groups.values()]
    directory = await _load_directory(tx, [alert for _, alert in given], stored)
    scoped = iter(_scope_all(given, known, of_groups, directory))
    return [list(islice(scoped, len(one.alerts))) for one in batches]


def _scope_all(
    given: Sequence[tuple[str, Alert]],
    known: Known,
    of_groups: Mapping[GroupKey, Ticket],
    directory: Directory,
) -> list[ScopedAlert]:
    scopes = [
        _previous_scope(alert, known.episodes.get((source, alert.dedup_key)), directory)
        or resolve_scope(alert, directory)
        for source, alert in given
    ]
    groups = [group_of(source, alert) for source, alert in given]
    shared = _shared_scopes(groups, scopes, of_groups, directory)
    return [
        ScopedAlert(
            alert,
            shared.get(group, scope) if scope.name == UNNAMED else scope,
            alert.service is None or alert.service in directory.services,
        )
        for (_, alert), group, scope in zip(given, groups, scopes, strict=True)
    ]


def _inherit(alert: Alert, previous: Episode | None) -> Alert:
    """The alert with severity, service and title of its newest episode, where it gives none."""
    if previous is None:
        return alert
    return replace(
        alert,
        severity=alert.severity or previous.severity,
        service=alert.service or previous.service,
        title=previous.title if alert.title in (alert.dedup_key, alert.shown_key) else alert.title,
    )


def _previous_scope(
    alert: Alert, previous: Episode | None, directory: Directory
) -> AlertScope | None:
    """The scope of the newest episode, where the alert names none."""
    if previous is None or alert.customer or alert.environment:
        return None
    return AlertScope(previous.scope, _ticket_scope(previous, directory))


def _ticket_scope(known: Episode | Ticket, directory: Directory) -> TicketScope | None:
    if known.customer_id is None or known.customer is None:
        return None
    environment = directory.environments.get(known.environment) if known.environment else None
    return TicketScope(known.customer_id, known.customer, environment)


def _shared_scopes(
    groups: Sequence[str],
    scopes: Sequence[AlertScope],
    of_groups: Mapping[GroupKey, Ticket],
    directory: Directory,
) -> Mapping[str, AlertScope]:
    by_name = {
        (group, name): AlertScope(name, _ticket_scope(ticket, directory))
        for (group, name), ticket in of_groups.items()
    }
    by_name |= {(group, scope.name): scope for group, scope in zip(groups, scopes, strict=True)}
    open_groups = [key for key, ticket in of_groups.items() if ticket.is_open]
    names = share_scopes(zip(groups, scopes, strict=True), open_groups)
    return {group: by_name[group, name] for group, name in names.items()}


async def _load_directory(
    tx: Connection, alerts: Collection[Alert], stored: Iterable[Episode | Ticket]
) -> Directory:
    customer_names = {alert.customer.lower() for alert in alerts if alert.customer}
    keys = {key for alert in alerts for key in environment_keys(alert)}
    keys |= {one.environment for one in stored if one.environment}
    named_services = {alert.service for alert in alerts if alert.service}
    return Directory(
        await _customers(tx, customer_names) if customer_names else {},
        await _environments(tx, keys) if keys else {},
        await _services(tx, named_services) if named_services else frozenset(),
    )


# What was ended is not known: its alerts go to a person, as those of nobody do.
async def _customers(tx: Connection, names: Collection[str]) -> dict[str, CustomerKey]:
    """Customers by these keys and names in lower case; a key counts before a name.

    A name that two customers have stands for neither.
    """
    given = bindparam("names", list(names), type_=ARRAY(Text))
    query = select(customers.c.id, customers.c.key, customers.c.name).where(
        or_(*(column == any_(given) for column in _CUSTOMER_NAMES)), ~customers.c.retired
    )
    rows = (await tx.execute(query)).all()
    count = Counter(row.name.lower() for row in rows)
    by_name = {
        row.name.lower(): CustomerKey(row.id, row.key)
        for row in rows
        if count[row.name.lower()] == 1
    }
    return by_name | {row.key.lower(): CustomerKey(row.id, row.key) for row in rows}


async def _environments(tx: Connection, keys: Collection[str]) -> dict[str, Environment]:
    given = bindparam("keys", list(keys), type_=ARRAY(Text))
    current = (environments.c.key == any_(given), ~environments.c.retired)
    rows = await tx.execute(ENVIRONMENTS.query.where(*current))
    return {one.key: one for one in map(ENVIRONMENTS.factory, rows)}


async def _services(tx: Connection, keys: Collection[str]) -> frozenset[str]:
    given = bindparam("keys", list(keys), type_=ARRAY(Text))
    return frozenset(await tx.scalars(select(services.c.key).where(services.c.key == any_(given))))
