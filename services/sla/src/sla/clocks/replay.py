"""Replays every clock from its inputs and compares: the proof that the record is whole (C9)."""

from collections.abc import AsyncIterator
from uuid import UUID

from sqlalchemy import select

from common.persistence.database import Connection, Database
from sla.clocks.commands import timetables
from sla.clocks.domain.clock import Clock, Input, Timetables
from sla.clocks.domain.codec import written
from sla.clocks.domain.fold import start, step
from sla.clocks.domain.schedule import next_firing
from sla.clocks.domain.ticket_clock import Tracked
from sla.clocks.store import clocks, inputs
from sla.clocks.tables import clocks as clock_table
from sla.waivers.domain.period import contradiction
from sla.waivers.domain.waiver import Waiver
from sla.waivers.store import waivers

BATCH = 200


async def differences(database: Database) -> AsyncIterator[str]:
    """One sentence for each clock that its inputs do not lead to."""
    after = UUID(int=0)
    while True:
        async with database.transaction() as tx:
            following = select(clock_table.c.id).where(clock_table.c.id > after)
            ids = list(await tx.scalars(following.order_by(clock_table.c.id).limit(BATCH)))
            loaded = await clocks.load(tx, ids)
            decided = await _decided(tx, loaded)
            heard = await inputs.of_clocks(tx, ids)
            also = [one.terms for told in heard.values() for one in told if one.terms]
            tables = await timetables(tx, loaded, also)
            for tracked in loaded:
                wrong = difference(tracked, heard[tracked.id], tables)
                if wrong := wrong or contradiction(tracked, decided):
                    yield f"clock/{tracked.id} ({tracked.ticket.key}): {wrong}"
        if not ids:
            return
        after = ids[-1]


async def _decided(tx: Connection, loaded: list[Tracked]) -> list[Waiver]:
    """The waivers that those of the clocks which broke must agree with."""
    broken = [one for one in loaded if one.clock.breached_at is not None]
    customers = {id for one in broken if (id := one.ticket.customer_id) is not None}
    return await waivers.decided(tx, [one.id for one in broken], customers) if broken else []


def difference(tracked: Tracked, heard: list[Input], tables: Timetables) -> str | None:
    """How the clock differs from the fold over its inputs; None when it does not."""
    if [one.ordinal for one in heard] != list(range(1, tracked.ordinal + 1)):
        return f"has {len(heard)} inputs where the clock has heard {tracked.ordinal}"
    again, wrong = replayed(tracked.clock, heard, tables)
    if wrong is None and written(again) != written(tracked.clock):
        wrong = f"is {again.state} with deadline {again.deadline} when replayed"
    return wrong


def replayed(original: Clock, heard: list[Input], tables: Timetables) -> tuple[Clock, str | None]:
    """The clock folded again, and the first firing that was not the one then due."""
    clock = start(original.metric, heard[0], tables, original.contract)
    for one in heard[1:]:
        if one.firing is not None and one.firing != next_firing(clock, tables):
            return clock, f"fired {one.firing.kind} at ordinal {one.ordinal}, which was not due"
        clock = step(clock, one, tables)
    return clock, None
