"""Exports and checks the record of punctuality (R16)."""

import json
from collections.abc import AsyncIterator
from datetime import date

from common.persistence.database import Connection, Database
from sla.punctuality.domain.verifier import FORMAT, Difference, EvidenceCheck
from sla.punctuality.sealing import format_instant
from sla.punctuality.store import evidence, seals
from sla.punctuality.store.seals import FIRST_POSITION, Seal


async def export_lines(
    database: Database, since: date | None = None, until: date | None = None
) -> AsyncIterator[bytes]:
    """The lines of an export, without line feeds: of the days `[since, until]`, or all that are sealed.

    Each seal is read in a transaction of its own, as sealed lines do not change.
    """
    days = {"since": since and since.isoformat(), "until": until and until.isoformat()}
    yield json.dumps({"format": FORMAT, "service": "sla", **days}).encode()
    last: Seal | None = None
    while True:
        async with database.transaction() as tx:
            seal = await seals.find_following(tx, last.number if last else 0, since, until)
            lines = [] if seal is None else await sealed_lines(tx, seal)
        if seal is None:
            return
        for line in lines:
            yield line
        last = seal


async def sealed_lines(tx: Connection, seal: Seal) -> list[bytes]:
    """The lines under a seal as they are now, and the line of the seal itself."""
    before = await seals.find(tx, seal.number - 1)
    after = before.end_position if before is not None else FIRST_POSITION
    stored_lines = await evidence.list_lines(tx, after, seal.end_position)
    return [*(line.bytes for line in stored_lines), _dump_seal(seal)]


async def evidence_problems(database: Database) -> AsyncIterator[str]:
    """The first difference between the record and its seals; nothing where there is none."""
    try:
        await check_record(database)
    except Difference as difference:
        yield f"punctuality: {difference}"


async def check_record(database: Database, head: str | None = None) -> str:
    """The verifier's summary of the present record. Raises Difference."""
    verification = EvidenceCheck()
    async for line in export_lines(database):
        verification.add_line(line)
    return verification.finish(head)


def _dump_seal(seal: Seal) -> bytes:
    line = {
        "seal": seal.number,
        "day": seal.day.isoformat(),
        "sealed_at": format_instant(seal.sealed_at),
        "size": seal.size,
        "closes": seal.closes,
        "previous": seal.previous.hex(),
        "leaves": seal.leaves.hex(),
        "chain": seal.chain.hex(),
    }
    return json.dumps(line).encode()
