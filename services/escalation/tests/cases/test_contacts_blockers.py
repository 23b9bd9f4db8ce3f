"""A contact asks for a blocker, first level decides: paged at once, and again unless confirmed (R5)."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from common.events.tickets import BlockerConfirmed, BlockerRaised
from common.persistence.database import Database
from escalation.handlers import HANDLERS
from escalation.timers import TIMERS
from escalation_support.builders import NIGHT, ticket_event
from escalation_support.database_state import run_sql
from opsdesk_testing.protocol import deliver, fire_due, freeze_time

MINUTE = timedelta(minutes=1)


async def fired_steps(database: Database) -> Any:
    return await run_sql(
        database, "SELECT by FROM timeline WHERE kind = 'step_fired' ORDER BY sequence"
    )


async def test_unconfirmed_it_pages_at_once_and_escalates_after_a_quarter_of_an_hour(
    database: Database,
) -> None:
    await deliver(database, HANDLERS, (ticket_event(BlockerRaised, confirmed=False), 1))
    assert await fired_steps(database) == [(None,)]
    await run_sql(database, "UPDATE escalations SET status = 'acknowledged', due_at = NULL")
    await freeze_time(database, NIGHT + 14 * MINUTE)
    await fire_due(database, TIMERS)
    assert len(await fired_steps(database)) == 1
    await freeze_time(database, NIGHT + 15 * MINUTE)
    await fire_due(database, TIMERS)
    assert (await fired_steps(database))[-1] == ("opsdesk",)


async def test_confirmed_it_does_not(database: Database) -> None:
    raised = ticket_event(BlockerRaised, confirmed=False)
    confirmed = ticket_event(BlockerConfirmed, by="anna")
    await deliver(database, HANDLERS, (raised, 1), (confirmed, 2))
    await run_sql(database, "UPDATE escalations SET status = 'acknowledged', due_at = NULL")
    await freeze_time(database, NIGHT + 20 * MINUTE)
    await fire_due(database, TIMERS)
    assert ("opsdesk",) not in await fired_steps(database)


async def test_beyond_three_an_hour_further_ones_join_until_they_are_confirmed(
    database: Database,
) -> None:
    for number in range(5):
        ids = {"ticket_id": UUID(int=number + 1), "ticket": f"OPS-{number + 1}"}
        await deliver(database, HANDLERS, (ticket_event(BlockerRaised, confirmed=False, **ids), 1))
    tickets = "SELECT ticket FROM escalations ORDER BY opened_at, id"
    assert await run_sql(database, tickets) == [("OPS-1",), ("OPS-2",), ("OPS-3",)]
    notes = await run_sql(database, "SELECT detail->>'note' FROM timeline WHERE kind = 'repeated'")
    assert [note.split(":")[0] for (note,) in notes] == ["OPS-4", "OPS-5"]
    ids = {"ticket_id": UUID(int=5), "ticket": "OPS-5"}
    await deliver(database, HANDLERS, (ticket_event(BlockerConfirmed, by="anna", **ids), 2))
    assert (await run_sql(database, tickets))[-1] == ("OPS-5",)


async def test_what_first_level_raised_itself_always_has_its_own_case(database: Database) -> None:
    for number in range(5):
        ids = {"ticket_id": UUID(int=number + 1), "ticket": f"OPS-{number + 1}"}
        await deliver(database, HANDLERS, (ticket_event(BlockerRaised, **ids), 1))
    assert await run_sql(database, "SELECT count(*) FROM escalations") == [(5,)]
