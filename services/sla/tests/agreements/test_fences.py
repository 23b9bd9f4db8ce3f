"""What the rules refuse, the database refuses too."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from common.database import Database
from sla.testing.company import promise


@pytest.mark.parametrize(
    "alone",
    [
        (
            "UPDATE agreements SET ending_asked_by = 'theo', ending_asked_at = now(),"
            " ending_reason = 'x', ended_by = 'theo', ended_at = now()"
        ),
        "UPDATE agreements SET ended_by = 'theo', ended_at = now()",
        "UPDATE agreement_versions SET approved_by = 'theo', countersigned_by = 'theo'",
        "UPDATE agreement_versions SET approved_by = NULL, approved_at = NULL",
        (
            "INSERT INTO clock_sweeps (id, agreement_id, kind, version_id, reason, decided_by,"
            " decided_at, stood_for_by) SELECT gen_random_uuid(), agreement_id, 'move', id, 'x',"
            " 'gina', now(), 'gina' FROM agreement_versions"
        ),
        (
            "INSERT INTO agreement_versions (id, agreement_id, version, valid_from, promises, state,"
            " proposed_by, proposed_at, approved_by, approved_at, countersigned_by, countersigned_at,"
            " published_by, published_at)"
            " SELECT gen_random_uuid(), agreement_id, 2, valid_from, promises, state, proposed_by,"
            " proposed_at, approved_by, approved_at, countersigned_by, countersigned_at, published_by,"
            " published_at FROM agreement_versions"
        ),
    ],
)
async def test_the_database_refuses_one_person_and_overlaps_too(
    database: Database, alone: str
) -> None:
    """R1: no role is exempt; and no two versions hold at one time"""
    await promise(database)
    with pytest.raises(IntegrityError, match=r"check constraint|exclusion constraint"):
        async with database.transaction() as tx:
            await tx.execute(text(alone))
