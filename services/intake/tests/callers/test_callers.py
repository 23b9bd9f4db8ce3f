"""Who calls is found by any notation of any number, with what is open; phone notes say who it was."""

from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from common.persistence.database import Database
from intake.app import SERVICE
from intake.directory.phone_numbers import to_international
from intake.settings import IntakeSettings
from intake_support.tickets import open_ticket
from opsdesk_testing.client import app_for, client, settings_for

NUMBER = "+31 20 555 0123"


@pytest.fixture
async def kim(anna: AsyncClient) -> dict[str, Any]:
    """A contact of Acme with two numbers and two addresses."""
    body = {
        "name": "Kim",
        "address": "kim@acme.example",
        "other_addresses": ["Kim.Smit@Acme.example", "kim@acme.example"],
        "phone": NUMBER,
        "other_phones": ["06-12345678", "extension 12"],
    }
    answer = await anna.post("/v1/customers/acme/contacts", json=body)
    assert answer.status_code == 201, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


@pytest.mark.parametrize(
    "text",
    ["+31 20 555 0123", "0031205550123", "020-5550123", "(020) 555 01 23", "tel:+31205550123"],
)
def test_a_number_is_the_same_in_any_notation(text: str) -> None:
    assert to_international(text, "NL") == "+31205550123"


