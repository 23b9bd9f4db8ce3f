"""Check that each outage equals its last record, and that no record is missing (R16)."""

from sqlalchemy import text

from common.persistence.database import Connection

_SELECT_INCONSISTENT = text(
    """
    SELECT outages.key, records.count, outages.ordinal FROM outages
    CROSS JOIN LATERAL (
        SELECT count(*) AS count FROM outage_records WHERE outage_id = outages.id
    ) records
    LEFT JOIN outage_records last
        ON last.outage_id = outages.id AND last.ordinal = outages.ordinal
    WHERE records.count <> outages.ordinal
        OR (last.effect, last.started_at, last.ended_at, last.counts, last.superseded_by)
            IS DISTINCT FROM
            (outages.effect, outages.started_at, outages.ended_at, outages.counts,
            outages.superseded_by)
    ORDER BY outages.key
    """
)


async def find_inconsistent_outages(tx: Connection) -> list[str]:
    """Return one sentence for each outage that its records contradict."""
    return [
        f"outage {row.key}: has {row.count} records where it should have {row.ordinal}"
        if row.count != row.ordinal
        else f"outage {row.key}: differs from its last record"
        for row in await tx.execute(_SELECT_INCONSISTENT)
    ]
