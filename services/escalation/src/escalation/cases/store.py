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
from escalation.cases.domain.lifecycle import Escalation
from escalation.policies.domain.trigger import Trigger
from escalation.policies.store import POLICY
from escalation.tables import escalations, policies, timeline

_STATE = tuple(f.name for f in fields(Escalation))
_TRIGGER = tuple(f.name for f in fields(Trigger) if f.name != "severity")
# A literal, not a parameter: a plan for any value cannot prove that the partial index holds.
_UNRESOLVED = escalations.c.status != literal_column("'resolved'")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a timeline; `second` confirmed what `by` asked for."""

    sequence: int
    at: datetime
    kind: str
    by: str | None
    second: str | None
    detail: dict[str, Any]


async def add(tx: Connection, case: Case) -> Case | None:
    """The case with its key, or None where its dedup key belongs to an unresolved one (E9)."""
    new = insert_new(escalations).values(**_row(case), opened_at=case.opened_at)
    new = new.on_conflict_do_nothing(index_elements=["dedup_key"], index_where=_UNRESOLVED)
    key = await tx.scalar(new.returning(escalations.c.key))
    return replace(case, key=key) if key else None


async def lock_unresolved(tx: Connection, dedup_keys: Collection[str]) -> list[Case]:
    """The unresolved cases of these causes, in id order."""
    mine = escalations.c.dedup_key.in_(dedup_keys)
    return await _locked(tx, mine & _UNRESOLVED)


async def lock_newest(tx: Connection, dedup_key: str) -> Case | None:
    """The newest case of a cause, resolved or not."""
    newest = select(escalations.c.id).where(escalations.c.dedup_key == dedup_key)
    newest = newest.order_by(escalations.c.opened_at.desc(), escalations.c.id.desc()).limit(1)
    found = await _locked(tx, escalations.c.id == newest.scalar_subquery())
    return found[0] if found else None


async def lock_one(tx: Connection, name: str) -> Case | None:
    """By id or key; None where there is no such case."""
    found = await _locked(tx, _named(name))
    return found[0] if found else None


async def lock_of_tickets(
    tx: Connection, tickets: Collection[UUID], triggers: Collection[str]
) -> list[Case]:
    """What these triggers opened for tickets and nobody has resolved, in id order."""
    mine = escalations.c.ticket_id.in_(tickets) & escalations.c.trigger.in_(triggers)
    return await _locked(tx, mine & _UNRESOLVED)


async def lock_due(tx: Connection, ids: Sequence[UUID]) -> set[UUID]:
    """Lock what nobody else holds, in id order."""
    wanted = select(escalations.c.id).where(escalations.c.id.in_(ids)).order_by(escalations.c.id)
    return set((await tx.scalars(wanted.with_for_update(skip_locked=True))).all())


async def load(tx: Connection, ids: Sequence[UUID]) -> list[Case]:
    return await _cases(tx, _chosen(escalations.c.id.in_(ids)).order_by(escalations.c.id))


async def one(tx: Connection, name: str) -> Case | None:
    found = await _cases(tx, _chosen(_named(name)))
    return found[0] if found else None


async def listed(
    tx: Connection, filters: dict[str, Any], after: tuple[Any, ...] | None, limit: int
) -> list[Case]:
    """The newest first, at most `limit`; `after` is (opened_at, id) of the last one seen."""
    wanted = _chosen(*(escalations.c[name] == value for name, value in filters.items()))
    if after:
        wanted = wanted.where(tuple_(escalations.c.opened_at, escalations.c.id) < tuple_(*after))
    newest = (escalations.c.opened_at.desc(), escalations.c.id.desc())
    return await _cases(tx, wanted.order_by(*newest).limit(limit))


async def save(tx: Connection, case: Case) -> None:
    """Store the case as it is now. The caller holds its lock."""
    mine = update(escalations).where(escalations.c.id == case.id)
    await tx.execute(mine.values(**_row(case)))


async def add_entries(tx: Connection, id: UUID, entries: Sequence[Entry]) -> None:
    if entries:
        rows = [{f.name: getattr(e, f.name) for f in fields(Entry)} for e in entries]
        await tx.execute(insert(timeline), [{"escalation_id": id, **row} for row in rows])


async def entries(tx: Connection, id: UUID) -> list[Entry]:
    """A case's timeline from the beginning."""
    mine = select(timeline).where(timeline.c.escalation_id == id).order_by(timeline.c.sequence)
    names = [f.name for f in fields(Entry)]
    return [Entry(**{name: getattr(row, name) for name in names}) for row in await tx.execute(mine)]


def _named(name: str) -> ColumnElement[bool]:
    try:
        return escalations.c.id == UUID(name)
    except ValueError:
        return escalations.c.key == name


def _chosen(*conditions: ColumnElement[bool]) -> Select[Any]:
    joined = select(escalations, policies.c.body).join(policies)
    return joined.where(*conditions)


async def _locked(tx: Connection, condition: ColumnElement[bool]) -> list[Case]:
    """Lock, then read: a case that moved to another policy while we waited would fall out of one
    statement that does both, because the policy was joined before the wait."""
    wanted = select(escalations.c.id).where(condition).order_by(escalations.c.id)
    return await load(tx, (await tx.scalars(wanted.with_for_update())).all())


async def _cases(tx: Connection, wanted: Select[Any]) -> list[Case]:
    return [_case(row) for row in await tx.execute(wanted)]


def _case(row: Any) -> Case:
    state = {name: getattr(row, name) for name in _STATE}
    state["acknowledged_by"] = tuple(state["acknowledged_by"])
    cause = {name: getattr(row, name) for name in _TRIGGER}
    return Case(
        row.key,
        row.sequence,
        row.opened_at,
        Trigger(severity=row.severity, **cause),
        POLICY.validate_python(row.body),
        Escalation(**state),
    )


def _row(case: Case) -> dict[str, Any]:
    row = {name: getattr(case.state, name) for name in _STATE}
    row |= {name: getattr(case.trigger, name) for name in _TRIGGER}
    row |= {"sequence": case.sequence, "acknowledged_by": list(case.state.acknowledged_by)}
    return row
