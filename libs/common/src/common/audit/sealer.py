"""Seals the audit trail in the background: once a minute, outside the hot path, without locking it.

A seal covers every entry that is visible and not yet sealed. Rows get their positions before they
are committed, so a seal notes up to which transaction all have ended (`settled`): earlier
transactions cannot add entries, later ones are looked at again next time. So no entry is missed
because it was committed late. Transaction ids start again in another cluster (a restored dump):
then everything unsealed is sealed once, and positions up to `floor` are not looked at again.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg

from common import telemetry
from common.audit.verifier import INITIAL_CHAIN, chain, root
from common.now import now
from common.persistence.database import Database, is_transient
from common.telemetry import metrics

log = telemetry.logger(__name__)

SEAL_INTERVAL_S = 60.0
"""Seconds between two seals."""
RETRY_DELAY_S = 1.0
"""Seconds until the next try after a failure; the service is not ready meanwhile."""
MAX_ENTRIES_PER_SEAL = 2_000
"""Entries in one seal at most, so that hashing delays no request; more make further seals."""
SEALER_LOCK_ID = 7_270_003


def _member(name: str) -> str:
    return f"""', "{name}": ' || coalesce(to_json(a.{name})::text, 'null')"""


ENTRY_LINE_SQL = " || ".join(
    (
        """'{"at": "' || to_char(a.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '"'""",
        *map(_member, ("who", "action", "behind", "grounds", "subject", "position")),
        "'}'",
    )
)
"""The text of an entry `a` that is hashed; an export has the same bytes.

They are those of `jsonb_build_object(…)::text`, at half its price: no tree is built to be written out again.
"""
ENTRY_HASH_SQL = f"sha256('\\x00'::bytea || convert_to({ENTRY_LINE_SQL}, 'UTF8'))"

_SELECT_FIRST_FRESH = """
WITH fresh AS MATERIALIZED (SELECT position FROM audit WHERE xid >= $1 AND position > $2)
SELECT min(position) FROM fresh
"""
_SEAL_NEXT = f"""
WITH unsealed AS MATERIALIZED (
    SELECT a.position, {ENTRY_HASH_SQL} AS hash FROM audit a
    WHERE a.position >= $1 AND a.xid >= $2 AND NOT EXISTS (
        SELECT FROM audit_leaves l WHERE l.position = a.position AND l.position >= $1)
    ORDER BY a.position LIMIT $4
), added AS (INSERT INTO audit_leaves (position, seal, hash) SELECT position, $3, hash FROM unsealed)
SELECT max(position) AS highest, string_agg(hash, '' ORDER BY position) AS hashes FROM unsealed
"""
_SELECT_CLUSTER = """
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS settled,
    (SELECT system_identifier FROM pg_control_system()) AS cluster
"""
_INSERT_SEAL = """
INSERT INTO audit_seals
    (number, sealed_at, size, root, previous, chain, settled, floor, cluster)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""


@dataclass(frozen=True, slots=True)
class Seal:
    """One seal. Note its `head` elsewhere: see `audit verify --head`."""

    number: int
    size: int
    chain: bytes

    @property
    def head(self) -> str:
        return f"{self.number}:{self.chain.hex()}"


class Sealer:
    """The sealer of one service, active in one replica at a time."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.trouble: str | None = None

    async def run(self) -> None:
        """Seal every minute as long as the service runs; wait for a database that is gone."""
        metrics.AUDIT_LAST_SEAL_TIMESTAMP.set_to_current_time()  # so that one that never seals is seen
        while True:
            pause = SEAL_INTERVAL_S if await self._try_seal() else RETRY_DELAY_S
            await asyncio.sleep(pause)

    async def _try_seal(self) -> bool:
        try:
            await seal(self.database)
        except Exception as error:
            self.trouble = f"audit: not sealed, {type(error).__name__}"
            if not is_transient(error):
                log.exception("audit.not_sealed")
            return False
        self.trouble = None
        return True


async def seal(database: Database) -> list[Seal]:
    """Seal all visible entries; nothing while another replica does. Returns the new seals."""
    connection = await database.dedicated_connection()
    try:
        try_lock = "SELECT pg_try_advisory_lock($1, hashtext(current_schema()))"
        if not await connection.fetchval(try_lock, SEALER_LOCK_ID):
            return []
        seals = await _seal_visible_entries(connection)
    finally:
        await connection.close(timeout=5)
    for one in seals:
        # Logs are stored elsewhere: there the head proves that the trail was not changed.
        log.info("audit.sealed", number=one.number, size=one.size, head=one.head)
        metrics.AUDIT_ENTRIES_SEALED.inc(one.size)
    metrics.AUDIT_LAST_SEAL_TIMESTAMP.set_to_current_time()
    return seals


async def _seal_visible_entries(connection: "asyncpg.Connection[Any]") -> list[Seal]:
    # One snapshot, taken after the lock, for the settled transactions and for the entries.
    async with connection.transaction(isolation="repeatable_read"):
        last = await connection.fetchrow("SELECT * FROM audit_seals ORDER BY number DESC LIMIT 1")
        settled, floor, bounds = await _bounds(connection, last)
        newest = (
            Seal(last["number"], last["size"], last["chain"]) if last else Seal(0, 0, INITIAL_CHAIN)
        )
        seals: list[Seal] = []
        position = await connection.fetchval(_SELECT_FIRST_FRESH, settled, floor)
        while position is not None:
            row = await connection.fetchrow(
                _SEAL_NEXT, position, settled, newest.number + 1, MAX_ENTRIES_PER_SEAL
            )
            if row is None or not row["hashes"]:
                break
            newest = await _store(connection, newest, split_hashes(row["hashes"]), bounds)
            seals.append(newest)
            position = row["highest"] + 1
        return seals


async def _bounds(
    connection: "asyncpg.Connection[Any]", last: asyncpg.Record | None
) -> tuple[int, int, tuple[int, int, int]]:
    """Return the transaction and position to start from, and the new settled, floor and cluster."""
    current = await connection.fetchrow(_SELECT_CLUSTER)
    assert current is not None
    if last is None:
        return 0, 0, (current["settled"], 0, current["cluster"])
    if last["cluster"] == current["cluster"]:
        return (
            last["settled"],
            last["floor"],
            (current["settled"], last["floor"], current["cluster"]),
        )
    highest = await connection.fetchval("SELECT coalesce(max(position), 0) FROM audit_leaves")
    return 0, last["floor"], (current["settled"], highest, current["cluster"])


async def _store(
    connection: "asyncpg.Connection[Any]",
    last: Seal,
    hashes: list[bytes],
    bounds: tuple[int, int, int],
) -> Seal:
    number, sealed_at = last.number + 1, now()
    top = root(hashes)
    value = chain(last.chain, number, format_instant(sealed_at), len(hashes), top)
    await connection.execute(
        _INSERT_SEAL, number, sealed_at, len(hashes), top, last.chain, value, *bounds
    )
    return Seal(number, len(hashes), value)


def split_hashes(joined: bytes) -> list[bytes]:
    """Take apart what `string_agg` joined: hashes of 32 bytes."""
    return [joined[i : i + 32] for i in range(0, len(joined), 32)]


def format_instant(sealed_at: datetime) -> str:
    """Format an instant as it is hashed and exported, in microseconds."""
    return sealed_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
