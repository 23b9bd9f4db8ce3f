"""What the rules refuse, the database refuses too."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from common.persistence.database import Database
from sla_support.company import BRIGHTWATER, announce_customers, promise


@pytest.mark.parametrize(
    "alone",
    [
        (
            "UPDATE agreements SET termination_requested_by = 'theo', termination_requested_at = now(),"
            " termination_reason = 'x', ended_by = 'theo', ended_at = now()"
        ),
        "UPDATE agreements SET ended_by = 'theo', ended_at = now()",
        "UPDATE agreement_versions SET approved_by = 'theo', countersigned_by = 'theo'",
        "UPDATE agreement_versions SET approved_by = NULL, approved_at = NULL",
        (
            "INSERT INTO bulk_updates (id, agreement_id, kind, version_id, reason, decided_by,"
            " decided_at, confirmed_by) SELECT gen_random_uuid(), agreement_id, 'move', id, 'x',"
            " 'gina', now(), 'gina' FROM agreement_versions"
        ),
        (
            "INSERT INTO agreement_versions (id, agreement_id, version, valid_from, promises, state,"
            " drafted_by, drafted_at, approved_by, approved_at, countersigned_by, countersigned_at,"
            " published_by, published_at)"
            " SELECT gen_random_uuid(), agreement_id, 2, valid_from, promises, state, drafted_by,"
            " drafted_at, approved_by, approved_at, countersigned_by, countersigned_at, published_by,"
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


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("ended_by = created_by, ended_at = created_at, ended_from = starts_at", "four_eyes"),
        ("ended_by = 'gina', ended_at = created_at, ended_from = ends_at", "ended"),
        ("ended_by = 'gina', ended_at = ends_at, ended_from = starts_at", "ended"),
        ("ended_by = 'gina', ended_at = created_at", "ended"),
    ],
)
async def test_the_database_lets_only_another_person_end_cover_and_only_what_is_to_come(
    database: Database, word: str, why: str
) -> None:
    """R1: deadlines come later then, which could hide a breach"""
    await promise(database)
    made = (
        "INSERT INTO coverage_extensions (id, agreement_id, starts_at, ends_at, priorities, reason,"
        " created_by, created_at) SELECT gen_random_uuid(), id, sla.now() + interval '1 h',"
        " sla.now() + interval '2 h', '{}', 'x', 'theo', sla.now() FROM agreements"
    )
    async with database.transaction() as tx:
        await tx.execute(text(made))
    with pytest.raises(IntegrityError, match=f"ck_coverage_extensions_{why}"):
        async with database.transaction() as tx:
            await tx.execute(text(f"UPDATE coverage_extensions SET ending = 'x', {word}"))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("customer_signs = true", "ck_agreement_versions_party"),
        (
            "countersigned_for = (SELECT id FROM customers WHERE key = 'brightwater')",
            "fk_agreement_versions_party",
        ),
    ],
)
async def test_the_database_takes_no_countersigner_of_another_customer(
    database: Database, change: str, why: str
) -> None:
    """One person per side: where the customer signs, it is the customer with whom it is made"""
    await promise(database)
    await announce_customers(database, (BRIGHTWATER, "brightwater"))
    with pytest.raises(IntegrityError, match=why):
        async with database.transaction() as tx:
            await tx.execute(text(f"UPDATE agreement_versions SET {change}"))
