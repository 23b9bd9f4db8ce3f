"""Whether a service must not go on before `restored` has run: asked at its start.

The last record of each own partition is enough: what a backup has forgotten was published last.
A service that has published since then is noticed by its receivers, as a fork.
"""

from collections.abc import Mapping, Sequence

from common.messaging.kafka import Kafka
from common.persistence.database import Connection, Database
from common.persistence.sequenced import load_sequences
from common.restoration import runs, store
from common.restoration.own_history import OwnHistory
from common.restoration.own_records import OwnRecord, read_last_own_records


class RestorationNeeded(Exception):
    """The service must not go on before `restored` has run to its end. Says so in a sentence."""


async def verify_no_unfinished_run(database: Database) -> None:
    """Raise RestorationNeeded where `restored` runs, or died before its end."""
    async with database.transaction() as tx:
        run = await runs.find_unfinished(tx)
    if run is not None:
        raise RestorationNeeded(
            f"`restored` was begun at {run.started_at:%Y-%m-%d %H:%M:%S} by {run.started_by} and "
            "has not come to its end: wait for it, or run it again"
        )


async def verify_restored(database: Database, kafka: Kafka, own: OwnHistory) -> None:
    """Raise RestorationNeeded where Kafka has records of this service that its database does not know.

    Reads Kafka first: what is published was stored before. Raises what reading raises.
    """
    await verify_no_unfinished_run(database)
    if not own.restored_events:
        return
    records = await read_last_own_records(kafka, own.source, own.restored_events)
    async with database.transaction() as tx:
        unknown = await _find_unknown(tx, own, records)
    if unknown is not None:
        raise RestorationNeeded(
            f"it has published {unknown.subject} up to number {unknown.sequence}, and its database "
            "does not know that, as if it came from a backup: run `restored` first "
            "(docs/runbooks/restore.md)"
        )


async def _find_unknown(
    tx: Connection, own: OwnHistory, records: Sequence[OwnRecord]
) -> OwnRecord | None:
    subjects = {one.subject for one in records}
    stored = await load_sequences(tx, own.subjects, subjects)
    settled = await store.restored_sequences(tx, own.source, subjects)
    return next(
        (one for one in records if one.sequence > _highest_sequence(one, stored, settled)), None
    )


def _highest_sequence(
    record: OwnRecord, stored: Mapping[str, int], settled: Mapping[str, int]
) -> int:
    return max(stored.get(record.subject, 0), settled.get(record.subject, 0))
