"""Change requests: estimated, approved by the customer, booked, and closed by a delivery (R1, R7)."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from common.events.deliveries import DeliveryKnown, DeliveryRolledOut, DeliveryVerified
from common.persistence.database import Database
from intake.handlers import HANDLERS
from intake_support.tickets import act, open_ticket
from opsdesk_testing.protocol import deliver, outbox_events

CHANGE = {"kind": "change_request", "nature": "adaptive", "title": "Another currency"}
DELIVERY: dict[str, Any] = {
    "at": datetime(2030, 1, 7, 8, tzinfo=UTC),
    "delivery_id": UUID(int=0xDE1),
    "delivery": "DLV-12",
    "version_id": UUID(int=0xDE2),
    "product": "billing",
    "version": "2.1.0",
    "digest": "sha256:0",
    "environment_id": UUID(int=0xDE3),
    "environment": "acme-prod",
    "customer": "acme",
    "attempt": 1,
}


async def estimated(anna: AsyncClient, seconds: int = 7200) -> str:
    """An estimated change of Acme. Its path."""
    path = f"/v1/change-requests/{await open_ticket(anna, **CHANGE)}"
    answer = await anna.put(f"{path}/estimate", json={"estimate_seconds": seconds, "note": "Two."})
    assert answer.status_code == 200, answer.text
    return path


async def approved(anna: AsyncClient, jan: AsyncClient) -> str:
    path = await estimated(anna)
    answer = await jan.post(f"{path}/decision", json={"decision": "approved"})
    assert answer.status_code == 200, answer.text
    return path


async def verified(anna: AsyncClient, omar: AsyncClient, path: str) -> str:
    key = path.rpartition("/")[2]
    await act(anna, key, "resolve", resolution="Done.")
    assert (await act(omar, key, "verify")).status_code == 200
    return key


async def last_event(database: Database) -> tuple[str, dict[str, Any]]:
    event = (await outbox_events(database))[-1]
    return event.type, event.body


async def test_the_customer_approves_the_estimate_and_nobody_of_us(
    anna: AsyncClient, jan: AsyncClient, britta: AsyncClient, database: Database
) -> None:
    path = await estimated(anna)
    waiting = (await jan.get("/v1/change-requests", params={"waiting": True})).json()["items"]
    assert [(one["estimate_seconds"], one["note"]) for one in waiting] == [(7200, "Two.")]
    assert waiting[0]["estimated_by"] is None
    yes = {"decision": "approved", "reason": "Go ahead."}
    assert (await anna.post(f"{path}/decision", json=yes)).status_code == 403
    assert (await britta.post(f"{path}/decision", json=yes)).status_code == 404
    assert (await britta.get("/v1/change-requests")).json()["items"] == []
    shown = (await jan.post(f"{path}/decision", json=yes)).json()
    assert (shown["decision"], shown["decision_reason"]) == ("approved", "Go ahead.")
    type_, body = await last_event(database)
    assert (type_, body["decision"], body["estimate_seconds"]) == (
        "opsdesk.change_request.decided.v1",
        "approved",
        7200,
    )
    assert (await jan.post(f"{path}/decision", json=yes)).json()["code"] == "ALREADY_DECIDED"


async def test_another_estimate_needs_another_approval(anna: AsyncClient, jan: AsyncClient) -> None:
    path = await approved(anna, jan)
    shown = (await anna.put(f"{path}/estimate", json={"estimate_seconds": 36000})).json()
    assert (shown["estimate_seconds"], shown["decision"], shown["note"]) == (36000, None, None)
    odd = await anna.put(f"{path}/estimate", json={"estimate_seconds": 61})
    assert odd.status_code == 422


async def test_only_what_was_approved_is_booked_on_hours_or_a_sprint(
    anna: AsyncClient, jan: AsyncClient, database: Database
) -> None:
    path = await estimated(anna)
    refused = await anna.post(f"{path}/booking", json={"month": "2030-01"})
    assert refused.json()["code"] == "NOT_APPROVED"
    await jan.post(f"{path}/decision", json={"decision": "approved"})
    both = {"month": "2030-01", "sprint": "S1"}
    assert (await anna.post(f"{path}/booking", json=both)).status_code == 422
    shown = (await anna.post(f"{path}/booking", json={"month": "2030-01"})).json()
    assert (shown["booked_on"], shown["month"]) == ("reserved_hours", "2030-01")
    assert (await last_event(database))[1]["month"] == "2030-01"
    shown = (await anna.post(f"{path}/booking", json={"sprint": "Sprint 7"})).json()
    assert (shown["booked_on"], shown["month"], shown["sprint"]) == ("sprint", None, "Sprint 7")


async def test_a_declined_change_is_not_delivered(anna: AsyncClient, jan: AsyncClient) -> None:
    path = await estimated(anna)
    await jan.post(f"{path}/decision", json={"decision": "declined", "reason": "Too much."})
    assert (await anna.post(f"{path}/booking", json={"sprint": "S"})).status_code == 409


async def test_it_closes_through_a_delivery_that_was_verified(
    anna: AsyncClient, omar: AsyncClient, jan: AsyncClient, database: Database
) -> None:
    """R7"""
    path = await approved(anna, jan)
    unknown = await anna.put(f"{path}/delivery", json={"delivery": "DLV-12"})
    assert unknown.status_code == 422
    rolled_out = DeliveryRolledOut(state="verifying", **DELIVERY)
    await deliver(database, HANDLERS, (rolled_out, 1))
    assert (await anna.put(f"{path}/delivery", json={"delivery": "DLV-12"})).status_code == 200
    key = await verified(anna, omar, path)
    refused = await act(anna, key, "close")
    assert (refused.status_code, refused.json()["code"]) == (409, "NOT_DELIVERED")
    await deliver(database, HANDLERS, (DeliveryVerified(state="delivered", **DELIVERY), 2))
    assert (await last_event(database))[0] == "opsdesk.change_request.delivered.v1"
    assert (await anna.get(path)).json()["delivered_at"] == "2030-01-07T08:00:00Z"
    assert (await act(anna, key, "close")).status_code == 200


async def test_a_delivery_that_was_verified_before_it_was_named_counts(
    anna: AsyncClient, jan: AsyncClient, database: Database
) -> None:
    path = await approved(anna, jan)
    await deliver(database, HANDLERS, (DeliveryKnown(state="delivered", **DELIVERY), 1))
    shown = (await anna.put(f"{path}/delivery", json={"delivery": "DLV-12"})).json()
    assert shown["delivered_at"] == "2030-01-07T08:00:00Z"
    again = await anna.put(f"{path}/estimate", json={"estimate_seconds": 60})
    assert again.json()["code"] == "ALREADY_DELIVERED"


async def test_another_customers_delivery_brings_nothing(
    anna: AsyncClient, jan: AsyncClient, database: Database
) -> None:
    path = await approved(anna, jan)
    theirs = DELIVERY | {"customer": "brightwater", "environment": "brightwater-prod"}
    await deliver(database, HANDLERS, (DeliveryKnown(state="delivered", **theirs), 1))
    refused = await anna.put(f"{path}/delivery", json={"delivery": "DLV-12"})
    assert [one["pointer"] for one in refused.json()["errors"]] == ["/delivery"]


async def test_or_on_two_peoples_word_that_no_environment_is_touched(
    anna: AsyncClient, omar: AsyncClient, database: Database
) -> None:
    """R1, R7"""
    path = f"/v1/change-requests/{await open_ticket(anna, **CHANGE)}"
    early = await omar.post(f"{path}/no-environment/confirm")
    assert early.json()["code"] == "NOTHING_PENDING"
    await anna.post(f"{path}/no-environment", json={"reason": "A text in the manual."})
    own = await anna.post(f"{path}/no-environment/confirm")
    assert (own.status_code, own.json()["code"]) == (403, "FOUR_EYES")
    key = await verified(anna, omar, path)
    assert (await act(anna, key, "close")).json()["code"] == "NOT_DELIVERED"
    assert (await omar.post(f"{path}/no-environment/confirm")).status_code == 200
    assert (await last_event(database))[0] == "opsdesk.change_request.no_environment.v1"
    assert (await act(anna, key, "close")).status_code == 200


async def test_the_database_closes_no_change_that_was_not_delivered(
    anna: AsyncClient, omar: AsyncClient, database: Database
) -> None:
    """R7"""
    path = f"/v1/change-requests/{await open_ticket(anna, **CHANGE)}"
    await verified(anna, omar, path)
    with pytest.raises(IntegrityError, match="closes through a delivery"):
        async with database.transaction() as tx:
            await tx.execute(text("UPDATE tickets SET state = 'closed' WHERE state = 'verified'"))


async def test_other_kinds_of_tickets_have_no_estimate(anna: AsyncClient) -> None:
    key = await open_ticket(anna)
    refused = await anna.put(f"/v1/change-requests/{key}/estimate", json={"estimate_seconds": 60})
    assert (refused.status_code, refused.json()["code"]) == (409, "NOT_A_CHANGE_REQUEST")
