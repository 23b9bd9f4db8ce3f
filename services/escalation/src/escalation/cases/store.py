"""Cases and their timelines."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, insert, literal_column, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as insert_new

from common.persistence.database import Connection
from escalation.cases.domain.case import Case
from escalation.cases.domain.lifecycle import EscalationState
from escalation.policies.domain.trigger import Trigger
from escalation.policies.store import POLICY_ADAPTER
from escalation.tables import escalations, policies, timeline

_STATE = tuple(f.name for f in fields(EscalationState))
_TRIGGER = tuple(f.name for f in fields(Trigger) if f.name != "severity")
# A literal, not a parameter: a plan for any value cannot prove that the partial index holds.
_UNRESOLVED = escalations.c.status != literal_column("'resolved'")


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One line of a timeline; `confirmed_by` confirmed what `by` asked for."""

    sequence: int
    at: datetime
    kind: str
    by: str | None
    confirmed_by: str | None
    detail: dict[str, Any]


async def add(tx: Connection, case: Case) -> Case | None:
    """The case with its key, or None where its dedup key belongs to an unresolved one (E9)."""
    new = insert_new(escalations).values(**_row(case), opened_at=case.opened_at)
    new = new.on_conflict_do_nothing(index_elements=["dedup_key"], index_where=_UNRESOLVED)
    key = await tx.scalar(new.returning(escalations.c.key))
    return replace(case, key=key) if key else None


async def lock_unresolved(tx: Connection, dedup_keys: Collection[str]) -> list[Case]:
    """The unresolved cases of these causes, in id order."""
    condition = escalations.c.dedup_key.in_(dedup_keys)
    return await _lock_where(tx, condition & _UNRESOLVED)


async def lock_newest(tx: Connection, dedup_key: str) -> Case | None:
    """The newest case of a cause, resolved or not."""
    newest = select(escalations.c.id).where(escalations.c.dedup_key == dedup_key)
    newest = newest.order_by(escalations.c.opened_at.desc(), escalations.c.id.desc()).limit(1)
    locked = await _lock_where(tx, escalations.c.id == newest.scalar_subquery())
    return locked[0] if locked else None


async def lock(tx: Connection, name: str) -> Case | None:
    """By id or key; None where there is no such case."""
    locked = await _lock_where(tx, _by_id_or_key(name))
    return locked[0] if locked else None


async def lock_of_tickets(
    tx: Connection, tickets: Collection[UUID], triggers: Collection[str]
) -> list[Case]:
    """What these triggers opened for tickets and nobody has resolved, in id order."""
    condition = escalations.c.ticket_id.in_(tickets) & escalations.c.trigger.in_(triggers)
    return await _lock_where(tx, condition & _UNRESOLVED)


async def lock_available(tx: Connection, ids: Sequence[UUID]) -> set[UUID]:
    """Lock what nobody else holds, in id order."""
    query = select(escalations.c.id).where(escalations.c.id.in_(ids)).order_by(escalations.c.id)
    return set((await tx.scalars(query.with_for_update(skip_locked=True))).all())


async def load_many(tx: Connection, ids: Sequence[UUID]) -> list[Case]:
    return await _fetch_cases(
        tx, _select_cases(escalations.c.id.in_(ids)).order_by(escalations.c.id)
    )


async def get(tx: Connection, name: str) -> Case | None:
    matches = await _fetch_cases(tx, _select_cases(_by_id_or_key(name)))
    return matches[0] if matches else None


async def list_page(
    tx: Connection, filters: dict[str, Any], after: tuple[Any, ...] | None, limit: int
) -> list[Case]:
    """The newest first, at most `limit`; `after` is (opened_at, id) of the last one seen."""
    query = _select_cases(*(escalations.c[name] == value for name, value in filters.items()))
    if after:
        query = query.where(tuple_(escalations.c.opened_at, escalations.c.id) < tuple_(*after))
    newest = (escalations.c.opened_at.desc(), escalations.c.id.desc())
    return await _fetch_cases(tx, query.order_by(*newest).limit(limit))


async def save(tx: Connection, case: Case) -> None:
    """Store the case as it is now. The caller holds its lock."""
    statement = update(escalations).where(escalations.c.id == case.id)
    await tx.execute(statement.values(**_row(case)))


async def add_entries(tx: Connection, id: UUID, entries: Sequence[TimelineEntry]) -> None:
    if entries:
        rows = [{f.name: getattr(e, f.name) for f in fields(TimelineEntry)} for e in entries]
        await tx.execute(insert(timeline), [{"escalation_id": id, **row} for row in rows])


async def list_entries(tx: Connection, id: UUID) -> list[TimelineEntry]:
    """A case's timeline from the beginning."""
    query = select(timeline).where(timeline.c.escalation_id == id).order_by(timeline.c.sequence)
    names = [f.name for f in fields(TimelineEntry)]
    return [
        TimelineEntry(**{name: getattr(row, name) for name in names})
        for row in await tx.execute(query)
    ]


def _by_id_or_key(name: str) -> ColumnElement[bool]:
    try:
        return escalations.c.id == UUID(name)
    except ValueError:
        return escalations.c.key == name


def _select_cases(*conditions: ColumnElement[bool]) -> Select[Any]:
    joined = select(escalations, policies.c.body).join(policies)
    return joined.where(*conditions)


async def _lock_where(tx: Connection, condition: ColumnElement[bool]) -> list[Case]:
    """Lock, then read: a case that moved to another policy while we waited would fall out of one
    statement that does both, because the policy was joined before the wait."""
    query = select(escalations.c.id).where(condition).order_by(escalations.c.id)
    return await load_many(tx, (await tx.scalars(query.with_for_update())).all())


async def _fetch_cases(tx: Connection, query: Select[Any]) -> list[Case]:
    return [_case(row) for row in await tx.execute(query)]


def _case(row: Any) -> Case:
    state = {name: getattr(row, name) for name in _STATE}
    state["acknowledged_by"] = tuple(state["acknowledged_by"])
    cause = {name: getattr(row, name) for name in _TRIGGER}
    return Case(
        row.key,
        row.sequence,
        row.opened_at,
        Trigger(severity=row.severity, **cause),
        POLICY_ADAPTER.validate_python(row.body),
        EscalationState(**state),
    )


def _row(case: Case) -> dict[str, Any]:
    row = {name: getattr(case.state, name) for name in _STATE}
    row |= {name: getattr(case.trigger, name) for name in _TRIGGER}
    row |= {"sequence": case.sequence, "acknowledged_by": list(case.state.acknowledged_by)}
    return row
