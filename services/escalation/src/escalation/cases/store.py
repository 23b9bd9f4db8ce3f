"""Cases and their timelines."""

from collections.abc import Collection, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    Text,
    Uuid,
    any_,
    bindparam,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as insert_new

from common.persistence.database import Connection
from common.persistence.keys import by_id_or_key
from common.persistence.keyset import page_after
from common.scheduling.aggregate_locks import lock_available as lock_rows
from escalation.cases.domain.case import Case
from escalation.cases.domain.lifecycle import EscalationState
from escalation.cases.domain.timeline import TimelineEntry
from escalation.cases.tables import escalations, timeline
from escalation.policies.domain.trigger import Trigger, TriggerKind
from escalation.policies.store import POLICY_ADAPTER
from escalation.policies.tables import policies

_STATE = tuple(f.name for f in fields(EscalationState))
_ENTRY = tuple(f.name for f in fields(TimelineEntry))
_TRIGGER = {f.name: f.name for f in fields(Trigger)} | {"kind": "trigger"}
"""The fields of a trigger with their columns; `severity` is the state's column, too."""
# A literal, not a parameter: a plan for any value cannot prove that the partial index applies.
_UNRESOLVED = escalations.c.status != literal_column("'resolved'")

# Every event of a clock needs these: built once, because building one takes longer than running it.
_ADD = (
    insert_new(escalations)
    .on_conflict_do_nothing(index_elements=["dedup_key"], index_where=_UNRESOLVED)
    .returning(escalations.c.key)
)
_SAVE = update(escalations).where(escalations.c.id == bindparam("case_id"))
_ADD_ENTRIES = insert(timeline)
_LOCK_UNRESOLVED = (
    select(escalations.c.id)
    .where(escalations.c.dedup_key == any_(bindparam("dedup_keys", type_=ARRAY(Text))))
    .where(_UNRESOLVED)
    .order_by(escalations.c.id)
    .with_for_update()
)
_LOAD = (
    select(escalations, policies.c.body)
    .join(policies)
    .where(escalations.c.id == any_(bindparam("ids", type_=ARRAY(Uuid))))
    .order_by(escalations.c.id)
)


async def add(tx: Connection, case: Case) -> Case | None:
    """Store a new case and return it with its key; None where an unresolved one has its dedup key (E9)."""
    key = await tx.scalar(_ADD, {**_row(case), "opened_at": case.opened_at})
    return replace(case, key=key) if key else None


async def lock_unresolved(tx: Connection, dedup_keys: Collection[str]) -> list[Case]:
    """Lock the unresolved cases of these causes, in id order."""
    ids = (await tx.scalars(_LOCK_UNRESOLVED, {"dedup_keys": list(dedup_keys)})).all()
    return await load_many(tx, ids)


async def lock_blockers_of_customer(
    tx: Connection, customer: str | None, since: datetime
) -> list[Case]:
    """The unresolved cases of blockers of a customer that were opened since, locked, oldest first."""
    if customer is None:
        return []
    found = await _lock_where(
        tx,
        (escalations.c.customer == customer)
        & (escalations.c.trigger == "blocker_raised")
        & (escalations.c.status != "resolved")
        & (escalations.c.opened_at >= since),
    )
    return sorted(found, key=lambda case: (case.opened_at, case.id))


async def lock_newest(tx: Connection, dedup_key: str) -> Case | None:
    """Lock the newest case of a cause, resolved or not; None where there is none."""
    newest = select(escalations.c.id).where(escalations.c.dedup_key == dedup_key)
    newest = newest.order_by(escalations.c.opened_at.desc(), escalations.c.id.desc()).limit(1)
    locked = await _lock_where(tx, escalations.c.id == newest.scalar_subquery())
    return locked[0] if locked else None


async def lock(tx: Connection, id_or_key: str) -> Case | None:
    """Lock a case; None where there is none."""
    locked = await _lock_where(tx, by_id_or_key(escalations, id_or_key))
    return locked[0] if locked else None


