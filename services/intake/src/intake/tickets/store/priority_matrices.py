"""Every query about the matrix of impact and urgency: its versions are only added."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, func, insert, select, text, update

from common.persistence.database import Connection
from intake.tickets.domain.priority import Matrix
from intake.tickets.domain.priority_matrix import DEFAULT, MatrixChange, PriorityMatrix
from intake.tickets.tables import priority_matrices

_LOCK: Final = text("SELECT pg_advisory_xact_lock(hashtextextended('intake.priority_matrix', 0))")
_IN_FORCE: Final = (
    select(priority_matrices)
    .where(priority_matrices.c.effective_at.is_not(None))
    .order_by(priority_matrices.c.version.desc())
    .limit(1)
)
_PENDING: Final = select(priority_matrices).where(priority_matrices.c.state == "pending")


async def lock(tx: Connection) -> PriorityMatrix:
    """The matrix with what waits, for one change at a time until the transaction ends."""
    await tx.execute(_LOCK)
    return await find(tx)


async def find(tx: Connection) -> PriorityMatrix:
    """The matrix that holds, with what waits."""
    row = (await tx.execute(_IN_FORCE)).one_or_none()
    waiting = (await tx.execute(_PENDING)).one_or_none()
    pending = None if waiting is None else _change(waiting)
    if row is None:
        return PriorityMatrix(pending=pending)
    return PriorityMatrix(
        row.version, _cells(row.cells), row.requested_by, row.confirmed_by, pending
    )


async def find_cells(tx: Connection) -> Matrix:
    """The priorities that hold, by impact and urgency."""
    row = (await tx.execute(_IN_FORCE)).one_or_none()
    return DEFAULT.cells if row is None else _cells(row.cells)


async def next_version(tx: Connection) -> int:
    """The number of the next version; the change is locked."""
    newest: int | None = await tx.scalar(select(func.max(priority_matrices.c.version)))
    return (newest or 0) + 1


async def save(
    tx: Connection, before: PriorityMatrix, after: PriorityMatrix, reason: str, at: datetime
) -> None:
    """Store what a change, a confirmation or its refusal made of the matrix."""
    if before.pending is not None and after.pending != before.pending:
        await _end_pending(tx, before.pending, after, at)
    if after.pending is not None and after.pending != before.pending:
        await tx.execute(insert(priority_matrices).values(_row(after.pending, "pending")))
    is_new = after.version != before.version
    if is_new and (before.pending is None or before.pending.version != after.version):
        assert after.changed_by is not None, "only people change it"
        made = MatrixChange(
            after.version, after.cells, after.changed_by, at, reason, effective_at=at
        )
        await tx.execute(insert(priority_matrices).values(_row(made, "effective")))


async def _end_pending(
    tx: Connection, pending: MatrixChange, after: PriorityMatrix, at: datetime
) -> None:
    values: dict[str, Any] = {"state": "withdrawn"}
    if after.version == pending.version:
        values = {"state": "effective", "confirmed_by": after.confirmed_by, "effective_at": at}
    ended = update(priority_matrices).where(priority_matrices.c.version == pending.version)
    await tx.execute(ended.values(values))


def _row(change: MatrixChange, state: str) -> dict[str, Any]:
    return {
        "version": change.version,
        "state": state,
        "cells": {f"{i}/{u}": priority for (i, u), priority in change.cells.items()},
        "requested_by": change.requested_by,
        "requested_at": change.requested_at,
        "reason": change.reason,
        "confirmed_by": change.confirmed_by,
        "effective_at": change.effective_at,
    }


def _change(row: Row[Any]) -> MatrixChange:
    values = {name: row._mapping[name] for name in MatrixChange.__slots__ if name != "cells"}
    return MatrixChange(cells=_cells(row.cells), **values)


def _cells(stored: Mapping[str, Any]) -> Matrix:
    split = {tuple(cell.split("/")): priority for cell, priority in stored.items()}
    return {(i, u): split[i, u] for i, u in DEFAULT.cells}