@pytest.mark.parametrize("text", ["", "extension 12", "12", "+", "kim@acme.example"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert to_international(text, "NL") is None


@pytest.mark.parametrize("phone", ["020 5550123", "+31612345678", "06 1234 5678"])
async def test_a_caller_is_found_with_what_is_open(
    anna: AsyncClient, kim: dict[str, Any], phone: str
) -> None:
    own = await open_ticket(anna, contact=kim["id"], channel="phone", title="Kim's")
    blocker = await open_ticket(anna, priority="blocker", title="A colleague's")
    found = (await anna.get("/v1/callers", params={"phone": phone})).json()
    (caller,) = found["items"]
    assert (caller["name"], caller["customer"], caller["customer_name"]) == ("Kim", "acme", "Acme")
    assert caller["open_count"] == 2
    assert [(one["key"], one["is_own"]) for one in caller["tickets"]] == [
        (own, True),
        (blocker, False),
    ]
    assert found["on_call"] is None


async def test_who_is_on_call_stands_in_the_console_or_is_answered_by_escalation(
    database: Database, anna: AsyncClient, kim: dict[str, Any]
) -> None:
    api = {"escalation_url": "https://escalation.example"}
    for given, address in (
        ({}, None),
        (api, "https://escalation.example/v1/oncall"),
        (api | {"console_url": "https://desk.example"}, "https://desk.example/on-call"),
    ):
        app = app_for(
            SERVICE, database, settings=settings_for(IntakeSettings, database.url, **given)
        )
        async with client(app, "anna") as asker:
            found = (await asker.get("/v1/callers", params={"phone": NUMBER})).json()
        assert found["on_call"] == address
        async with client(app, "pbx", roles=[], scope="callers:read") as machine:
            found = (await machine.get("/v1/callers", params={"phone": NUMBER})).json()
        assert found["on_call"] == (api["escalation_url"] + "/v1/oncall" if given else None)


async def test_a_shared_number_names_everybody(anna: AsyncClient, kim: dict[str, Any]) -> None:
    body = {"name": "Lee", "address": "lee@acme.example", "phone": NUMBER}
    assert (await anna.post("/v1/customers/acme/contacts", json=body)).status_code == 201
    found = (await anna.get("/v1/callers", params={"phone": NUMBER})).json()
    assert [one["name"] for one in found["items"]] == ["Kim", "Lee"]
    note = {"title": "x", "contact": NUMBER, "channel": "phone"}
    answer = await anna.post("/v1/tickets", json=note)
    assert answer.status_code == 422
    assert "Kim" in answer.json()["errors"][0]["detail"]


async def test_who_only_says_a_name_is_found(anna: AsyncClient, kim: dict[str, Any]) -> None:
    for name, address in (("Kim van Dijk", "kvd@acme.example"), ("Li 100%", "li@acme.example")):
        body = {"name": name, "address": address}
        assert (await anna.post("/v1/customers/acme/contacts", json=body)).status_code == 201

    async def named(name: str) -> list[str]:
        found = await anna.get("/v1/callers", params={"name": name})
        assert found.status_code == 200, found.text
        return [one["name"] for one in found.json()["items"]]

    assert await named("kim") == ["Kim", "Kim van Dijk"]
    assert await named("dijk KIM") == ["Kim van Dijk"]
    assert await named("0%") == ["Li 100%"]
    assert await named("nobody") == []


async def test_one_way_to_find_somebody_is_named(anna: AsyncClient) -> None:
    for query in ({}, {"name": "kim", "phone": NUMBER}):
        assert (await anna.get("/v1/callers", params=query)).status_code == 422


async def test_every_address_is_known(anna: AsyncClient, kim: dict[str, Any]) -> None:
    assert kim["other_addresses"] == ["kim.smit@acme.example"]
    tagged = (await anna.get("/v1/callers", params={"email": "kim.smit+phone@acme.example"})).json()
    assert [one["name"] for one in tagged["items"]] == ["Kim"]
    found = (await anna.get("/v1/callers", params={"email": "KIM.SMIT@acme.example"})).json()
    assert [one["name"] for one in found["items"]] == ["Kim"]
    unknown = await anna.get("/v1/callers", params={"email": "x@y.example"})
    assert (unknown.status_code, unknown.json()["items"]) == (200, [])


@pytest.mark.parametrize(
    "params",
    [{}, {"phone": NUMBER, "email": "a@b.c"}, {"phone": "hello"}, {"email": "kim"}, {"tel": "1"}],
)
async def test_what_cannot_be_looked_up_is_refused(
    anna: AsyncClient, params: dict[str, str]
) -> None:
    assert (await anna.get("/v1/callers", params=params)).status_code == 422


async def test_a_telephone_system_needs_its_scope_and_contacts_may_not(
    app: FastAPI, anna: AsyncClient, jan: AsyncClient
) -> None:
    assert (await jan.get("/v1/callers", params={"phone": NUMBER})).status_code == 403
    for scope, status in (("callers:read", 200), ("tickets:write", 403)):
        async with client(app, "pbx", scope=scope, roles=[]) as pbx:
            assert (await pbx.get("/v1/callers", params={"phone": NUMBER})).status_code == status


async def test_a_phone_note_is_of_the_caller_and_from_when_they_called(
    app: FastAPI, anna: AsyncClient, kim: dict[str, Any], jan: AsyncClient
) -> None:
    note = {
        "title": "Billing is slow",
        "contact": "020 555 0123",
        "channel": "phone",
        "opened_at": "2030-01-07T08:30:00Z",
    }
    answer = await anna.post("/v1/tickets", json=note)
    assert answer.status_code == 201, answer.text
    ticket = answer.json()
    assert (ticket["customer"], ticket["contact_id"]) == ("acme", kim["id"])
    assert (ticket["opened_at"], ticket["channel"]) == ("2030-01-07T08:30:00Z", "phone")
    assert (
        await jan.post("/v1/tickets", json={"title": "x", "contact": kim["id"]})
    ).status_code == 403


@pytest.mark.parametrize(
    ("contact", "code"),
    [
        ("nobody@acme.example", "unknown_reference"),
        ("+31 99", "unknown_reference"),
        ("abc", "unknown_reference"),
    ],
)
async def test_a_note_about_nobody_says_what_to_do(
    anna: AsyncClient, contact: str, code: str
) -> None:
    answer = await anna.post("/v1/tickets", json={"title": "x", "contact": contact})
    assert answer.json()["errors"][0]["code"] == code
    assert "register the caller first" in answer.json()["errors"][0]["detail"]


async def test_another_customer_s_contact_is_not_mixed_up(
    anna: AsyncClient, kim: dict[str, Any]
) -> None:
    body = {"title": "x", "contact": kim["id"], "customer": "brightwater"}
    answer = await anna.post("/v1/tickets", json=body)
    assert answer.json()["errors"][0]["code"] == "another_customer"
