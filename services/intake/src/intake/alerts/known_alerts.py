"""Load what is stored of the alerts of a post, and lock what the post may change."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from common.persistence.database import Connection
from intake.alerts.domain.alert import AlertBatch
from intake.alerts.domain.alert_ticket import AlertTicket
from intake.alerts.domain.known import Known, group_of
from intake.alerts.store import alert_tickets, episodes
from intake.tickets.store import tickets


async def load_known(
    tx: Connection, monitor: str, batches: Sequence[AlertBatch], at: datetime
) -> Known:
    """What is stored of these alerts. Episodes are locked before tickets, as timers do it."""
    keys = {(one.source, alert.dedup_key) for one in batches for alert in one.alerts}
    newest = await episodes.lock_newest(tx, monitor, keys, at)
    group_keys = {group_of(one.source, alert) for one in batches for alert in one.alerts}
    groups = await alert_tickets.groups(tx, monitor, group_keys)
    storms = await alert_tickets.storms(tx, monitor)
    ids = {one.ticket_id for one, _ in newest if one.ticket_id}
    loaded = await _lock_tickets(tx, ids | {*groups.values(), *storms.values()})
    return Known(
        episodes={(one.source, one.dedup_key): one for one, _ in newest},
        starts={(one.source, one.dedup_key): starts for one, starts in newest},
        tickets=loaded,
        groups={key: loaded[id] for key, id in groups.items()},
        storms={storm: loaded[id] for storm, id in storms.items()},
        recent_groups=await alert_tickets.count_recent_groups(tx, monitor, at),
    )


async def _lock_tickets(tx: Connection, ids: set[UUID]) -> dict[UUID, AlertTicket]:
    """Tickets by id, each as the one into which it was finally merged; locked."""
    if not ids:
        return {}
    survivors = await alert_tickets.lock_survivors(tx, ids)
    final_ids = set(survivors.values())
    found = await tickets.by_ids(tx, final_ids)
    rows = await alert_tickets.rows(tx, final_ids)
    loaded = {}
    for id, ticket in found.items():
        row = rows.get(id)
        loaded[id] = AlertTicket(ticket)
        if row is not None:
            loaded[id] = AlertTicket(
                ticket,
                row.storm,
                remarks=row.remarks,
                truncated=row.truncated,
                truncated_note_id=row.truncated_note_id,
            )
    return {id: loaded[final] for id, final in survivors.items()}
