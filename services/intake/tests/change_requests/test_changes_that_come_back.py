"""A change that came back closes only by what was done since (R7)."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from common.events.deliveries import DeliveryKnown
from common.persistence.database import Database
from intake.handlers import HANDLERS
from intake_support.tickets import act, open_ticket
from opsdesk_testing.protocol import deliver, freeze_time

NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
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


async def approved(anna: AsyncClient, jan: AsyncClient) -> str:
    """A change of Acme that its customer has approved. Its path."""
    change = {"kind": "change_request", "nature": "adaptive", "title": "Another currency"}
    path = f"/v1/change-requests/{await open_ticket(anna, **change)}"
    assert (await anna.put(f"{path}/estimate", json={"estimate_seconds": 7200})).is_success
    assert (await jan.post(f"{path}/decision", json={"decision": "approved"})).is_success
    return path


async def verified(anna: AsyncClient, omar: AsyncClient, path: str) -> str:
    key = path.rpartition("/")[2]
    await act(anna, key, "resolve", resolution="Done.")
    assert (await act(omar, key, "verify")).status_code == 200
    return key


async def _delivered(anna: AsyncClient, omar: AsyncClient, jan: AsyncClient, db: Database) -> str:
    """A change that was delivered, closed, and reopened a minute later. Its path."""
    path = await approved(anna, jan)
    await deliver(db, HANDLERS, (DeliveryKnown(state="delivered", **DELIVERY), 1))
    assert (await anna.put(f"{path}/delivery", json={"delivery": "DLV-12"})).is_success
    key = await verified(anna, omar, path)
    assert (await act(anna, key, "close")).is_success
    await freeze_time(db, NINE + MINUTE)
    assert (await act(jan, key, "replies", text="The currency is wrong.")).is_success
    await freeze_time(db, NINE + 2 * MINUTE)
    await verified(anna, omar, path)
    return path


async def test_what_came_back_needs_another_delivery(
    anna: AsyncClient, omar: AsyncClient, jan: AsyncClient, database: Database
) -> None:
    """R7: the delivery before it came back did not bring what is missing"""
    path = await _delivered(anna, omar, jan, database)
    key = path.rpartition("/")[2]
    refused = await act(anna, key, "close")
    assert (refused.status_code, refused.json()["code"]) == (409, "NOT_DELIVERED")
    with pytest.raises(IntegrityError, match="closes through a delivery"):
        async with database.transaction() as tx:
            await tx.execute(text("UPDATE tickets SET state = 'closed' WHERE state = 'verified'"))
    same = await anna.put(f"{path}/delivery", json={"delivery": "DLV-12"})
    assert (same.status_code, same.json()["code"]) == (409, "DELIVERED_BEFORE")
    ids = {"delivery_id": UUID(int=0xDE9), "delivery": "DLV-13", "at": NINE + 3 * MINUTE}
    await deliver(database, HANDLERS, (DeliveryKnown(state="delivered", **DELIVERY | ids), 1))
    assert (await anna.put(f"{path}/delivery", json={"delivery": "DLV-13"})).is_success
    assert (await act(anna, key, "close")).is_success


async def test_or_two_people_say_that_this_time_no_environment_is_touched(
    anna: AsyncClient, omar: AsyncClient, jan: AsyncClient, database: Database
) -> None:
    """R1, R7: and that word does not outlive the next reopening"""
    path = await _delivered(anna, omar, jan, database)
    key = path.rpartition("/")[2]
    reason = {"reason": "They only asked how it works."}
    for at in (4, 6):
        assert (await anna.post(f"{path}/no-environment", json=reason)).is_success
        assert (await omar.post(f"{path}/no-environment/confirm")).is_success
        assert (await act(anna, key, "close")).is_success
        await freeze_time(database, NINE + at * MINUTE)
        assert (await act(anna, key, "reopen", reason="Once more")).is_success
        await freeze_time(database, NINE + (at + 1) * MINUTE)
        early = await omar.post(f"{path}/no-environment/confirm")
        assert early.json()["code"] == "NOTHING_PENDING"
        await verified(anna, omar, path)
        assert (await act(anna, key, "close")).json()["code"] == "NOT_DELIVERED"


async def test_a_resolution_that_is_rejected_leaves_the_delivery(
    anna: AsyncClient, omar: AsyncClient, jan: AsyncClient, database: Database
) -> None:
    path = await approved(anna, jan)
    await deliver(database, HANDLERS, (DeliveryKnown(state="delivered", **DELIVERY), 1))
    await anna.put(f"{path}/delivery", json={"delivery": "DLV-12"})
    key = path.rpartition("/")[2]
    await act(anna, key, "resolve", resolution="Done.")
    await act(omar, key, "reject", reason="Say what was done")
    await verified(anna, omar, path)
    assert (await act(anna, key, "close")).is_success
