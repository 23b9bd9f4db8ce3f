"""What clocks have heard: appended, never changed (C9)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from common.persistence.database import Connection, asyncpg_connection
from sla.clocks.domain.clock import Input
from sla.clocks.domain.codec import read_input, written_body
from sla.clocks.tables import clock_inputs

_HEARD = """
INSERT INTO clock_inputs (clock_id, ordinal, kind, at, known_at, body, fired_without_events)
SELECT * FROM unnest($1::uuid[], $2::int[], $3::text[], $4::timestamptz[], $5::timestamptz[],
    $6::text[], $7::boolean[])
"""
_ALL_HEARD = """
SELECT clock_id, ordinal, kind, at, known_at, body FROM clock_inputs
WHERE clock_id = ANY($1::uuid[]) ORDER BY clock_id, ordinal
"""


@dataclass(frozen=True, slots=True)
class Heard:
    """An input as it is stored with its clock. `fired_without_events`: see the timers."""

    clock_id: UUID
    heard: Input
    fired_without_events: bool = False


async def append(tx: Connection, heard: Sequence[Heard]) -> None:
    """Keep what clocks heard, of one or more."""
    rows = [(one.clock_id, *columns_of(one.heard), one.fired_without_events) for one in heard]
    await (await asyncpg_connection(tx)).execute(_HEARD, *zip(*rows, strict=True))


async def of_clock(tx: Connection, id: UUID, known_until: datetime | None = None) -> list[Heard]:
    """What the clock has heard, in order; at most what was known at an instant."""
    found = select(clock_inputs).where(clock_inputs.c.clock_id == id)
    if known_until is not None:
        found = found.where(clock_inputs.c.known_at <= known_until)
    rows = await tx.execute(found.order_by(clock_inputs.c.ordinal))
    return [
        Heard(
            id,
            read_input(row.ordinal, row.kind, row.at, row.known_at, row.body),
            row.fired_without_events,
        )
        for row in rows
    ]


async def of_clocks(tx: Connection, ids: Collection[UUID]) -> dict[UUID, list[Input]]:
    """What each of these clocks has heard, in order: for replaying many, on the raw connection."""
    heard: dict[UUID, list[Input]] = {id: [] for id in ids}
    for id, ordinal, kind, at, known_at, body in await (await asyncpg_connection(tx)).fetch(
        _ALL_HEARD, list(ids)
    ):
        heard[id].append(read_input(ordinal, kind, at, known_at, body))
    return heard


def columns_of(heard: Input) -> tuple[Any, ...]:
    """Ordinal, kind, at, known_at and body."""
    return heard.ordinal, heard.kind, heard.at, heard.known_at, written_body(heard)
