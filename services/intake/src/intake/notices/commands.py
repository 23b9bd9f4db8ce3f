"""Store notices for each customer whom something affects; the mails are planned afterwards."""

from datetime import datetime
from uuid import UUID

from common.persistence.database import Connection
from common.persistence.ids import uuid7
from common.persistence.keys import next_key
from intake.notices import store
from intake.notices.domain.notice import Notice, Occurrence, initial_state


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
        first_id=first and first.id,
    )
    await store.add(tx, notice)


_ENDS = frozenset({"cancelled", "restored"})
