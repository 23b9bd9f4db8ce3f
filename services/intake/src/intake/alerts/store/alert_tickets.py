"""Every query about the tickets of alerts: which group has which, and what stands on them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, bindparam, text

from common.persistence.bulk import execute_many, upsert_sql
from common.persistence.database import Connection
from intake.alerts.domain.alert_ticket import AlertTicket
from intake.alerts.domain.known import STORM_GROUPS, GroupKey
from intake.tickets.domain.ticket import OPEN_STATES

STORM_WINDOW: Final = timedelta(minutes=1)
_OPEN: Final = ", ".join(f"'{state}'" for state in sorted(OPEN_STATES))
_GROUPS: Final = text(
    """
    SELECT group_key, scope, ticket_id FROM alert_groups
    WHERE monitor = :monitor AND group_key = ANY(:groups)
    """
).bindparams(bindparam("groups", type_=ARRAY(Text)))
_RECENT_GROUPS: Final = text(
    f"""
    SELECT count(*) FROM (
        SELECT FROM alert_groups WHERE monitor = :monitor AND opened_at > :since
        LIMIT {STORM_GROUPS + 1}) AS recent
    """
)
_STORMS: Final = text(
    f"""
    SELECT storm, ticket_id FROM alert_tickets JOIN tickets ON tickets.id = ticket_id
    WHERE monitor = :monitor AND storm IS NOT NULL AND state IN ({_OPEN})
    """
)
_ROWS: Final = text(
    """
    SELECT ticket_id, storm, remarks, truncated, truncated_note_id FROM alert_tickets
    WHERE ticket_id = ANY(:tickets)
    """
).bindparams(bindparam("tickets", type_=ARRAY(Uuid)))
_SURVIVORS: Final = text(
    """
    WITH RECURSIVE chain AS (
        SELECT id AS origin, id, merged_into FROM tickets WHERE id = ANY(:tickets)
        UNION ALL
        SELECT origin, tickets.id, tickets.merged_into
        FROM chain JOIN tickets ON tickets.id = chain.merged_into)
    SELECT origin, id FROM chain WHERE merged_into IS NULL
    """
).bindparams(bindparam("tickets", type_=ARRAY(Uuid)))
_LOCK: Final = text(
    "SELECT id FROM tickets WHERE id = ANY(:tickets) ORDER BY id FOR UPDATE"
).bindparams(bindparam("tickets", type_=ARRAY(Uuid)))
_SAVE_GROUPS: Final = upsert_sql(
    "alert_groups",
    {
        "monitor": "text",
        "group_key": "text",
        "scope": "text",
        "ticket_id": "uuid",
        "opened_at": "timestamptz",
    },
    key=("monitor", "group_key", "scope"),
)
_SAVE_TICKET: Final = text(
    """
    INSERT INTO alert_tickets (ticket_id, monitor, storm, remarks, truncated, truncated_note_id)
    VALUES (:ticket_id, :monitor, :storm, :remarks, :truncated, :truncated_note_id)
    ON CONFLICT (ticket_id) DO UPDATE SET remarks = excluded.remarks,
        truncated = excluded.truncated, truncated_note_id = excluded.truncated_note_id
    """
).bindparams(bindparam("remarks", type_=ARRAY(Text)))


@dataclass(frozen=True, slots=True)
class TicketRow:
    """What stands on a ticket of alerts; `storm` is the scope whose storm it collects."""

    storm: str | None
    remarks: list[str]
    truncated: int
    truncated_note_id: UUID | None


async def groups(
    tx: Connection, monitor: str, group_keys: Collection[str]
) -> Mapping[GroupKey, UUID]:
    """The newest ticket of each of these groups, by group and scope."""
    rows = await tx.execute(_GROUPS, {"monitor": monitor, "groups": list(group_keys)})
    return {(row.group_key, row.scope): row.ticket_id for row in rows}


async def count_recent_groups(tx: Connection, monitor: str, at: datetime) -> int:
    """The groups that got a ticket within the minute before `at`, counted up to what is a storm."""
    parameters = {"monitor": monitor, "since": at - STORM_WINDOW}
    return await tx.scalar(_RECENT_GROUPS, parameters) or 0


async def storms(tx: Connection, monitor: str) -> Mapping[str, UUID]:
    """The open ticket of each storm, by the scope's storm name."""
    rows = await tx.execute(_STORMS, {"monitor": monitor})
    return {row.storm: row.ticket_id for row in rows}


async def lock_survivors(tx: Connection, tickets: Collection[UUID]) -> Mapping[UUID, UUID]:
    """Lock these tickets, or the ones into which they were finally merged; by the given ids."""
    survivors: dict[UUID, UUID] = {}
    while tickets:
        found = await tx.execute(_SURVIVORS, {"tickets": list(tickets)})
        resolved = {row.origin: row.id for row in found}
        if resolved == survivors:
            break
        # Read again with the locks: a ticket may have been merged meanwhile.
        survivors = resolved
        await tx.execute(_LOCK, {"tickets": sorted(set(survivors.values()))})
    return survivors


async def rows(tx: Connection, tickets: Collection[UUID]) -> Mapping[UUID, TicketRow]:
    """What stands on these tickets, by id."""
    found = await tx.execute(_ROWS, {"tickets": list(tickets)})
    return {
        row.ticket_id: TicketRow(row.storm, list(row.remarks), row.truncated, row.truncated_note_id)
        for row in found
    }


async def save_groups(
    tx: Connection, monitor: str, tickets: Mapping[GroupKey, UUID], at: datetime
) -> None:
    """Store which ticket each group has from `at` on."""
    await execute_many(
        tx,
        _SAVE_GROUPS,
        [(monitor, group, scope, id, at) for (group, scope), id in sorted(tickets.items())],
    )


async def save(tx: Connection, monitor: str, id: UUID, ticket: AlertTicket) -> None:
    """Store what stands on a ticket of alerts."""
    values = {
        "ticket_id": id,
        "monitor": monitor,
        "storm": ticket.storm,
        "remarks": ticket.remarks,
        "truncated": ticket.truncated,
        "truncated_note_id": ticket.truncated_note_id,
    }
    await tx.execute(_SAVE_TICKET, values)
