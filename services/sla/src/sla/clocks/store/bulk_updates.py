"""The clocks that a bulk update still has to change, collected at once and claimed in batches."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ARRAY, Boolean, Uuid, bindparam, text, update

from common.persistence.database import Connection
from sla.agreements.domain.agreement import Agreement
from sla.agreements.store.bulk_update_orders import BulkUpdate
from sla.clocks.tables import clocks

_INSERT_ITEMS = text(
    """
    INSERT INTO bulk_update_items (bulk_update_id, clock_id)
    SELECT :bulk_update, measured.id FROM (
        SELECT clocks.id, tickets.agreement_version,
            CASE WHEN :move AND clocks.state = 'stopped' AND tickets.ended_at IS NULL
                THEN 'not_started' ELSE clocks.state END AS state
        FROM clocks JOIN tickets ON tickets.id = clocks.ticket_id WHERE clocks.contract = 'sla'
        UNION ALL
        SELECT id, agreement_version, state FROM clocks WHERE agreement_version IS NOT NULL
    ) AS measured
    JOIN agreement_versions ON agreement_versions.id = measured.agreement_version
    WHERE agreement_versions.agreement_id = :agreement
        AND measured.agreement_version IS DISTINCT FROM :version
        AND measured.state IN ('running', 'paused', 'not_started', 'no_target')
    ON CONFLICT DO NOTHING
    """
).bindparams(bindparam("version", type_=Uuid), bindparam("move", type_=Boolean))
_DELETE_ITEMS = text(
    """
    DELETE FROM bulk_update_items WHERE (bulk_update_id, clock_id) IN (
        SELECT bulk_update_id, clock_id FROM bulk_update_items WHERE bulk_update_id = :bulk_update
        ORDER BY clock_id LIMIT :limit)
    RETURNING clock_id
    """
)
_UPDATE_TICKETS = text(
    "UPDATE tickets SET agreement_version = :version WHERE id = ANY(:tickets)"
).bindparams(bindparam("tickets", type_=ARRAY(Uuid)))


async def collect_clocks(tx: Connection, bulk_update: BulkUpdate) -> None:
    """Collect the clocks to change: open ones of tickets that are not yet moved.

    For a move also stopped ones of open tickets, because the new version may promise more.
    """
    version = bulk_update.version_id if bulk_update.kind == "move" else None
    is_move = bulk_update.kind == "move"
    parameters = {
        "bulk_update": bulk_update.id,
        "agreement": bulk_update.agreement_id,
        "version": version,
        "move": is_move,
    }
    await tx.execute(_INSERT_ITEMS, parameters)


async def claim_clocks(tx: Connection, bulk_update: BulkUpdate, limit: int) -> list[UUID]:
    """Claim the next clocks of a bulk update, which is locked; they are not claimed again."""
    return list(await tx.scalars(_DELETE_ITEMS, {"bulk_update": bulk_update.id, "limit": limit}))


async def move_tickets(tx: Connection, ids: Collection[UUID], version: UUID) -> None:
    """Let this version cover these tickets from now on."""
    await tx.execute(_UPDATE_TICKETS, {"tickets": list(ids), "version": version})


async def move_supplier_clocks(tx: Connection, ids: Collection[UUID], version: Agreement) -> None:
    """Let this version cover these clocks of a partner or second level from now on."""
    statement = update(clocks).where(clocks.c.id.in_(ids))
    await tx.execute(statement.values(agreement_version=version.id, agreement=version.key))
