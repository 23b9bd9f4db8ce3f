"""What somebody with every right on the database would do to look better, and what gives it away (R16)."""

import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import cast

import asyncpg
import pytest
from sqlalchemy import text

from common.messaging.kafka import Kafka
from common.persistence.database import Database
from common.runtime import Runtime
from common.scheduling.loop_heartbeat import LoopHeartbeat
from common.telemetry import metrics
from opsdesk_testing.protocol import freeze_time
from opsdesk_testing.waiting import until
from sla.clocks.replay import find_differences
from sla.evidence.anchors import publish_head
from sla.evidence.fact_sealing import FactSealer
from sla.settings import SlaSettings
from sla_support.facts import (
    WRITTEN_AT,
    another_value,
    audit_all,
    owner_connection,
    problems,
    seal,
    writable_columns,
    write_facts,
)

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def sealed(database: Database) -> Database:
    await write_facts(database)
    await seal(database)
    return database


@pytest.fixture
async def owner(sealed: Database, owner_url: str) -> AsyncIterator["asyncpg.Connection"]:
    connection = await owner_connection(owner_url)
    yield connection
    await connection.close()


async def add_minutes(database: Database, number: int) -> None:
    async with database.transaction() as tx:
        await tx.execute(
            text(
                "INSERT INTO review_minutes SELECT review_id, :number, 'More', 'dana', sla.now()"
                " FROM review_minutes LIMIT 1"
            ),
            {"number": number},
        )
    await audit_all(database)


async def test_the_tail_is_cut_off_with_its_seals(
    sealed: Database, owner: "asyncpg.Connection"
) -> None:
    """The database is whole then: a head that is kept elsewhere knows better."""
    await add_minutes(sealed, 3)
    (tail,) = [one for one in await seal(sealed) if one.relation == "fact_versions"]
    await owner.execute("ALTER TABLE review_minutes DISABLE TRIGGER USER")
    await owner.execute("DELETE FROM review_minutes WHERE number = 3")
    await owner.execute("ALTER TABLE review_minutes ENABLE TRIGGER USER")
    await owner.execute(
        "DELETE FROM fact_versions WHERE body ->> 'number' = '3' AND relation = 'review_minutes'"
    )
    await owner.execute("DELETE FROM fact_seals WHERE number >= $1", tail.number)
    assert await problems(sealed) == []
    (problem,) = await problems(sealed, tail.head)
    assert "written anew or cut off after it was noted" in problem


async def test_all_is_sealed_anew_after_a_change(
    sealed: Database, owner: "asyncpg.Connection"
) -> None:
    """Facts, versions and seals rewound together: the published head is not in the new chain."""
    async with sealed.transaction() as tx:
        anchor = await publish_head(tx)
    assert anchor is not None
    await owner.execute("ALTER TABLE review_minutes DISABLE TRIGGER USER")
    await owner.execute("UPDATE review_minutes SET text = 'Nothing' WHERE number = 1")
    await owner.execute("ALTER TABLE review_minutes ENABLE TRIGGER USER")
    await owner.execute(
        'UPDATE fact_versions SET body = body || \'{"text": "Nothing"}\''
        " WHERE relation = 'review_minutes' AND body ->> 'number' = '1'"
    )
    await owner.execute("DELETE FROM fact_seals")
    await seal(sealed)
    (problem,) = await problems(sealed)
    assert f"the head {anchor.head}, published at" in problem
    await owner.execute("DELETE FROM fact_anchors")
    assert await problems(sealed) == []
    (problem,) = await problems(sealed, anchor.head)
    assert "no seal is" in problem


async def test_the_process_that_sealed_remembers_its_head(
    sealed: Database, owner: "asyncpg.Connection"
) -> None:
    """Before anybody runs a check: the next pass finds its last seal gone, and readiness says so."""
    # The sealer reads no setting while no authority is set, and asks Kafka nothing.
    settings = SlaSettings.model_construct(
        timestamp_authority_url=None, timestamp_authority_ca_file=None
    )
    runtime = Runtime(settings, sealed, cast(Kafka, None), LoopHeartbeat())
    sealer = FactSealer(runtime)
    await add_minutes(sealed, 3)
    await sealer.seal_once()
    await owner.execute("DELETE FROM fact_anchors")
    await owner.execute(
        "DELETE FROM fact_seals WHERE number = (SELECT max(number) FROM fact_seals)"
    )
    await add_minutes(sealed, 4)
    gone = metrics.FACT_SEALS_GONE._value
    before, began = gone.get(), time.time()
    assert await sealer._try_pass(), "the chain goes on"
    assert "somebody has rewritten the facts" in str(sealer.trouble)
    assert gone.get() == before + 1
    assert metrics.FACTS_LAST_SEAL_TIMESTAMP._value.get() >= began
    assert await sealer._try_pass()
    assert sealer.trouble is None
    assert gone.get() == before + 1, "it is told once, and the counter keeps it"


