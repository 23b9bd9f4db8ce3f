"""Escalation's views for BI tools, by PostgreSQL's own `psql` as their role (architecture, 11)."""

from datetime import timedelta
from uuid import UUID

from httpx import AsyncClient

from common.events.tickets import BlockerLifted, BlockerRaised
from common.persistence.database import Database
from escalation.bi_views import VIEWS
from escalation.handlers import HANDLERS
from escalation.notifications.notifier import Notifier
from escalation.timers import TIMERS
from escalation_support.builders import MINUTE, NIGHT, ticket_event
from escalation_support.http_setup import set_up
from opsdesk_testing.protocol import deliver, fire_due, freeze_time
from opsdesk_testing.psql import Psql

NAMES = sorted(f"escalation_{view.name}" for view in VIEWS)
TITLE = "Zebra is down"


async def opened_and_taken(
    database: Database, theo: AsyncClient, anna: AsyncClient, omar: AsyncClient
) -> str:
    """A critical escalation that omar takes after four minutes, and that ends after an hour."""
    await set_up(theo)
    opened = await anna.post("/v1/escalations", json={"title": TITLE, "severity": "critical"})
    key = str(opened.json()["key"])
    await fire_due(database, TIMERS)
    await freeze_time(database, NIGHT + 4 * MINUTE)
    assert (await omar.post(f"/v1/escalations/{key}/acknowledge")).is_success
    return key


async def test_an_escalation_is_a_row_with_how_long_it_took(
    database: Database, psql: Psql, theo: AsyncClient, anna: AsyncClient, omar: AsyncClient
) -> None:
    key = await opened_and_taken(database, theo, anna, omar)
    await anna.post("/v1/escalations", json={"title": TITLE, "severity": "minor"})
    result = await psql(
        "SELECT escalation, severity, status, acknowledge_seconds, acknowledgements, exhausted"
        " FROM escalation_escalations ORDER BY escalation_id"
    )
    assert result.rows == [
        [key, "critical", "acknowledged", "240", "1", "f"],
        ["ESC-2", "minor", "open", "", "0", "f"],
    ]


async def test_pages_are_counted_for_each_person_and_day(
    database: Database,
    psql: Psql,
    theo: AsyncClient,
    anna: AsyncClient,
    omar: AsyncClient,
    notifier: Notifier,
) -> None:
    await opened_and_taken(database, theo, anna, omar)
    await notifier.send_ready()
    result = await psql(
        "SELECT person, purpose, channel FROM escalation_notifications WHERE purpose = 'page'"
    )
    assert ["sven", "page", "email"] in result.rows
    await psql("SELECT day, person, pages, at_night FROM escalation_pages_daily")


async def test_blockers_are_counted_with_how_long_they_lasted(
    database: Database, psql: Psql, theo: AsyncClient
) -> None:
    """DORA's time to restore: by month, and only of those that are over."""
    await set_up(theo)
    abouts = [{"ticket_id": UUID(int=number), "ticket": f"OPS-{number}"} for number in range(4)]
    for about in abouts:
        await deliver(database, HANDLERS, (ticket_event(BlockerRaised, **about), 1))
    for about, minutes in zip(abouts, (10, 30, 50), strict=False):
        await freeze_time(database, NIGHT + minutes * MINUTE)
        ended = ticket_event(BlockerLifted, reason="resolved", priority="major", **about)
        await deliver(database, HANDLERS, (ended, 2))
    result = await psql(
        "SELECT raised, ended, median_restore_seconds, longest_restore_seconds FROM escalation_restorations_monthly"
    )
    assert result.errors == ""
    assert result.rows == [["4", "3", "1800", "3000"]]


async def test_psql_lists_the_views_and_what_each_column_means(psql: Psql) -> None:
    listed = await psql(r"\dv reporting.*")
    assert [row[1] for row in listed.rows] == NAMES
    for view in VIEWS:
        described = await psql(rf"\d+ reporting.escalation_{view.name}")
        descriptions = {row[0]: row[-1] for row in described.rows if len(row) > 5}
        assert descriptions == {one.name: one.description for one in view.columns}


async def test_nothing_that_people_wrote_and_no_address_is_shown(
    database: Database, psql: Psql, theo: AsyncClient, anna: AsyncClient, omar: AsyncClient
) -> None:
    key = await opened_and_taken(database, theo, anna, omar)
    await freeze_time(database, NIGHT + timedelta(hours=1))
    result = await psql(*(f"SELECT to_jsonb({name}) FROM {name}" for name in NAMES))
    shown = " ".join(cell for row in result.rows for cell in row)
    assert key in shown
    for private in (TITLE, "@meridian.example"):
        assert private not in shown
