"""Every query about problems, their incidents, and the known errors that a ticket looks like."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, bindparam, delete, select, text, update
from sqlalchemy.dialects.postgresql import insert

from common.persistence.database import Connection
from common.persistence.keyset import page_after
from intake.problems.domain import Problem, ProblemState
from intake.problems.tables import problem_incidents
from intake.tickets.domain.ticket_key import format_key
from intake.tickets.extending_tables import problems

MAX_SUGGESTIONS: Final = 5
_STORED: Final = tuple(Problem.__slots__)
_COLUMNS: Final = tuple(problems.c[name] for name in _STORED)
_SIMILAR: Final = text(
    """
    SELECT problem.ticket_id, ticket.number, ticket.title, ticket.service, problem.state,
        problem.root_cause, problem.workaround, problem.workaround_at,
        (SELECT count(*) FROM unnest(:terms) AS term
            WHERE problem.words @@ to_tsquery('simple', term)) AS shared
    FROM problems AS problem JOIN tickets AS ticket ON ticket.id = problem.ticket_id
    WHERE problem.workaround IS NOT NULL AND problem.state <> 'fixed' AND ticket.id <> :ticket
        AND (ticket.service = :service OR ticket.customer_id = :customer)
        AND problem.words @@ to_tsquery('simple', array_to_string(:terms, ' | '))
    ORDER BY shared DESC, problem.ticket_id DESC LIMIT :limit
    """
).bindparams(
    bindparam("terms", type_=ARRAY(Text)),
    bindparam("ticket", type_=Uuid),
    bindparam("customer", type_=Uuid),
    bindparam("service", type_=Text),
)


@dataclass(frozen=True, slots=True)
class KnownError:
    """A problem with a workaround that a ticket looks like: they share so many `shared` words."""

    ticket_id: UUID
    key: str
    title: str
    service: str | None
    state: ProblemState
    root_cause: str | None
    workaround: str
    workaround_at: datetime
    shared: int


async def add(tx: Connection, problem: Problem) -> bool:
    """Store a problem. False where the ticket has its record already."""
    statement = insert(problems).values(_row(problem)).on_conflict_do_nothing()
    return bool((await tx.execute(statement)).rowcount)


async def save(tx: Connection, problem: Problem) -> None:
    """Store the change of a problem; the caller holds the lock of its ticket."""
    where = problems.c.ticket_id == problem.ticket_id
    await tx.execute(update(problems).where(where).values(_row(problem)))


async def find(tx: Connection, ticket_id: UUID) -> Problem | None:
    """The problem of this ticket; None without one."""
    row = (
        await tx.execute(select(*_COLUMNS).where(problems.c.ticket_id == ticket_id))
    ).one_or_none()
    return None if row is None else Problem(**row._mapping)


async def page(
    tx: Connection, state: ProblemState | None, after: tuple[UUID] | None, limit: int
) -> Sequence[Problem]:
    """Problems in this state, newest first, after the id `after`: `limit` and one more."""
    query = select(*_COLUMNS)
    query = query if state is None else query.where(problems.c.state == state)
    rows = await tx.execute(page_after(query, [problems.c.ticket_id.desc()], after, limit))
    return [Problem(**row._mapping) for row in rows]


async def link(
    tx: Connection, problem_id: UUID, ticket_ids: Collection[UUID], by: str, at: datetime
) -> None:
    """Link incidents; one that is linked already stays so."""
    rows = [
        {"problem_id": problem_id, "ticket_id": id, "linked_by": by, "linked_at": at}
        for id in sorted(set(ticket_ids))
    ]
    if rows:
        await tx.execute(insert(problem_incidents).values(rows).on_conflict_do_nothing())


async def unlink(tx: Connection, problem_id: UUID, ticket_id: UUID) -> bool:
    """Remove a link. False where there was none."""
    statement = delete(problem_incidents).where(
        problem_incidents.c.problem_id == problem_id, problem_incidents.c.ticket_id == ticket_id
    )
    return bool((await tx.execute(statement)).rowcount)


async def incidents_of(tx: Connection, problem_id: UUID) -> list[UUID]:
    """The ids of the tickets that the problem causes, oldest first."""
    query = select(problem_incidents.c.ticket_id)
    query = query.where(problem_incidents.c.problem_id == problem_id)
    return list(await tx.scalars(query.order_by(problem_incidents.c.ticket_id)))


async def list_similar(
    tx: Connection,
    ticket_id: UUID,
    service: str | None,
    customer_id: UUID | None,
    terms: Sequence[str],
) -> Sequence[KnownError]:
    """Problems with a workaround of the same service or customer that share words, the closest first."""
    if not terms:
        return []
    values = {"ticket": ticket_id, "service": service, "customer": customer_id}
    rows = await tx.execute(_SIMILAR, values | {"terms": list(terms), "limit": MAX_SUGGESTIONS})
    return [
        KnownError(
            row.ticket_id,
            format_key(row.number),
            row.title,
            row.service,
            row.state,
            row.root_cause,
            row.workaround,
            row.workaround_at,
            row.shared,
        )
        for row in rows
    ]


def _row(problem: Problem) -> dict[str, Any]:
    return asdict(problem) | {"cause_steps": [dict(step) for step in problem.cause_steps]}
