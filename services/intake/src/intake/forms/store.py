"""Every query about request forms and what was filled in."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, insert, select, text, update

from common.persistence.database import Connection
from common.persistence.keyset import page_after
from intake.forms.domain.form import RequestForm
from intake.forms.tables import filled_forms, request_forms

_LOCK_KEY: Final = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 3))")


async def find(tx: Connection, key: str) -> RequestForm | None:
    """The version of this form that is offered now; None without one."""
    query = select(request_forms).where(request_forms.c.key == key, request_forms.c.is_current)
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else RequestForm(**row._mapping)


async def find_version(tx: Connection, key: str, version: int) -> RequestForm | None:
    """One version of a form, whether it is still offered or not."""
    query = select(request_forms).where(
        request_forms.c.key == key, request_forms.c.version == version
    )
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else RequestForm(**row._mapping)


async def lock_last_version(tx: Connection, key: str) -> int:
    """The number of the newest version of this form, 0 where there is none; nobody adds one meanwhile."""
    await tx.execute(_LOCK_KEY, {"key": key})
    query = select(func.max(request_forms.c.version)).where(request_forms.c.key == key)
    return int(await tx.scalar(query) or 0)


async def page(
    tx: Connection, service: str | None, after: tuple[UUID] | None, limit: int
) -> Sequence[RequestForm]:
    """Forms that are offered, oldest version first: `limit` and one more; for one service if given."""
    query = select(request_forms).where(request_forms.c.is_current)
    if service is not None:
        query = query.where(
            (request_forms.c.service == service) | request_forms.c.service.is_(None)
        )
    rows = await tx.execute(page_after(query, [request_forms.c.id], after, limit))
    return [RequestForm(**row._mapping) for row in rows]


async def add(tx: Connection, form: RequestForm) -> None:
    """Store a version, which replaces the one before."""
    await retire(tx, form.key)
    await tx.execute(insert(request_forms).values(asdict(form)))


async def retire(tx: Connection, key: str) -> None:
    """Offer the form no more."""
    current = update(request_forms).where(request_forms.c.key == key, request_forms.c.is_current)
    await tx.execute(current.values(is_current=False))


async def add_filled(
    tx: Connection, ticket_id: UUID, form_id: UUID, values: dict[str, Any]
) -> None:
    """Store what was filled in for a ticket."""
    row = {"ticket_id": ticket_id, "form_id": form_id, "filled_values": values}
    await tx.execute(insert(filled_forms).values(row))


async def find_filled(tx: Connection, ticket_id: UUID) -> tuple[RequestForm, dict[str, Any]] | None:
    """The form with which a ticket was opened, and what was filled in; None without one."""
    query = select(request_forms, filled_forms.c.filled_values).join_from(
        filled_forms, request_forms, request_forms.c.id == filled_forms.c.form_id
    )
    row = (await tx.execute(query.where(filled_forms.c.ticket_id == ticket_id))).one_or_none()
    if row is None:
        return None
    values = dict(row._mapping)
    filled = values.pop("filled_values")
    return RequestForm(**values), filled


async def erase_filled(tx: Connection, tickets: Sequence[UUID]) -> None:
    """Erase what was filled in for these tickets."""
    changed = update(filled_forms).where(filled_forms.c.ticket_id.in_(tickets))
    await tx.execute(changed.values(filled_values={}))
