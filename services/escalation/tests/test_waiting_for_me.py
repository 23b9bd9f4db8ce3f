"""What waits for people at escalation: cases for whoever was paged, and who asks for a second person."""

from typing import Any

from fastapi import FastAPI
from httpx import AsyncClient

from common.persistence.database import Database
from escalation.app import SERVICE
from escalation.handlers import HANDLERS
from escalation.notifications.notifier import Notifier
from escalation.settings import EscalationSettings
from escalation_support.builders import threshold_reached
from escalation_support.http_setup import set_up
from opsdesk_testing.client import app_for, client, settings_for
from opsdesk_testing.protocol import deliver
from opsdesk_testing.waiting_for_me import list_waiting

PATH = "/v1/people/gina/notification-settings"
ELSEWHERE: dict[str, Any] = {"channels": [{"kind": "sms", "address": "1@sms.example"}]}


async def test_a_case_waits_for_who_was_paged_until_somebody_acknowledges_it(
    database: Database, app: FastAPI, theo: AsyncClient, notifier: Notifier
) -> None:
    """E5: sven is on call, mia and theo are not"""
    await set_up(theo)
    await deliver(database, HANDLERS, (threshold_reached(), 1))
    assert await list_waiting(app, "sven") == [], "he knows nothing of it yet"
    await notifier.send_ready()
    (item,) = await list_waiting(app, "sven")
    assert (item["kind"], item["key"]) == ("acknowledge_escalation", "ESC-1")
    assert item["due_at"] == "2026-03-01T03:05:00Z", "then the next step fires"
    assert await list_waiting(app, "mia") == []
    assert await list_waiting(app, "theo") == []
    async with client(app, "anna") as anna:
        assert (await anna.post("/v1/escalations/ESC-1/acknowledge")).is_success
    assert await list_waiting(app, "sven") == []


async def test_settings_of_another_wait_for_who_maintains_rotas_and_are_confirmed_as_read(
    app: FastAPI,
) -> None:
    """R1"""
    async with client(app, "omar") as omar, client(app, "theo") as theo:
        first = await omar.put(PATH, json=ELSEWHERE)
        (item,) = await list_waiting(app, "theo")
        assert (item["kind"], item["key"]) == ("confirm_settings", "gina")
        assert "1@sms.example" not in str(item), "an address is nobody else's"
        assert await list_waiting(app, "quin") == [], "she maintains no rotas"
        shown = await theo.get(PATH)
        assert (shown.json()["pending_by"], shown.headers["ETag"]) == (
            "omar",
            first.headers["ETag"],
        )
        await omar.put(PATH, json=ELSEWHERE | {"rules": [{"delay_seconds": 60}]})
        seen = {"If-Match": shown.headers["ETag"]}
        assert (await theo.put(PATH, json=ELSEWHERE, headers=seen)).status_code == 412


async def test_what_waits_leads_to_its_page_of_the_console(
    database: Database, theo: AsyncClient, notifier: Notifier
) -> None:
    await set_up(theo)
    await deliver(database, HANDLERS, (threshold_reached(), 1))
    await notifier.send_ready()
    for url, page in (
        (None, None),
        ("https://desk.example", "https://desk.example/escalations/ESC-1"),
    ):
        settings = settings_for(EscalationSettings, database.url, console_url=url)
        (item,) = await list_waiting(app_for(SERVICE, database, settings=settings), "sven")
        assert (item["href"], item["page"]) == ("/v1/escalations/ESC-1", page)


async def test_a_customer_and_a_machine_have_nothing_here(app: FastAPI) -> None:
    async with client(app, "jan", customer="acme") as jan:
        assert (await jan.get("/v1/waiting-for-me")).json() == {
            "items": [],
            "counts": {},
            "next": None,
        }
    async with client(app, "monitor") as monitor:
        assert (await monitor.get("/v1/waiting-for-me")).status_code == 403
