"""Store notices for each customer whom something affects; the mails are planned afterwards."""

from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from common.persistence.database import Connection
from common.persistence.ids import uuid7
from common.persistence.keys import next_key
from common.scheduling.deadlines import Deadline, schedule
from intake.notices import store
from intake.notices.domain.notice import Notice, Occurrence, initial_state

MAINTENANCE_END: Final = "notice-maintenance-end"
"""The kind of deadline at which announced maintenance is over; its subject is the first notice."""


async def tell(
    tx: Connection,
    occurrence: Occurrence,
    at: datetime,
    *,
    customer: str | None,
) -> None:
    """Store a notice for each customer whom it affects, where there is something to tell."""
    affected = await store.list_affected(tx, customer, occurrence.environment, occurrence.service)
    for customer_id in affected:
        await _tell_one(tx, occurrence, at, customer_id)


async def _tell_one(
    tx: Connection, occurrence: Occurrence, at: datetime, customer_id: UUID
) -> None:
    first = await store.lock_first(tx, occurrence.source, customer_id)
    if first is None and occurrence.stage == "moved":
        # A customer who came after it was announced.
        occurrence = replace(occurrence, stage="announced")
    state = initial_state(occurrence, first)
    if state is None:
        if first is not None and first.state == "proposed" and occurrence.stage in _ENDS:
            # It was over before anybody sent it: nobody is told of it any more.
            await store.dismiss_proposed(tx, first.id, at)
        return
    notice = Notice(
        id=uuid7(),
        key=await next_key(tx, "NTC", "notice_numbers"),
        kind=occurrence.kind,
        stage=occurrence.stage,
        source=occurrence.source,
        source_key=occurrence.source_key,
        customer_id=customer_id,
        customer="",
        environment=occurrence.environment,
        service=occurrence.service,
        starts_at=occurrence.starts_at,
        ends_at=occurrence.ends_at,
        at=at,
        state=state,
        first_id=None if first is None else first.id,
    )
    if await store.add(tx, notice):
        await _watch_end(tx, notice)


async def _watch_end(tx: Connection, notice: Notice) -> None:
    """Arm the time at which maintenance is over, or disarm it where it ended otherwise."""
    if notice.kind == "maintenance":
        ends_at = None if notice.stage in _ENDS else notice.ends_at
        await schedule(tx, [Deadline(MAINTENANCE_END, notice.first_id or notice.id, ends_at)])


async def tell_end(tx: Connection, first: Notice, at: datetime) -> None:
    """Tell a customer that the maintenance of which they were told is over, in the window that they heard of last."""
    moved = await store.find_last_moved(tx, first.id)
    occurrence = Occurrence(
        first.kind,
        "restored",
        first.source,
        first.source_key,
        first.environment,
        first.service,
        (moved or first).starts_at,
        at,
    )
    await _tell_one(tx, occurrence, at, first.customer_id)


_ENDS = frozenset({"cancelled", "restored"})
