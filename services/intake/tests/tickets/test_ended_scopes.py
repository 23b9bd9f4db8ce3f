"""No new ticket, and none that is triaged, names a customer or an environment that was ended (R1)."""

from datetime import UTC, datetime

from httpx import AsyncClient

from common.domain import Actor
from common.persistence.database import Database, transaction_time
from intake.feedback.commands import open_follow_on
from intake.tickets.store import tickets
from intake_support.alerts import BRIGHTWATER, all_tickets
from intake_support.tickets import act, open_ticket
from opsdesk_testing.protocol import freeze_time

PROD = "/v1/environments/acme-prod"
MAIL = (
    b"From: New <new@stranger.example>\r\nSubject: Down\r\n"
    b"Message-ID: <new@stranger.example>\r\n\r\nAgain.\r\n"
)


async def _end(anna: AsyncClient, omar: AsyncClient, path: str) -> None:
    assert (await anna.post(f"{path}/end", json={"reason": "It is over"})).is_success
    assert (await omar.post(f"{path}/end/confirm")).is_success


async def test_what_comes_of_a_ticket_leaves_an_ended_environment_out(
    anna: AsyncClient, omar: AsyncClient, jan: AsyncClient, database: Database
) -> None:
    key = await open_ticket(anna, service="billing")
    second = (await act(jan, key, "replies", text="And my password has expired")).json()["id"]
    await _end(anna, omar, PROD)
    split = await act(anna, key, "split", title="A second thing", messages=[second])
    assert split.status_code == 201, split.text
    body = {"title": "Invoices stop", "symptoms": "Stuck in the queue.", "incidents": [key]}
    problem = await anna.post("/v1/problems", json=body)
    assert problem.status_code == 201, problem.text
    await act(anna, key, "resolve", resolution="Restarted")
    await act(omar, key, "verify")
    assert (await act(anna, key, "close")).is_success
    await freeze_time(database, datetime(2030, 3, 7, 9, tzinfo=UTC))
    feedback = await act(jan, key, "feedback", solved=False, comment="It is back")
    assert feedback.json()["consequence"] == "follow_on", feedback.text
    shown = {one["key"]: (one["customer"], one["environment"]) for one in await all_tickets(anna)}
    assert shown.pop(key) == ("acme", "acme-prod"), "that one stays as it was"
    assert list(shown.values()) == [("acme", None)] * 3


async def test_what_goes_on_after_an_ended_customers_ticket_is_for_triage(
    anna: AsyncClient, omar: AsyncClient, database: Database
) -> None:
    key = await open_ticket(anna, **BRIGHTWATER, contact="eve@brightwater.example")
    await _end(anna, omar, "/v1/customers/brightwater")
    async with database.transaction() as tx:
        before = await tickets.lock(tx, key)
        assert before is not None
        at = await transaction_time(tx)
        new = await open_follow_on(tx, before, "Again", Actor("link/x"), before.contact_id, at)
    shown = (await anna.get(f"/v1/tickets/{new.key}")).json()
    assert before.contact_id is not None
    assert (shown["customer"], shown["environment"], shown["contact_id"]) == (None, None, None)


async def test_triage_takes_no_ended_environment(
    anna: AsyncClient, omar: AsyncClient, gateway: AsyncClient
) -> None:
    headers = {"Content-Type": "message/rfc822"}
    assert (await gateway.post("/v1/emails", content=MAIL, headers=headers)).is_success
    (ticket,) = await all_tickets(anna)
    await _end(anna, omar, PROD)
    body = {"customer": "acme", "environment": "acme-prod"}
    refused = await anna.post(f"/v1/triage/{ticket['key']}/assign-customer", json=body)
    assert refused.status_code == 422
    assert [(one["pointer"], one["code"]) for one in refused.json()["errors"]] == [
        ("/environment", "ended")
    ]