@pytest.mark.parametrize("relation", ["clock_inputs", "samples", "fact_versions"])
async def test_a_fact_is_changed_within_the_minute_before_it_is_sealed(
    database: Database, owner_url: str, relation: str
) -> None:
    """The seal is then over what was changed; PostgreSQL has counted that something was."""
    await write_facts(database)
    await seal(database)
    await add_minutes(database, 3)
    async with database.transaction() as tx:
        await tx.execute(
            text(
                "INSERT INTO samples (series_id, at, value) SELECT series_id, at - interval '1 hour', 1 FROM samples"
            )
        )
    owner = await owner_connection(owner_url)
    await owner.execute(f"ALTER TABLE {relation} DISABLE TRIGGER USER")
    columns = {"clock_inputs": "body", "samples": "value", "fact_versions": "written_by"}
    kinds = dict(await writable_columns(owner, relation))
    column = columns[relation]
    await owner.execute(
        f"UPDATE {relation} SET {column} = {another_value(column, kinds[column])}"
        f" WHERE position = (SELECT max(position) FROM {relation})"
    )
    await owner.execute(f"ALTER TABLE {relation} ENABLE TRIGGER USER")
    await owner.close()  # its counters are there at the latest when it leaves
    await freeze_time(database, WRITTEN_AT + 20 * MINUTE)

    async def counted() -> bool:
        async with database.transaction() as tx:
            query = "SELECT n_tup_upd FROM pg_stat_user_tables WHERE relname = :name AND schemaname = 'sla'"
            return bool(await tx.scalar(text(query), {"name": relation}))

    await until(counted)
    await seal(database)
    assert any(
        f"{relation}: 1 rows were changed or deleted between" in problem
        for problem in await problems(database)
    )


async def test_a_row_of_people_is_changed_before_it_is_sealed(
    sealed: Database, owner: "asyncpg.Connection"
) -> None:
    """Its version was written by the statement that wrote it."""
    await add_minutes(sealed, 3)
    await owner.execute("ALTER TABLE review_minutes DISABLE TRIGGER USER")
    await owner.execute("UPDATE review_minutes SET text = 'Nothing' WHERE number = 3")
    await owner.execute("ALTER TABLE review_minutes ENABLE TRIGGER USER")
    await seal(sealed)
    (problem,) = await problems(sealed)
    assert "text is Nothing, and was More when it was written" in problem


async def test_a_breach_becomes_waived_by_three_updates(
    sealed: Database, owner: "asyncpg.Connection"
) -> None:
    """A waiver, an input of the clock, and the clock itself."""
    await owner.execute(
        "UPDATE waivers SET decided_at = decided_at - interval '1 day', late = false"
    )
    await owner.execute(
        "UPDATE clock_inputs SET kind = 'waived' WHERE kind = 'fired' AND body::json #>> '{firing,0}' = 'breach'"
    )
    await owner.execute("UPDATE clocks SET outcome = 'waived' WHERE outcome = 'breached'")
    found = "\n".join(await problems(sealed))
    assert "waivers WVR-1 was written by the role opsdesk_sla_owner" in found
    assert "it was dated back" in found
    assert "was changed: sealed on" in found
    assert "outcome is waived where it is breached by its inputs" in "\n".join(
        [one async for one in find_differences(sealed)]
    )


async def test_a_waiver_that_is_made_today_is_not_from_yesterday(
    sealed: Database, owner: "asyncpg.Connection"
) -> None:
    """The trail, the version and its author forged as well, all that is missing is yesterday's seal."""
    await freeze_time(sealed, WRITTEN_AT + timedelta(hours=20))
    await add_minutes(sealed, 3)
    await seal(sealed)
    await freeze_time(sealed, WRITTEN_AT + timedelta(hours=21))
    async with sealed.transaction() as tx:  # in the service's own name
        await tx.execute(
            text(
                "INSERT INTO waivers SELECT gen_random_uuid(), 'WVR-2', clock_id, customer_id, customer, service,"
                " starts_at, ends_at, reason, requested_by, requested_at, reminded_at, expires_at, state,"
                " decided_by, decided_at, decision_reason, false, ended_by, ended_at, end_reason, sequence"
                " FROM waivers"
            )
        )
    await audit_all(sealed)
    await seal(sealed)
    found = await problems(sealed)
    assert len(found) == 2
    assert all("waivers WVR-2 says that it is from 2026-06-02" in one for one in found)
