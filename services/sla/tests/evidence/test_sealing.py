"""Nothing is missed for being committed late, and nothing is sealed twice; a restore goes on."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from common.persistence.database import Database
from opsdesk_testing.protocol import freeze_time
from sla.agreements.store import comments
from sla.evidence.domain.fact_verifier import split_positions
from sla.evidence.fact_sealing import MAX_SILENCE, seal_facts
from sla.evidence.store import fact_seals as seals
from sla.evidence.store import lines
from sla_support.facts import WRITTEN_AT, problems, seal, write_facts

SERIES = UUID("00000000-0000-7000-8000-00000000000a")
CONTACT = UUID("00000000-0000-0000-0000-00000000c0de")
ADD_SAMPLE = text(
    "INSERT INTO samples (series_id, at, value) VALUES (:series, sla.now() + :after * interval '1 second', 7)"
)


async def sample(database: Database, after: int) -> None:
    async with database.transaction() as tx:
        await tx.execute(ADD_SAMPLE, {"series": SERIES, "after": after})


async def test_what_is_committed_late_is_sealed_late_and_once(database: Database) -> None:
    await write_facts(database)
    async with database.transaction() as slow:
        await slow.execute(ADD_SAMPLE, {"series": SERIES, "after": 1})
        await sample(database, 2)
        await seal(database)
        await sample(database, 3)
        await seal(database)
        assert await problems(database) == []
    late = await seal(database)
    assert {one.relation: one.size for one in late} == {"samples": 1, "fact_versions": 1}
    assert await seal(database) == []
    assert await problems(database) == []
    async with database.transaction() as tx:
        covered = [
            row.positions
            for row in await tx.execute(text("SELECT positions::text FROM fact_seals"))
        ]
        facts = await tx.scalar(
            text(
                "SELECT (SELECT count(*) FROM samples) + (SELECT count(*) FROM clock_inputs) + (SELECT count(*) FROM fact_versions)"
            )
        )
    positions = [one for several in covered for one in split_positions(several)]
    assert len(positions) == len(set(positions)) == facts


async def test_a_quiet_time_is_sealed_too(database: Database) -> None:
    """So that nothing can be put into it afterwards."""
    await write_facts(database)
    await seal(database)
    await freeze_time(database, WRITTEN_AT + MAX_SILENCE - timedelta(seconds=1))
    assert await seal(database) == []
    await freeze_time(database, WRITTEN_AT + MAX_SILENCE)
    (quiet,) = await seal(database)
    assert (quiet.relation, quiet.size) == (None, 0)
    assert await problems(database) == []


async def test_many_facts_make_several_seals(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "MAX_FACTS_PER_SEAL", 3)
    await write_facts(database)
    made = await seal(database)
    assert max(one.size for one in made) == 3
    assert await problems(database) == []


async def test_in_another_cluster_everything_unsealed_is_sealed_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dump was restored there: transactions count anew, and old numbers mean nothing."""
    await write_facts(database)
    await seal(database)
    await sample(database, 5)
    read = seals.read_circumstances

    async def elsewhere(connection: object) -> seals.Circumstances:
        return replace(await read(connection), cluster=4711)  # type: ignore[arg-type]  # handed on as it came

    monkeypatch.setattr(seals, "read_circumstances", elsewhere)
    moved = await seal(database)
    assert {one.relation: one.size for one in moved} == {"samples": 1, "fact_versions": 1}
    assert await seal(database) == []
    await sample(database, 6)
    assert {one.relation: one.size for one in await seal(database)} == {
        "samples": 1,
        "fact_versions": 1,
    }
    assert await problems(database) == []


async def test_only_one_replica_seals_at_a_time(database: Database) -> None:
    await write_facts(database)
    connection = await database.dedicated_connection()
    await connection.fetchval("SELECT pg_advisory_lock(7270006, hashtext(current_schema()))")
    assert await seal_facts(database) == []
    await connection.close()
    assert await seal_facts(database) != []


async def test_what_a_contact_wrote_is_erased_and_the_rest_stays_sealed(database: Database) -> None:
    await write_facts(database)
    await seal(database)
    async with database.transaction() as tx:
        await comments.erase(tx, CONTACT)
        await tx.execute(
            text("SELECT erase_ticket_in_reviews('00000000-0000-0000-0000-0000000000ac', 'OPS-1')")
        )
    assert await problems(database) == []
    await seal(database)
    assert await problems(database) == []
    async with database.transaction() as tx:
        bodies = [str(row.body) for row in await tx.execute(text("SELECT body FROM fact_versions"))]
        salts = await tx.scalar(text("SELECT count(*) FROM fact_salts"))
    assert not any("Eight hours" in body or "Invoices" in body for body in bodies)
    assert salts == 3, "of our own comment, and of the last version of each edition"
