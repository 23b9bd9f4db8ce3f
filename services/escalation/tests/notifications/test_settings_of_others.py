"""Pages are not sent elsewhere or later by one person (R1, E13)."""

from datetime import timedelta

from fastapi import FastAPI
from sqlalchemy import text

from common.persistence.database import Database
from escalation.handlers import HANDLERS
from escalation.notifications.notifier import Notifier
from escalation_support.builders import NIGHT, threshold_reached
from escalation_support.database_state import leave_only_anna, run_sql
from opsdesk_testing.client import client
from opsdesk_testing.mailboxes import Mailbox
from opsdesk_testing.protocol import deliver

PATH = "/v1/people/gina/notification-settings"
ELSEWHERE = {
    "channels": [{"kind": "email", "address": "stranger@elsewhere.example"}],
    "rules": [{"delay_seconds": 86_400}],
}


async def test_others_settings_wait_are_told_at_the_old_address_and_audited_whole(
    database: Database, app: FastAPI, notifier: Notifier, mailbox: Mailbox
) -> None:
    async with client(app, "omar") as omar, client(app, "theo") as theo:
        waits = await omar.put(PATH, json=ELSEWHERE)
        assert (waits.status_code, waits.json()["pending_by"]) == (200, "omar")
        assert waits.json()["rules"] == [{"delay_seconds": 0, "channel": None}]
        await notifier.send_ready()
        assert mailbox.sent_to() == []
        assert (await theo.put(PATH, json=ELSEWHERE)).json()["pending_by"] is None
    await notifier.send_ready()
    assert mailbox.sent_to() == ["gina"], "at her own address, which held until now"
    async with database.transaction() as tx:
        grounds = await tx.scalar(
            text(
                "SELECT grounds FROM audit WHERE action = 'person.settings' ORDER BY position DESC LIMIT 1"
            )
        )
    assert grounds["was"]["channels"] == []
    assert grounds["is"]["channels"] == [{"kind": "email", "address": "stranger@elsewhere.example"}]
    assert grounds["requested_by"] == "omar"
    assert await run_sql(database, "SELECT status FROM escalations") == [("resolved",)]


async def test_pages_of_critical_cases_wait_a_quarter_of_an_hour_at_most(
    database: Database, app: FastAPI
) -> None:
    await leave_only_anna(database)
    async with client(app) as anna:
        own = {"rules": [{"delay_seconds": 86_400}]}
        await anna.put("/v1/people/anna/notification-settings", json=own)
    await deliver(database, HANDLERS, (threshold_reached(), 1))
    send_at = await run_sql(database, "SELECT send_at FROM notifications WHERE person = 'anna'")
    assert send_at == [(NIGHT + timedelta(minutes=15),)]
