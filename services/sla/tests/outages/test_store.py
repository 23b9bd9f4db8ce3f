"""What is loaded for availability, and what the database rejects."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from common.persistence.database import Database
from sla.outages.domain.availability import Availability
from sla.outages.domain.scope import AvailabilityQuery
from sla.outages.store import availability
from sla.outages.store.verification import find_inconsistent_outages
from sla_support.company import ACME, BRIGHTWATER, HOUR, NINE, promise
from sla_support.outages import add_outage, correct_outage

JUNE = date(2026, 6, 1)
DAY = timedelta(days=1)
LATER = NINE + 40 * DAY


async def june_availability(
    database: Database, query: AvailabilityQuery, known_at: datetime | None = None
) -> Availability:
    customer_ids = None if query.customer_id is None else {query.customer_id}
    async with database.transaction() as tx:
        model = await availability.load_month(tx, customer_ids, JUNE, known_at)
    return model.availability_of_month(query, JUNE, LATER)


async def test_overlapping_outages_count_once_and_only_in_agreed_hours(database: Database) -> None:
    """C12: office hours in Amsterdam; one hour of the second lies in the evening"""
    await promise(database, timezone="Europe/Amsterdam")
    await add_outage(database, NINE, NINE + 2 * HOUR, ACME)
    await add_outage(database, NINE + HOUR, NINE + 3 * HOUR, ACME)
    await add_outage(database, NINE + 7 * HOUR, NINE + 9 * HOUR, ACME)
    await add_outage(database, NINE, NINE + 9 * HOUR, BRIGHTWATER)
    found = await june_availability(database, AvailabilityQuery(ACME, service="billing"))
    assert (found.down, found.agreed) == (4 * HOUR, 22 * 9 * HOUR)
    assert found.start == NINE - 9 * HOUR
    assert (found.failures.count, found.mttr) == (2, 2.5 * HOUR)


async def test_an_outage_of_everybody_and_of_everything_counts_for_each(database: Database) -> None:
    await promise(database)
    await add_outage(database, NINE, NINE + HOUR, service="billing")
    await add_outage(database, NINE + HOUR, NINE + 2 * HOUR, ACME, "acme-prod", service=None)
    await add_outage(
        database, NINE + 3 * HOUR, NINE + 4 * HOUR, ACME, "acme-prod", service="portal"
    )
    expected_hours = {
        AvailabilityQuery(ACME, "acme-prod", "billing"): 2,
        AvailabilityQuery(ACME, "acme-prod", "portal"): 2,
        AvailabilityQuery(ACME, "acme-other", "billing"): 1,
        AvailabilityQuery(ACME): 3,
        AvailabilityQuery(BRIGHTWATER): 1,
        AvailabilityQuery(): 3,
    }
    for question, hours in expected_hours.items():
        assert (await june_availability(database, question)).down == hours * HOUR, question


async def test_the_figures_of_an_earlier_moment_can_be_had_again(database: Database) -> None:
    """A5: what two people corrected in July was not known in June"""
    await promise(database)
    outage = await add_outage(database, NINE, NINE + 2 * HOUR, ACME)
    await correct_outage(database, outage, NINE, NINE + 5 * HOUR, NINE + 30 * DAY)
    question = AvailabilityQuery(ACME, service="billing")
    assert (await june_availability(database, question)).down == 5 * HOUR
    assert (await june_availability(database, question, NINE + 29 * DAY)).down == 2 * HOUR
    assert (await june_availability(database, question, NINE - HOUR)).down == 0 * HOUR


async def test_one_failure_over_the_months_end_is_measured_to_its_own_end(
    database: Database,
) -> None:
    """What breaks in July makes no difference to June"""
    await promise(database, timezone="Europe/Amsterdam")
    end = NINE - 9 * HOUR + 30 * DAY
    await add_outage(database, end - HOUR, end + 3 * HOUR, ACME)
    await add_outage(database, end + HOUR, end + 50 * HOUR, ACME)
    found = await june_availability(database, AvailabilityQuery(ACME, service="billing"))
    assert (found.failures.count, found.mttr) == (1, 4 * HOUR)


INSERT_SECOND_RECORD = """
INSERT INTO outage_records
SELECT outage_id, 2, 'corrected', effect, started_at, ended_at, counts, known_at, created_by, {}, 'why'
FROM outage_records
"""


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE outage_records SET ended_at = started_at",
        "DELETE FROM outage_records",
        "DELETE FROM outages",
        INSERT_SECOND_RECORD.format("created_by"),
        INSERT_SECOND_RECORD.format("NULL"),
        "UPDATE outages SET ended_at = started_at - interval '1 s'",
    ],
)
async def test_what_was_said_of_an_outage_stays(database: Database, statement: str) -> None:
    """R1, R16: append-only, and a correction takes two people, whoever asks"""
    await add_outage(database, NINE, None, ACME)
    with pytest.raises(DBAPIError):
        async with database.transaction() as tx:
            await tx.execute(text(statement))


async def test_verify_finds_an_outage_that_its_records_do_not_say(database: Database) -> None:
    """R16: `python -m sla verify`"""
    corrected, edited = [
        await add_outage(database, NINE, NINE + HOUR, ACME, service=s) for s in "ab"
    ]
    await correct_outage(database, corrected, NINE, NINE + 2 * HOUR, NINE + 3 * HOUR)
    async with database.transaction() as tx:
        assert await find_inconsistent_outages(tx) == []
        row = {"id": edited.id}
        await tx.execute(text("UPDATE outages SET ended_at = started_at WHERE id = :id"), row)
        (wrong,) = await find_inconsistent_outages(tx)
        assert wrong.startswith(f"outage {edited.key}: differs from its last record")
        await tx.execute(text("UPDATE outages SET ordinal = 7 WHERE id = :id"), row)
        (wrong,) = await find_inconsistent_outages(tx)
        assert wrong == f"outage {edited.key}: has 1 records where it should have 7"