async def lock_of_tickets(
    tx: Connection, tickets: Collection[UUID], kinds: Collection[TriggerKind]
) -> list[Case]:
    """Lock the unresolved cases that these kinds of triggers opened for tickets, in id order."""
    condition = escalations.c.ticket_id.in_(tickets) & escalations.c.trigger.in_(kinds)
    return await _lock_where(tx, condition & _UNRESOLVED)


async def lock_available(tx: Connection, ids: Sequence[UUID]) -> set[UUID]:
    """Lock those of these cases that nobody else has locked. One that is gone counts as locked."""
    return await lock_rows(tx, escalations.c.id, ids)


async def load_many(tx: Connection, ids: Sequence[UUID]) -> list[Case]:
    """These cases, in id order."""
    if not ids:
        return []
    return [_case(row) for row in await tx.execute(_LOAD, {"ids": list(ids)})]


async def get(tx: Connection, id_or_key: str) -> Case | None:
    """A case; None where there is none."""
    matches = await _fetch_cases(tx, _select_cases(by_id_or_key(escalations, id_or_key)))
    return matches[0] if matches else None


async def list_page(
    tx: Connection, filters: dict[str, Any], position: Sequence[Any] | None, limit: int
) -> list[Case]:
    """The cases after `position`, newest first, one more than `limit`; `filters` are by column."""
    query = _select_cases(*(escalations.c[name] == value for name, value in filters.items()))
    order = (escalations.c.opened_at.desc(), escalations.c.id.desc())
    return await _fetch_cases(tx, page_after(query, order, position, limit))


async def save(tx: Connection, case: Case) -> None:
    """Store the case as it is now. The caller holds its lock."""
    await tx.execute(_SAVE, {**_row(case), "case_id": case.id})


async def add_entries(tx: Connection, id: UUID, entries: Sequence[TimelineEntry]) -> None:
    """Append entries to the timeline of a case."""
    if entries:
        rows = [{name: getattr(entry, name) for name in _ENTRY} for entry in entries]
        await tx.execute(_ADD_ENTRIES, [{"escalation_id": id, **row} for row in rows])


async def list_entries(tx: Connection, id: UUID) -> list[TimelineEntry]:
    """A case's timeline from the beginning."""
    query = select(timeline).where(timeline.c.escalation_id == id).order_by(timeline.c.sequence)
    return [
        TimelineEntry(**{name: getattr(row, name) for name in _ENTRY})
        for row in await tx.execute(query)
    ]


async def find_resolver(tx: Connection, id: UUID) -> str | None:
    """The person who resolved a case last; None where an event did, or nobody."""
    query = select(timeline.c.by).where(timeline.c.escalation_id == id)
    query = query.where(timeline.c.kind == "resolved")
    found: str | None = await tx.scalar(query.order_by(timeline.c.sequence.desc()).limit(1))
    return found


def _select_cases(*conditions: ColumnElement[bool]) -> Select[Any]:
    joined = select(escalations, policies.c.body).join(policies)
    return joined.where(*conditions)


async def _lock_where(tx: Connection, condition: ColumnElement[bool]) -> list[Case]:
    """Lock, then load. One statement that does both would lose a case that moved to another policy
    while it waited for the lock, because it joins the policy before it waits."""
    query = select(escalations.c.id).where(condition).order_by(escalations.c.id)
    return await load_many(tx, (await tx.scalars(query.with_for_update())).all())


async def _fetch_cases(tx: Connection, query: Select[Any]) -> list[Case]:
    return [_case(row) for row in await tx.execute(query)]


def _case(row: Any) -> Case:
    state = {name: getattr(row, name) for name in _STATE}
    state["acknowledged_by"] = tuple(state["acknowledged_by"])
    trigger = {name: getattr(row, column) for name, column in _TRIGGER.items()}
    return Case(
        row.key,
        row.sequence,
        row.opened_at,
        Trigger(**trigger),
        POLICY_ADAPTER.validate_python(row.body),
        EscalationState(**state),
    )


def _row(case: Case) -> dict[str, Any]:
    row = {column: getattr(case.trigger, name) for name, column in _TRIGGER.items()}
    # The severity that counts is the state's: a repeated trigger does not change it.
    row |= {name: getattr(case.state, name) for name in _STATE}
    row |= {"sequence": case.sequence, "acknowledged_by": list(case.state.acknowledged_by)}
    return row
