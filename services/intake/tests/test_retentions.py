"""Raw mails and alert posts are not kept for ever; what they led to is."""

from datetime import UTC, datetime, timedelta
from typing import Any

from httpx import AsyncClient
from sqlalchemy import text

from common.persistence.database import Database
from common.retention import delete_old
from intake.retentions import RETENTIONS
from intake.settings import IntakeSettings
from intake_support.tickets import act
from opsdesk_testing.client import settings_for
from opsdesk_testing.protocol import freeze_time

NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)

MAIL = b"""From: jan@acme.example
To: support@ours.example
Subject: Down
Message-ID: <one@acme.example>
Date: Mon, 7 Jan 2030 09:00:00 +0000

It is down.
"""
POST = {
    "version": "4",
    "groupKey": "g",
    "status": "firing",
    "alerts": [
        {"status": "firing", "fingerprint": "f", "labels": {}, "startsAt": "2030-01-07T08:00:00Z"}
    ],
}


async def delete(database: Database, **settings: int) -> dict[str, int]:
    given = settings_for(IntakeSettings, database.url, **settings)
    deleted = {}
    for retention in RETENTIONS:
        async with database.transaction() as tx:
            deleted[retention.name] = await delete_old(tx, retention, given)
    return deleted


async def rows(database: Database, query: str) -> list[Any]:
    async with database.transaction() as tx:
        return [tuple(row) for row in await tx.execute(text(query))]


async def later(database: Database, days: int) -> None:
    await freeze_time(database, NINE + timedelta(days=days))


async def test_an_old_mail_loses_its_bytes_and_is_still_known(
    database: Database, gateway: AsyncClient
) -> None:
    """I1: the same mail that comes again opens nothing."""
    headers = {"content-type": "message/rfc822"}
    first = (await gateway.post("/v1/emails", content=MAIL, headers=headers)).json()
    await later(database, 399)
    assert (await delete(database))["raw mails"] == 0
    await later(database, 400)
    assert (await delete(database))["raw mails"] == 1
    assert (await delete(database))["raw mails"] == 0
    stored = "SELECT raw, raw_deleted_at IS NOT NULL, outcome FROM mails"
    assert await rows(database, stored) == [(b"", True, "opened")]
    again = (await gateway.post("/v1/emails", content=MAIL, headers=headers)).json()
    assert again["ticket"] == first["ticket"]
    assert await rows(database, "SELECT count(*) FROM tickets") == [(1,)]


async def test_old_posts_of_monitors_go_and_their_alerts_stay(
    database: Database, monitor: AsyncClient
) -> None:
    await monitor.post("/v1/alerts/alertmanager_webhook_v4", json=POST)
    await later(database, 89)
    assert (await delete(database))["alert posts"] == 0
    await later(database, 90)
    assert (await delete(database))["alert posts"] == 1
    assert await rows(database, "SELECT count(*) FROM alert_posts") == [(0,)]
    assert await rows(database, "SELECT count(*) FROM alerts") == [(1,)]


async def test_groups_of_alerts_go_once_their_ticket_is_closed(
    database: Database, monitor: AsyncClient, anna: AsyncClient, omar: AsyncClient
) -> None:
    """While it is open, the next alert of the group must find it."""
    answer = await monitor.post("/v1/alerts/alertmanager", json=POST)
    ticket = answer.json()["alerts"][0]["ticket"]
    await later(database, 90)
    assert (await delete(database))["alert groups"] == 0
    await act(anna, ticket, "resolve", resolution="restarted")
    await act(omar, ticket, "verify")
    assert (await act(omar, ticket, "close")).status_code == 200
    assert (await delete(database))["alert groups"] == 1
    assert (await monitor.post("/v1/alerts/alertmanager", json=POST)).status_code == 200


async def test_what_is_not_processed_yet_stays_however_old(
    database: Database, gateway: AsyncClient
) -> None:
    headers = {"content-type": "message/rfc822"}
    await gateway.post("/v1/emails", content=MAIL, headers=headers)
    async with database.transaction() as tx:
        await tx.execute(text("UPDATE mails SET outcome = 'received', ticket_id = NULL"))
    await later(database, 5000)
    assert (await delete(database, raw_mail_days=1))["raw mails"] == 0
