"""Hand-over records: complete or refused, acknowledged, late, and a fix that two people take (R1, R5)."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from common.persistence.database import Database
from intake.timers import TIMERS
from intake_support.alerts import NINE
from intake_support.people import add_people
from intake_support.tickets import OVER, TO_PARTNER, act, event_types, open_ticket
from opsdesk_testing.client import client
from opsdesk_testing.protocol import fire_due, freeze_time, outbox_events


@pytest.fixture
async def dana(app: FastAPI, anna: AsyncClient) -> AsyncIterator[AsyncClient]:
    """Delivery manager of Acme, with pavel as product owner of billing and dora as her deputy."""
    await add_people(anna)
    async with client(app, "gina") as gina:
        dm = {"person": "dana", "deputies": ["dora"]}
        answer = await gina.put("/v1/customers/acme/delivery-manager", json=dm)
        assert answer.status_code == 200, answer.text
        answer = await gina.put("/v1/services/billing/product-owner", json={"person": "pavel"})
        assert answer.status_code == 200, answer.text
    async with client(app, "dana") as dana:
        yield dana


async def handed_over(anna: AsyncClient, **more: Any) -> str:
    key = await open_ticket(anna, service="billing")
    answer = await act(anna, key, "forward", **OVER | more)
    assert answer.status_code == 200, answer.text
    return key


async def record_of(anna: AsyncClient, key: str) -> dict[str, Any]:
    return dict((await anna.get(f"/v1/tickets/{key}/hand-overs")).json()["items"][-1])


async def test_an_incomplete_record_is_refused_with_all_that_is_missing(anna: AsyncClient) -> None:
    key = await open_ticket(anna)
    refused = await act(anna, key, "forward", to="partner", seen="   ")
    pointers = [one["pointer"] for one in refused.json()["errors"]]
    assert refused.status_code == 422
    assert pointers == ["/partner", "/seen", "/tried", "/excluded", "/asked", "/due_at"]
    stray = await act(anna, key, "forward", **OVER | {"partner": "hosthaven"})
    assert [one["pointer"] for one in stray.json()["errors"]] == ["/partner"]
    past = await act(anna, key, "forward", **OVER | {"due_at": "2030-01-07T08:59:59Z"})
    assert [one["code"] for one in past.json()["errors"]] == ["past"]
    assert (await anna.get(f"/v1/tickets/{key}/hand-overs")).json()["items"] == []


async def test_the_dm_of_that_customer_and_the_po_of_that_product_are_named(
    anna: AsyncClient, dana: AsyncClient, database: Database
) -> None:
    """R5: not everybody with the role"""
    await handed_over(anna)
    event = (await outbox_events(database))[-1].body
    assert (event["delivery_managers"], event["product_owners"]) == (["dana", "dora"], ["pavel"])
    assert event["acknowledge_by"] == "2030-01-07T10:00:00Z"


async def test_each_of_them_or_a_deputy_acknowledges_and_nobody_else(
    app: FastAPI, anna: AsyncClient, dana: AsyncClient, database: Database
) -> None:
    key = await handed_over(anna)
    async with client(app, "dora", roles=["dm"]) as dora, client(app, "pavel") as pavel:
        async with client(app, "paula", roles=["po"]) as paula:
            refused = await act(paula, key, "hand-overs/1/acknowledge")
            assert (refused.status_code, refused.json()["code"]) == (403, "NOT_RESPONSIBLE")
            assert "pavel" in refused.json()["detail"]
        assert (await act(dora, key, "hand-overs/1/acknowledge")).status_code == 200
        event = (await outbox_events(database))[-1].body
        assert (event["roles"], event["missing"]) == (["dm"], ["po"])
        shown = (await act(pavel, key, "hand-overs/1/acknowledge")).json()
    assert (shown["dm_acknowledged_by"], shown["po_acknowledged_by"]) == ("dora", "pavel")
    again = await act(dana, key, "hand-overs/1/acknowledge")
    assert (again.status_code, again.json()["code"]) == (409, "ALREADY_ACKNOWLEDGED")
    await freeze_time(database, NINE + timedelta(hours=2))
    await fire_due(database, TIMERS)
    assert "hand_over_unacknowledged" not in await event_types(database)


async def test_what_nobody_acknowledges_is_announced_when_the_time_is_over(
    anna: AsyncClient, dana: AsyncClient, database: Database
) -> None:
    key = await handed_over(anna)
    await act(dana, key, "hand-overs/1/acknowledge")
    await freeze_time(database, NINE + timedelta(hours=1))
    await fire_due(database, TIMERS)
    event = (await outbox_events(database))[-1]
    assert event.type == "opsdesk.ticket.hand_over_unacknowledged.v1"
    assert (event.body["missing"], event.body["people"]) == (["po"], ["pavel"])


async def test_without_anybody_named_everybody_with_the_role_may_acknowledge(
    app: FastAPI, anna: AsyncClient, database: Database
) -> None:
    key = await handed_over(anna)
    assert (await outbox_events(database))[-1].body["delivery_managers"] == []
    async with client(app, "dana") as dana:
        assert (await act(dana, key, "hand-overs/1/acknowledge")).status_code == 200


async def test_what_affects_no_environment_needs_no_acknowledgement(
    anna: AsyncClient, dana: AsyncClient, database: Database
) -> None:
    key = await handed_over(anna)
    bare = await open_ticket(anna, environment=None)
    await act(anna, bare, "forward", **OVER)
    assert (await record_of(anna, bare))["acknowledge_by"] is None
    refused = await act(dana, bare, "hand-overs/1/acknowledge")
    assert refused.json()["code"] == "NOTHING_TO_ACKNOWLEDGE"
    assert (await record_of(anna, key))["acknowledge_by"] is not None


async def test_what_does_not_come_back_in_time_is_announced_once(
    anna: AsyncClient, database: Database
) -> None:
    key = await handed_over(anna)
    await freeze_time(database, NINE + timedelta(days=2))
    await fire_due(database, TIMERS)
    assert (await event_types(database)).count("hand_over_overdue") == 1
    assert (await act(anna, key, "hand-back", found="a bug")).status_code == 200


async def test_what_came_back_in_time_is_not_late(anna: AsyncClient, database: Database) -> None:
    key = await handed_over(anna)
    await act(anna, key, "hand-back", found="a bug")
    await freeze_time(database, NINE + timedelta(days=2))
    await fire_due(database, TIMERS)
    assert {"hand_over_overdue", "hand_over_unacknowledged"}.isdisjoint(await event_types(database))


async def test_a_fix_is_checked_by_another_person_before_the_ticket_is_resolved(
    anna: AsyncClient, omar: AsyncClient, database: Database
) -> None:
    """R1, R5"""
    key = await open_ticket(anna)
    await act(anna, key, "forward", **TO_PARTNER)
    too_early = await act(omar, key, "hand-overs/1/check-fix", works=True, checked="x")
    assert too_early.json()["code"] == "NOTHING_FIXED"
    await act(anna, key, "hand-back", found="They replaced the disk.", fixed=True)
    refused = await act(omar, key, "resolve", resolution="Disk replaced.")
    assert (refused.status_code, refused.json()["code"]) == (409, "FIX_NOT_CHECKED")
    own = await act(anna, key, "hand-overs/1/check-fix", works=True, checked="x")
    assert (own.status_code, own.json()["code"]) == (403, "FOUR_EYES")
    checked = await act(omar, key, "hand-overs/1/check-fix", works=True, checked="ten invoices")
    assert (checked.status_code, checked.json()["fix_checked_by"]) == (200, "omar")
    again = await act(omar, key, "hand-overs/1/check-fix", works=False, checked="no")
    assert again.json()["code"] == "ALREADY_CHECKED"
    assert (await act(omar, key, "resolve", resolution="Disk replaced.")).status_code == 200
    assert (await event_types(database))[-2:] == ["fix_checked", "resolved"]


async def test_the_number_of_the_record_must_exist(anna: AsyncClient) -> None:
    key = await open_ticket(anna)
    missing = await act(anna, key, "hand-overs/1/reference", reference="INC1")
    assert missing.status_code == 404


async def test_only_people_with_the_role_answer_for_a_customer_or_product(
    app: FastAPI, anna: AsyncClient, dana: AsyncClient
) -> None:
    async with client(app, "gina") as gina:
        wrong = {"person": "pavel", "deputies": ["dora", "omar"]}
        refused = await gina.put("/v1/customers/acme/delivery-manager", json=wrong)
        pointers = [(one["pointer"], one["code"]) for one in refused.json()["errors"]]
        assert pointers == [("/person", "role_missing"), ("/deputies/1", "role_missing")]
        nowhere = await gina.put("/v1/services/nothing/product-owner", json={"person": "pavel"})
        assert nowhere.status_code == 404
    shown = (await anna.get("/v1/customers/acme/delivery-manager")).json()
    assert (shown["person"], shown["deputies"], shown["changed_by"]) == ("dana", ["dora"], "gina")
    listed = (await anna.get("/v1/responsibilities", params={"limit": 1})).json()
    assert [one["subject"] for one in listed["items"]] == ["acme"]
    more = {"limit": 1, "cursor": listed["next"]}
    assert [
        one["subject"]
        for one in (await anna.get("/v1/responsibilities", params=more)).json()["items"]
    ] == ["billing"]
    assert (await dana.put("/v1/customers/acme/delivery-manager", json=wrong)).status_code == 403
