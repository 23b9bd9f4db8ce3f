"""R16: whoever changes the trail afterwards, with whatever rights, is found out."""

from typing import Any, TypeAlias

import asyncpg
import pytest

from common.audit.sealer import ENTRY_HASH_SQL, seal
from common.audit.verify import verify
from common.persistence.database import Database

from .conftest import entry, write

Superuser: TypeAlias = "asyncpg.Connection[Any]"

SWAP = """
UPDATE audit a SET who = b.who, at = b.at, grounds = b.grounds, subject = b.subject
FROM audit b WHERE (a.position, b.position) IN ((4, 5), (5, 4))
"""
FORGED_LEAF = f"""
UPDATE audit SET who = 'mallory' WHERE position = 5;
UPDATE audit_leaves l SET hash = {ENTRY_HASH_SQL} FROM audit a WHERE a.position = 5 AND l.position = 5
"""
# Transactions of other tests beside this one may be older than those of the entries.
INSERTED_LATER = """
INSERT INTO audit (at, who, action, subject, xid) SELECT at, who, action, subject,
    (SELECT settled - 1 FROM audit_seals WHERE number = 3) FROM audit WHERE position = 1
"""
REMOVED_WITH_LEAF = """
DELETE FROM audit WHERE position = 5;
DELETE FROM audit_leaves WHERE position = 5
"""
SEAL_2 = "UPDATE audit_seals SET"
MOVED_LEAF = "UPDATE audit_leaves SET seal = 2 WHERE position = 3"


async def test_a_whole_trail_is_reported_as_whole(trail: Database) -> None:
    found = await verify(trail)
    assert found.difference is None
    assert (found.seals, found.sealed, found.unsealed) == (3, 9, 0)


@pytest.mark.parametrize(
    ("tampering", "named"),
    [
        ("UPDATE audit SET grounds = '{}' WHERE position = 5", "entry 5 of seal 2 was changed"),
        ("UPDATE audit SET at = at + '1 s'::interval WHERE position = 5", "entry 5 of seal 2"),
        ("UPDATE audit SET behind = NULL WHERE position = 9", "entry 9 of seal 3 was changed"),
        ("DELETE FROM audit WHERE position = 5", "entry 5 of seal 2 is missing"),
        (REMOVED_WITH_LEAF, "seal 2 does not match its entries"),
        (FORGED_LEAF, "seal 2 does not match its entries"),
        (MOVED_LEAF, "seal 1 does not match its entries"),
        (SWAP, "entry 4 of seal 2 was changed"),
        (INSERTED_LATER, "entry 10 was inserted after its time had been sealed"),
        ("DELETE FROM audit_seals WHERE number = 2", "seal 2 is missing"),
        ("DELETE FROM audit_seals WHERE number = 3", "seal 3 is missing"),
        (
            f"{SEAL_2} sealed_at = sealed_at - '1 d'::interval WHERE number = 2",
            "seal 2 was changed",
        ),
        (f"{SEAL_2} chain = sha256('x') WHERE number = 2", "seal 2 was changed"),
        (f"{SEAL_2} previous = sha256('x') WHERE number = 2", "seal 2 does not follow seal 1"),
        (f"{SEAL_2} root = sha256('x') WHERE number = 2", "seal 2 does not match its entries"),
    ],
)
async def test_tampering_is_named(
    trail: Database, superuser: Superuser, tampering: str, named: str
) -> None:
    await superuser.execute(tampering)
    difference = (await verify(trail)).difference
    assert difference is not None
    assert difference.startswith(named)


async def test_a_trail_written_anew_does_not_match_a_head_noted_before(
    trail: Database, superuser: Superuser
) -> None:
    noted = (await verify(trail)).head
    await superuser.execute("DELETE FROM audit WHERE position > 6")
    await superuser.execute("DELETE FROM audit_leaves WHERE position > 6")
    await superuser.execute("DELETE FROM audit_seals WHERE number = 3")
    await write(trail, entry(7))
    await seal(trail)
    assert (await verify(trail)).difference is None
    difference = (await verify(trail, head=noted)).difference
    assert difference is not None
    assert "rewritten" in difference


@pytest.mark.parametrize("table", ["audit", "audit_seals", "audit_leaves"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET {}", "DELETE FROM {}", "TRUNCATE {}"])
async def test_the_services_own_role_can_only_append(
    trail: Database, table: str, statement: str
) -> None:
    columns = {"audit": "who = 'x'", "audit_seals": "size = 1", "audit_leaves": "seal = 1"}
    connection = await trail.dedicated_connection()
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement.format(table, columns[table]))
    finally:
        await connection.close()
