"""Seals facts in the background, about once a minute, in one set-based pass per table (R16).

A pass takes what has been committed since the last one: rows whose transaction had not ended in the
snapshot of the last seal, so that nothing is missed for being committed late, and nothing taken twice.
"""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import asyncpg

from common.persistence.database import Database, is_transient
from common.runtime import Runtime
from common.telemetry import logger, metrics
from sla.evidence.anchors import anchor_when_due
from sla.evidence.domain.fact_tables import LAYOUT, SEALED
from sla.evidence.domain.fact_verifier import INITIAL_CHAIN
from sla.evidence.store import fact_seals as seals
from sla.evidence.store import lines
from sla.evidence.store.fact_seals import Circumstances, FactSeal
from sla.evidence.store.lines import Sealable
from sla.evidence.workloads import SEALING
from sla.settings import SlaSettings

log = logger(__name__)

SEAL_INTERVAL_S = 60.0
"""Seconds between two passes."""
RETRY_DELAY_S = 1.0
"""Seconds until the next try after a failure."""
MAX_SILENCE = timedelta(minutes=10)
"""Where nothing happens a seal over nothing is made this often: it says until when nothing did."""
SEALER_LOCK_ID = 7_270_006


class SealGone(Exception):
    """A seal that this process has made is not there any more, or is another one."""


class FactSealer:
    """The sealer of facts, active in one replica at a time. Remembers the last seal that it made."""

    def __init__(self, runtime: Runtime[SlaSettings]) -> None:
        self.runtime = replace(runtime, database=runtime.database.for_workload(SEALING))
        self.trouble: str | None = None
        self._last: FactSeal | None = None

    async def run(self) -> None:
        """Seal every minute as long as the service runs; wait for a database that is gone."""
        metrics.FACTS_LAST_SEAL_TIMESTAMP.set_to_current_time()  # so that one that never seals is seen
        while True:
            pause = SEAL_INTERVAL_S if await self._try_pass() else RETRY_DELAY_S
            await asyncio.sleep(pause)

    async def _try_pass(self) -> bool:
        try:
            await self.seal_once()
        except SealGone as gone:
            # The chain goes on all the same: what is sealed after this is evidence, too.
            self.trouble = f"evidence: {gone}"
            metrics.FACT_SEALS_GONE.inc()
            log.critical("evidence.seal_gone", problem=str(gone))
            return True
        except Exception as error:
            self.trouble = f"evidence: not sealed, {type(error).__name__}"
            if not is_transient(error):
                log.exception("evidence.not_sealed")
            return False
        self.trouble = None
        return True

    async def seal_once(self) -> None:
        """Make one pass, and publish the head where an hour is over. Raises SealGone."""
        database, remembered = self.runtime.database, self._last
        made = await seal_facts(database)
        self._last = made[-1] if made else remembered
        await anchor_when_due(self.runtime)
        if remembered is not None and not await is_in_chain(database, remembered):
            raise SealGone(
                f"seal {remembered.head} of {seals.format_instant(remembered.sealed_at)} was made by this"
                " process and is gone or another one: somebody has rewritten the facts. Run"
                " `python -m sla evidence verify`, and compare with the topic opsdesk.evidence"
            )


async def seal_facts(database: Database) -> list[FactSeal]:
    """Seal what was committed since the last pass; nothing while another replica does."""
    connection = await database.dedicated_connection(SEALING)
    try:
        try_lock = "SELECT pg_try_advisory_lock($1, hashtext(current_schema()))"
        if not await connection.fetchval(try_lock, SEALER_LOCK_ID):
            return []
        # One snapshot, taken after the lock, for all tables and for the counters.
        async with connection.transaction(isolation="repeatable_read"):
            await connection.execute(lines.FIXED_SETTINGS)
            made = await _seal_committed(connection, database.schema)
    finally:
        await connection.close(timeout=5)
    for one in made:
        # Logs are kept elsewhere, by others: a head in them proves what was stored here.
        log.info("evidence.sealed", relation=one.relation, size=one.size, head=one.head)
    metrics.FACTS_LAST_SEAL_TIMESTAMP.set_to_current_time()
    return made


async def is_in_chain(database: Database, seal: FactSeal) -> bool:
    """Return whether the chain has this very seal."""
    connection = await database.dedicated_connection(SEALING)
    try:
        query = "SELECT chain FROM fact_seals WHERE number = $1"
        return bool(await connection.fetchval(query, seal.number) == seal.chain)
    finally:
        await connection.close(timeout=5)


async def _seal_committed(connection: "asyncpg.Connection[Any]", schema: str) -> list[FactSeal]:
    before = last = await seals.find_newest(connection)
    present = await seals.read_circumstances(connection)
    at: datetime = await connection.fetchval(f"SELECT {schema}.now()")
    floor = await _floor(connection, last, present)
    made: list[FactSeal] = []
    for relation in SEALED:
        for group in await _unsealed(connection, relation, before, present):
            last = _next_seal(last, (at, relation, floor), group, present)
            made.append(last)
    if not made and (last is None or at - last.sealed_at >= MAX_SILENCE):
        made.append(_next_seal(last, (at, None, floor), Sealable(0, "{}", b""), present))
    for one in made:
        await seals.insert_seal(connection, one)
    return made


async def _unsealed(
    connection: "asyncpg.Connection[Any]",
    relation: str,
    last: FactSeal | None,
    present: Circumstances,
) -> list[Sealable]:
    if last is None or last.cluster != present.cluster:
        return await lines.list_uncovered(connection, relation)
    return await lines.list_fresh(connection, relation, last.snapshot, last.floor)


async def _floor(
    connection: "asyncpg.Connection[Any]", last: FactSeal | None, present: Circumstances
) -> int:
    """Return the position up to which transactions were counted by another cluster."""
    if last is None:
        return 0
    if last.cluster == present.cluster:
        return last.floor
    return await seals.get_highest_position(connection)


def _next_seal(
    last: FactSeal | None,
    over: tuple[datetime, str | None, int],
    group: Sealable,
    present: Circumstances,
) -> FactSeal:
    at, relation, floor = over
    seal = FactSeal(
        number=last.number + 1 if last else 1,
        sealed_at=at,
        relation=relation,
        layout=LAYOUT,
        size=group.size,
        positions=group.positions,
        leaves=group.leaves,
        audit_head=present.audit_head,
        rewritten=present.rewritten,
        snapshot=present.snapshot,
        floor=floor,
        cluster=present.cluster,
        previous=last.chain if last else INITIAL_CHAIN,
    )
    return replace(seal, chain=seal.computed_chain())
