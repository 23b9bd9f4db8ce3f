"""Who found an incident first: that it was not the customer takes two people (R9, R1)."""

from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from common.persistence.database import Database
from intake_support.tickets import act, open_ticket

BY_OPS = {"detected_by": "ops", "reason": "The round at eight"}


async def _found_by_customer(anna: AsyncClient) -> str:
    return await open_ticket(anna, channel="phone")


async def _improvements(who: AsyncClient) -> int:
    return len((await who.get("/v1/monitoring-improvements")).json()["items"])


async def test_one_person_alone_frees_nobody_of_better_monitoring(
    anna: AsyncClient, omar: AsyncClient
) -> None:
    key = await _found_by_customer(anna)
    waits = (await act(anna, key, "detection", **BY_OPS)).json()
    assert waits["detected_by"] == "customer"
    pending = waits["pending_detection"]
    assert (pending["detected_by"], pending["requested_by"]) == ("ops", "anna")
    assert pending["reason"] == "The round at eight"
    alone = await act(anna, key, "detection/confirm", agree=True)
    assert (alone.status_code, alone.json()["code"]) == (403, "FOUR_EYES")
    await act(anna, key, "resolve", resolution="Restarted")
    assert (await act(omar, key, "verify")).status_code == 200
    assert await _improvements(anna) == 1
    late = await act(omar, key, "detection/confirm", agree=True)
    assert (late.status_code, late.json()["code"]) == (409, "WRONG_STATE")


async def test_a_second_person_confirms_or_declines_it(
    anna: AsyncClient, omar: AsyncClient
) -> None:
    key = await _found_by_customer(anna)
    await act(anna, key, "detection", **BY_OPS)
    declined = (await act(omar, key, "detection/confirm", agree=False, reason="No")).json()
    assert (declined["detected_by"], declined["pending_detection"]) == ("customer", None)
    nothing = await act(omar, key, "detection/confirm", agree=True)
    assert (nothing.status_code, nothing.json()["code"]) == (409, "NOTHING_PENDING")
    await act(anna, key, "detection", **BY_OPS)
    agreed = (await act(omar, key, "detection/confirm", agree=True)).json()
    assert (agreed["detected_by"], agreed["pending_detection"]) == ("ops", None)
    await act(anna, key, "resolve", resolution="Restarted")
    await act(omar, key, "verify")
    assert await _improvements(anna) == 0


async def test_other_corrections_hold_at_once_and_a_pending_one_is_withdrawn(
    anna: AsyncClient, omar: AsyncClient
) -> None:
    key = await open_ticket(anna, channel="monitoring")
    for finder in ("ops", "monitoring", "customer"):
        corrected = (await act(anna, key, "detection", detected_by=finder, reason="x")).json()
        assert (corrected["detected_by"], corrected["pending_detection"]) == (finder, None)
    await act(anna, key, "detection", **BY_OPS)
    assert (await act(omar, key, "detection/confirm", agree=True)).status_code == 200
    back = (await act(anna, key, "detection", detected_by="customer", reason="x")).json()
    assert back["detected_by"] == "customer"
    await act(omar, key, "detection", **BY_OPS)
    alone = await act(omar, key, "detection/confirm", agree=True)
    assert alone.status_code == 403, "who confirmed the last one is the first person of this one"
    back = (await act(anna, key, "detection", detected_by="customer", reason="x")).json()
    assert (back["detected_by"], back["pending_detection"]) == ("customer", None)


async def test_customers_read_nothing_of_it(anna: AsyncClient, jan: AsyncClient) -> None:
    body = {"title": "Down", "environment": "acme-prod"}
    key = (await jan.post("/v1/tickets", json=body)).json()["key"]
    await act(anna, key, "detection", **BY_OPS)
    shown = await jan.get(f"/v1/tickets/{key}")
    assert "The round at eight" not in shown.text
    assert "pending_detection" not in shown.json()
    assert (await act(jan, key, "detection/confirm", agree=True)).status_code == 403


@pytest.mark.parametrize(
    "values",
    [
        "detected_by = 'ops'",
        "detected_by = 'ops', detection_corrected_by = 'anna', detection_confirmed_by = 'anna'",
        "detected_by = 'monitoring', detection_corrected_by = 'anna', detection_confirmed_by = 'omar'",
        "detected_by = NULL, detection_corrected_by = 'anna', detection_confirmed_by = 'omar'",
        "detected_by = 'ops', detection_corrected_by = 'sven', detection_confirmed_by = 'omar'",
    ],
)
async def test_the_database_refuses_one_person_too(
    anna: AsyncClient, database: Database, values: str
) -> None:
    await act(anna, await _found_by_customer(anna), "detection", **BY_OPS)
    with pytest.raises(IntegrityError, match="and another one"):
        async with database.transaction() as tx:
            await tx.execute(text(f"UPDATE tickets SET {values}"))


async def test_its_history_says_who_asked_and_who_confirmed(
    anna: AsyncClient, omar: AsyncClient
) -> None:
    key = await _found_by_customer(anna)
    await act(anna, key, "detection", **BY_OPS)
    await act(omar, key, "detection/confirm", agree=True)
    items: list[dict[str, Any]] = (await anna.get(f"/v1/tickets/{key}/history")).json()["items"]
    words = " ".join(one["words"] for one in items)
    assert "asked to correct who found it first from customer to ops: The round at eight" in words
    assert "confirmed that ops found it first" in words
