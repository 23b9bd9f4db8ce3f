"""Seals the trail in the background: about once a minute, off the hot path, without a lock on it.

A seal takes every entry that is visible and not yet sealed. Rows get their positions before they
are committed, so a seal remembers up to which transaction everything has ended (`settled`): earlier
ones cannot bring anything new, later ones are looked at again next time. Nothing is ever missed for
having been committed late. Transaction ids start anew in another cluster (a restored dump): then
all that is unsealed is taken once, and `floor` says which positions need no more looking at.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg

from common import telemetry
from common.audit.verifier import START, chain, root
from common.database import Database, passing
from common.now import now
from common.telemetry import metrics

log = telemetry.logger(__name__)

PAUSE = 60.0
"""Seconds between two looks."""
MOST = 20_000
"""Entries in one seal; more are sealed at once by the next ones."""
LOCK = 7_270_003

LINE = """jsonb_build_object('position', a.position,
    'at', to_char(a.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'who', a.who,
    'behind', a.behind, 'action', a.action, 'subject', a.subject, 'grounds', a.grounds)::text"""
"""The text of an entry `a` to which its seal holds; an export shows the same bytes."""
HASH = f"sha256('\\x00'::bytea || convert_to({LINE}, 'UTF8'))"

_UNSEALED = f"""
WITH fresh AS MATERIALIZED (SELECT position FROM audit WHERE xid >= $1 AND position > $2),
    unsealed AS MATERIALIZED (
        SELECT position FROM fresh f
        WHERE NOT EXISTS (SELECT FROM audit_leaves l WHERE l.position = f.position)
        ORDER BY position LIMIT {MOST})
SELECT a.position, {HASH} AS hash FROM audit a JOIN unsealed USING (position) ORDER BY a.position
"""
_HERE = """
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS settled,
    (SELECT system_identifier FROM pg_control_system()) AS cluster
"""
_SEAL = """
INSERT INTO audit_seals
    (number, sealed_at, size, root, previous, chain, settled, floor, cluster)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
_LEAVES = """
INSERT INTO audit_leaves (position, seal, hash) SELECT p, $1, h FROM unnest($2::bigint[], $3::bytea[])
    AS sealed (p, h)
"""


@dataclass(frozen=True, slots=True)
class Seal:
    """What one look has sealed. `head` is worth noting elsewhere: see `audit verify --head`."""

    number: int
    size: int
    chain: bytes

    @property
    def head(self) -> str:
        return f"{self.number}:{self.chain.hex()}"


class Sealer:
    """Seals the trail of one service, in one replica at a time. `run` goes on until cancelled."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.trouble: str | None = None

    async def run(self) -> None:
        """Seal each minute, for as long as the service runs; a database that is gone is awaited."""
        while True:
            try:
                await seal(self.database)
                self.trouble = None
            except Exception as error:
                self.trouble = f"audit: not sealed, {type(error).__name__}"
                if not passing(error):
                    log.exception("audit.not_sealed")
            await asyncio.sleep(PAUSE)


async def seal(database: Database) -> list[Seal]:
    """Seal all that is visible; nothing where another replica is at it. Answers the new seals."""
    connection = await database.connect()
    try:
        held = "SELECT pg_try_advisory_lock($1, hashtext(current_schema()))"
        if not await connection.fetchval(held, LOCK):
            return []
        made = []
        while one := await _seal_once(connection):
            made.append(one)
            # Logs are kept elsewhere, by others: there a head vouches for what is here.
            log.info("audit.sealed", number=one.number, size=one.size, head=one.head)
            metrics.SEALED.inc(one.size)
            if one.size < MOST:
                break
        metrics.SEALED_AT.set_to_current_time()
        return made
    finally:
        await connection.close()


async def _seal_once(connection: "asyncpg.Connection[Any]") -> Seal | None:
    # One snapshot for what is settled and for what is read, taken after the lock.
    async with connection.transaction(isolation="repeatable_read"):
        last = await connection.fetchrow("SELECT * FROM audit_seals ORDER BY number DESC LIMIT 1")
        here = await connection.fetchrow(_HERE)
        assert here is not None
        moved = last is not None and last["cluster"] != here["cluster"]
        settled = 0 if last is None or moved else last["settled"]
        found = await connection.fetch(_UNSEALED, settled, last["floor"] if last else 0)
        if not found:
            return None
        bounds = await _bounds(connection, last, here, moved=moved, all=len(found) < MOST)
        return await _store(connection, last, found, bounds)


async def _bounds(
    connection: "asyncpg.Connection[Any]",
    last: asyncpg.Record | None,
    here: asyncpg.Record,
    *,
    moved: bool,
    all: bool,
) -> tuple[int, int, int]:
    """`settled`, `floor` and `cluster` of the new seal; a partial one settles nothing."""
    if last is None:
        return (here["settled"] if all else 0), 0, here["cluster"]
    if not all:
        return last["settled"], last["floor"], last["cluster"]
    floor = last["floor"]
    if moved:
        floor = await connection.fetchval("SELECT coalesce(max(position), 0) FROM audit_leaves")
    return here["settled"], floor, here["cluster"]


async def _store(
    connection: "asyncpg.Connection[Any]",
    last: asyncpg.Record | None,
    found: list[asyncpg.Record],
    bounds: tuple[int, int, int],
) -> Seal:
    number = last["number"] + 1 if last else 1
    previous = last["chain"] if last else START
    sealed_at = now()
    hashes = [row["hash"] for row in found]
    # Hashing 20,000 leaves takes some 30 ms: not on the loop that answers requests.
    top = await asyncio.to_thread(root, hashes)
    value = chain(previous, number, told(sealed_at), len(hashes), top)
    await connection.execute(_SEAL, number, sealed_at, len(hashes), top, previous, value, *bounds)
    await connection.execute(_LEAVES, number, [row["position"] for row in found], hashes)
    return Seal(number, len(hashes), value)


def told(sealed_at: datetime) -> str:
    """An instant as it is hashed and exported, to the microsecond that the database keeps."""
    return sealed_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
