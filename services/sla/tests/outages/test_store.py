"""What is loaded for availability, and what the database itself refuses."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from common.persistence.database import Database
from sla.outages.domain.availability import Availability
from sla.outages.domain.scope import Question
from sla.outages.store import availability
from sla.outages.store.verification import unlike_their_records
from sla_support.company import ACME, BRIGHTWATER, HOUR, NINE, promise
from sla_support.outages import fail, rewrite

JUNE = date(2026, 6, 1)
DAY = timedelta(days=1)
LATER = NINE + 40 * DAY


async def june(
    database: Database, question: Question, known_at: datetime | None = None
) -> Availability:
    asked = None if question.customer_id is None else {question.customer_id}
    async with database.transaction() as tx:
        found = await availability.known_of_month(tx, asked, JUNE, known_at)
    return found.of_month(question, JUNE, LATER)


async def test_overlapping_outages_count_once_and_only_in_agreed_hours(database: Database) -> None:
    """C12: office hours in Amsterdam; one hour of the second lies in the evening"""
    await promise(database, timezone="Europe/Amsterdam")
    await fail(database, NINE, NINE + 2 * HOUR, ACME)
    await fail(database, NINE + HOUR, NINE + 3 * HOUR, ACME)
    await fail(database, NINE + 7 * HOUR, NINE + 9 * HOUR, ACME)
    await fail(database, NINE, NINE + 9 * HOUR, BRIGHTWATER)
    found = await june(database, Question(ACME, service="billing"))
    assert (found.down, found.agreed) == (4 * HOUR, 22 * 9 * HOUR)
    assert found.start == NINE - 9 * HOUR
    assert (found.failures.count, found.mttr) == (2, 2.5 * HOUR)


async def test_an_outage_of_everybody_and_of_everything_counts_for_each(database: Database) -> None:
    await promise(database)
    await fail(database, NINE, NINE + HOUR, service="billing")
    await fail(database, NINE + HOUR, NINE + 2 * HOUR, ACME, "acme-prod", service=None)
    await fail(database, NINE + 3 * HOUR, NINE + 4 * HOUR, ACME, "acme-prod", service="portal")
    asked = {
        Question(ACME, "acme-prod", "billing"): 2,
        Question(ACME, "acme-prod", "portal"): 2,
        Question(ACME, "acme-other", "billing"): 1,
        Question(ACME): 3,
        Question(BRIGHTWATER): 1,
        Question(): 3,
    }
    for question, hours in asked.items():
        assert (await june(database, question)).down == hours * HOUR, question


async def test_the_figures_of_an_earlier_moment_can_be_had_again(database: Database) -> None:
    """A5: what two people corrected in July was not known in June"""
    await promise(database)
    outage = await fail(database, NINE, NINE + 2 * HOUR, ACME)
    await rewrite(database, outage, NINE, NINE + 5 * HOUR, NINE + 30 * DAY)
    question = Question(ACME, service="billing")
    assert (await june(database, question)).down == 5 * HOUR
    assert (await june(database, question, NINE + 29 * DAY)).down == 2 * HOUR
    assert (await june(database, question, NINE - HOUR)).down == 0 * HOUR


async def test_one_failure_over_the_months_end_is_measured_to_its_own_end(
    database: Database,
) -> None:
    """What breaks in July makes no difference to June"""
    await promise(database, timezone="Europe/Amsterdam")
    end = NINE - 9 * HOUR + 30 * DAY
    await fail(database, end - HOUR, end + 3 * HOUR, ACME)
    await fail(database, end + HOUR, end + 50 * HOUR, ACME)
    found = await june(database, Question(ACME, service="billing"))
    assert (found.failures.count, found.mttr) == (1, 4 * HOUR)


AGAIN = """
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
        AGAIN.format("created_by"),
        AGAIN.format("NULL"),
        "UPDATE outages SET ended_at = started_at - interval '1 s'",
    ],
)
async def test_what_was_said_of_an_outage_stays(database: Database, statement: str) -> None:
    """R1, R16: append-only, and a correction takes two people, whoever asks"""
    await fail(database, NINE, None, ACME)
    with pytest.raises(DBAPIError):
        async with database.transaction() as tx:
            await tx.execute(text(statement))


async def test_verify_finds_an_outage_that_its_records_do_not_say(database: Database) -> None:
    """R16: `python -m sla verify`"""
    kept, edited = [await fail(database, NINE, NINE + HOUR, ACME, service=s) for s in "ab"]
    await rewrite(database, kept, NINE, NINE + 2 * HOUR, NINE + 3 * HOUR)
    async with database.transaction() as tx:
        assert await unlike_their_records(tx) == []
        row = {"id": edited.id}
        await tx.execute(text("UPDATE outages SET ended_at = started_at WHERE id = :id"), row)
        (wrong,) = await unlike_their_records(tx)
        assert wrong.startswith(f"outage {edited.key}: stands otherwise")
        await tx.execute(text("UPDATE outages SET ordinal = 7 WHERE id = :id"), row)
        (wrong,) = await unlike_their_records(tx)
        assert wrong == f"outage {edited.key}: has 1 records where it should have 7"
