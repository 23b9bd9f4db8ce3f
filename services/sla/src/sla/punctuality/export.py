"""The record of punctuality, to be checked here, or exported and checked by somebody else (R16)."""

import json
from collections.abc import AsyncIterator
from datetime import date

from common.persistence.database import Connection, Database
from sla.punctuality.domain.verifier import FORMAT, Check, Difference
from sla.punctuality.sealing import told
from sla.punctuality.store import evidence, seals
from sla.punctuality.store.seals import BEGINNING, Seal


async def exported(
    database: Database, since: date | None = None, until: date | None = None
) -> AsyncIterator[bytes]:
    """The lines of an export, without line feeds: of the days in `[since, until]`, or all that is
    sealed. One transaction a seal: what is sealed does not change."""
    days = {"since": since and since.isoformat(), "until": until and until.isoformat()}
    yield json.dumps({"format": FORMAT, "service": "sla", **days}).encode()
    last: Seal | None = None
    while True:
        async with database.transaction() as tx:
            seal = await seals.following(tx, last.number if last else 0, since, until)
            lines = [] if seal is None else await sealed(tx, seal)
        if seal is None:
            return
        for line in lines:
            yield line
        last = seal


async def sealed(tx: Connection, seal: Seal) -> list[bytes]:
    """The lines that a seal stands for, as they are now, and the seal itself."""
    before = await seals.find(tx, seal.number - 1)
    after = before.until if before is not None else BEGINNING
    found = await evidence.lines(tx, after, seal.until)
    return [*(line.bytes for line in found), _written(seal)]


async def wrong_evidence(database: Database, head: str | None = None) -> AsyncIterator[str]:
    """The first place at which the record is not what was sealed; nothing where it is whole."""
    try:
        await checked(database, head)
    except Difference as difference:
        yield f"punctuality: {difference}"


async def checked(database: Database, head: str | None = None) -> str:
    """What the verifier says of the present record. Raises Difference."""
    check = Check()
    async for line in exported(database):
        check.hear(line)
    return check.ended(head)


def _written(seal: Seal) -> bytes:
    line = {
        "seal": seal.number,
        "day": seal.day.isoformat(),
        "sealed_at": told(seal.sealed_at),
        "size": seal.size,
        "closes": seal.closes,
        "previous": seal.previous.hex(),
        "leaves": seal.leaves.hex(),
        "chain": seal.chain.hex(),
    }
    return json.dumps(line).encode()
