"""Which tickets a list shows, and the conditions for that."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    Text,
    Uuid,
    column,
    literal,
    literal_column,
    select,
    table,
)

from intake.directory.tables import environments
from intake.tickets.domain.priority import Priority
from intake.tickets.domain.ticket import OPEN_STATES, Kind, State
from intake.tickets.tables import tickets

# Literals, not parameters: otherwise a generic plan cannot use the partial index.
IS_OPEN: Final[ColumnElement[bool]] = tickets.c.state.in_(
    [literal_column(f"'{state}'") for state in sorted(OPEN_STATES)]
)
_HAS_TAGS: Final[ColumnElement[bool]] = tickets.c.tags != literal_column("'{}'")
# The noun of watchers is above this one: of its table no more than this is known here.
_WATCHERS: Final = table(
    "ticket_watchers", column("ticket_id", Uuid), column("person", Text), column("contact_id", Uuid)
)


@dataclass(frozen=True, slots=True)
class TicketFilter:
    """Which tickets a list shows; None means any. `customer_id` also limits what a contact sees.

    `watched_by` is a person (a `sub`) or a contact (an id), `is_watched` whether they watch the ticket.
    `of_contact`: raised by or for this contact.
    `numbers` are those of their keys. `words` are searched with `for_staff` in internal notes as well. All of the `tags`.
    """

    customer_id: UUID | None = None
    environment: str | None = None
    state: State | None = None
    priority: Priority | None = None
    kind: Kind | None = None
    assignee: str | None = None
    team: str | None = None
    is_open: bool | None = None
    needs_triage: bool | None = None
    numbers: Collection[int] | None = None
    words: str | None = None
    for_staff: bool = False
    watched_by: str | UUID | None = None
    of_contact: UUID | None = None
    opened_by: str | None = None
    is_watched: bool | None = None
    tags: Collection[str] = ()


def conditions_of(filters: TicketFilter) -> list[ColumnElement[bool]]:
    """The conditions that a ticket has to meet, beside those of its words."""
    conditions: list[ColumnElement[bool]] = [
        column == value
        for column, value in (
            (tickets.c.customer_id, filters.customer_id),
            (environments.c.key, filters.environment),
            (tickets.c.state, filters.state),
            (tickets.c.priority, filters.priority),
            (tickets.c.kind, filters.kind),
            (tickets.c.assignee, filters.assignee),
            (tickets.c.team, filters.team),
            (tickets.c.contact_id, filters.of_contact),
            (tickets.c.opened_by, filters.opened_by),
        )
        if value is not None
    ]
    if filters.numbers is not None:
        conditions.append(tickets.c.number.in_(filters.numbers))
    if filters.is_open is not None:
        conditions.append(IS_OPEN if filters.is_open else ~IS_OPEN)
    if filters.needs_triage is not None:
        in_triage = tickets.c.customer_id.is_(None)
        conditions.append(in_triage if filters.needs_triage else ~in_triage)
    if filters.tags:
        # The first condition finds the partial index.
        wanted = literal(list(filters.tags), ARRAY(Text))
        conditions += [_HAS_TAGS, tickets.c.tags.op("@>")(wanted)]
    if filters.is_watched is not None and filters.watched_by is not None:
        watched = tickets.c.id.in_(_watched_by(filters.watched_by))
        conditions.append(watched if filters.is_watched else ~watched)
    return conditions


def _watched_by(watcher: str | UUID) -> Select[tuple[UUID]]:
    is_theirs = _WATCHERS.c.contact_id if isinstance(watcher, UUID) else _WATCHERS.c.person
    return select(_WATCHERS.c.ticket_id).where(is_theirs == watcher)
