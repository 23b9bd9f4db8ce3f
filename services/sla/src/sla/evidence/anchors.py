"""Publish the head of the chain once an hour, where the owner of the database cannot take it back (R16)."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import insert, text, update

from common.events.evidence import EvidenceAnchored
from common.messaging.outbox import OutboxEvent, publish
from common.persistence.database import Connection, Database, asyncpg_connection, transaction_time
from common.persistence.ids import uuid7
from common.runtime import Runtime
from common.telemetry import logger
from sla.evidence.store import fact_seals as seals
from sla.evidence.store.fact_seals import Anchor
from sla.evidence.tables import fact_anchors
from sla.evidence.timestamps import NotStamped, stamp
from sla.settings import SlaSettings

log = logger(__name__)

_LOCK = text("SELECT pg_advisory_xact_lock(7270007, hashtext(current_schema()))")


async def anchor_when_due(runtime: Runtime[SlaSettings]) -> Anchor | None:
    """Publish the head where none was published in this hour, and have it stamped where that is set."""
    async with runtime.database.transaction() as tx:
        anchor = await publish_head(tx)
    url, authorities = (
        runtime.settings.timestamp_authority_url,
        runtime.settings.timestamp_authority_ca_file,
    )
    if anchor is not None and url is not None and authorities is not None:
        return await stamp_anchor(runtime.database, anchor, url, authorities)
    return anchor


async def publish_head(tx: Connection) -> Anchor | None:
    """Store and publish the newest head; None where it was done in this hour, or nothing is sealed."""
    await tx.execute(_LOCK)
    connection, at = await asyncpg_connection(tx), await transaction_time(tx)
    last = await seals.find_newest_anchor(connection)
    seal = await seals.find_newest(connection)
    if seal is None or (last is not None and _hour(last.anchored_at) == _hour(at)):
        return None
    number = last.number + 1 if last else 1
    anchor = Anchor(uuid7(), number, seal.number, seal.chain, at)
    row = {"id": anchor.id, "number": number, "seal": seal.number, "chain": seal.chain}
    await tx.execute(insert(fact_anchors).values(**row, anchored_at=at))
    event = EvidenceAnchored(
        at=at,
        anchor_id=anchor.id,
        number=number,
        head=seal.head,
        sealed_at=seal.sealed_at,
        audit_head=seal.audit_head,
    )
    await publish(tx, OutboxEvent(event, 1))
    return anchor


async def stamp_anchor(
    database: Database, anchor: Anchor, url: str, authorities: Path
) -> Anchor | None:
    """Have an authority stamp a published head; why there is no stamp is stored and logged."""
    token: bytes | None = None
    problem: str | None = None
    try:
        token = await stamp(url, authorities, anchor.head.encode())
    except NotStamped as error:
        problem = str(error)
        log.error("evidence.not_stamped", head=anchor.head, problem=problem)
    async with database.transaction() as tx:
        of_anchor = update(fact_anchors).where(fact_anchors.c.id == anchor.id)
        await tx.execute(of_anchor.values(timestamp_token=token, timestamp_problem=problem))
    return Anchor(
        anchor.id, anchor.number, anchor.seal, anchor.chain, anchor.anchored_at, token, problem
    )


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)
