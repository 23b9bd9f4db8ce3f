"""Make the documents of the search in a test."""

from common.persistence.database import Database
from intake.search import indexing
from intake_support.alerts import scalar
from opsdesk_testing.waiting import until

HORIZON = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"


async def index(database: Database) -> None:
    """Read what is committed into documents.

    The loop waits for the oldest transaction of the whole server, which may be another test's.
    """
    last = await scalar(database, "SELECT pg_current_xact_id()::text::bigint")

    async def is_settled() -> bool:
        return bool(await scalar(database, HORIZON) > last)

    await until(is_settled)
    await indexing.index(database)
