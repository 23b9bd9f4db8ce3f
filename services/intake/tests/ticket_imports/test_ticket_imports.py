"""Tickets of other systems become history here, once: no clocks, mails or pages for what is over."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response
from sqlalchemy import text

from common.persistence.database import Database
from intake.outgoing.store.due import count_due
from intake_support.tickets import act
from opsdesk_testing.client import client
from opsdesk_testing.protocol import outbox_events

SAMPLES = Path(__file__).parent / "samples"
MEDIA_TYPES = {"csv": "text/csv", "json": "application/json", "ndjson": "application/x-ndjson"}


@pytest.fixture
async def theo(app: FastAPI, anna: AsyncClient) -> AsyncIterator[AsyncClient]:
    async with client(app, "theo", roles=["tom"]) as theo:
        yield theo


async def send(who: AsyncClient, sample: str, **params: Any) -> Response:
    source, ending = sample.split(".")
    return await who.post(
        "/v1/imports/tickets",
        params={"source": source} | params,
        content=(SAMPLES / sample).read_bytes(),
        headers={"Content-Type": MEDIA_TYPES[ending]},
    )


async def imported(who: AsyncClient, sample: str, **params: Any) -> dict[str, dict[str, Any]]:
    """Import a sample whose records are all taken. The tickets with their messages, by title."""
    report = (await send(who, sample, **params)).json()
    assert report["refused"] == 0, report
    found = {}
    for one in (await who.get("/v1/tickets")).json()["items"]:
        path = f"/v1/tickets/{one['key']}"
        detail = (await who.get(path)).json()
        detail["messages"] = (await who.get(f"{path}/messages")).json()["items"]
        found[one["title"]] = detail
    return found


async def events(database: Database) -> list[str]:
    found = await outbox_events(database)
    return [one.type.split(".", 1)[1] for one in found if one.topic == "opsdesk.tickets"]


async def test_an_export_of_servicenow_is_reported_record_by_record(
    theo: AsyncClient, database: Database
) -> None:
    report = (await send(theo, "servicenow.csv")).json()
    assert (report["imported"], report["known"], report["refused"]) == (3, 0, 2)
    remarks = {one["external_id"]: one["remarks"] for one in report["items"]}
    assert remarks == {
        "INC0010001": ["Beth Anglin is none of our people: assigned to nobody"],
        "INC0010003": ["no customers are called 'Initech': register one, then send it again"],
        None: ["it has no opened_at: export that column, too"],
        "PRB0040001": ["channel 'Carrier pigeon' is not known, taken as staff"],
    }
    assert await events(database) == ["ticket.known.v1", "ticket.opened.v1", "ticket.known.v1"]


async def test_what_is_over_is_history(
    theo: AsyncClient, jan: AsyncClient, database: Database
) -> None:
    await send(theo, "servicenow.csv")
    ticket = next(
        one
        for one in (await jan.get("/v1/tickets")).json()["items"]
        if one["title"] == "Unable to connect to email"
    )
    assert (ticket["state"], ticket["priority"], ticket["channel"]) == ("closed", "major", "portal")
    assert (ticket["opened_at"], ticket["closed_at"]) == (
        "2026-01-05T09:15:00Z",
        "2026-01-06T16:00:00Z",
    )
    assert (ticket["resolved_by"], ticket["verified_by"]) == (
        "import/servicenow",
        "import/servicenow/closed",
    )
    shown = (await jan.get(f"/v1/tickets/{ticket['key']}/messages")).json()["items"]
    assert [(one["direction"], one["text"]) for one in shown] == [
        ("inbound", "It is all of us."),
        ("outbound", "Beth Anglin:\n\nIt works again, can you check?"),
    ]
    assert shown[0]["author"] == f"contact/{ticket['contact_id']}"
    notes = (await theo.get(f"/v1/tickets/{ticket['key']}/messages")).json()["items"]
    assert (
        "Imported from ServiceNow: INC0010001, opened there 2026-01-05 09:15 UTC"
        in notes[0]["text"]
    )
    assert [one["visibility"] for one in notes] == ["internal", "public", "internal", "public"]
    async with database.transaction() as tx:
        assert await count_due(tx) == 0


async def test_what_is_open_is_taken_over_now_and_pages_nobody(
    theo: AsyncClient, database: Database
) -> None:
    ticket = {one["title"]: one for one in (await _after(theo, "servicenow.csv"))}["Portal is slow"]
    assert (ticket["state"], ticket["assignee"], ticket["priority"]) == (
        "in_progress",
        "anna",
        "critical",
    )
    assert ticket["opened_at"] == "2030-01-07T09:00:00Z"
    notes = (await theo.get(f"/v1/tickets/{ticket['key']}/messages")).json()["items"]
    assert "raise it to one here if it still is" in notes[0]["text"]
    assert not [one for one in await events(database) if "blocker" in one]


async def _after(who: AsyncClient, sample: str) -> list[dict[str, Any]]:
    await send(who, sample)
    items: list[dict[str, Any]] = (await who.get("/v1/tickets")).json()["items"]
    return items


async def test_each_ticket_is_imported_once_and_the_rest_is_resumed(
    theo: AsyncClient, anna: AsyncClient, database: Database
) -> None:
    tried = (await send(theo, "servicenow.csv", dry_run=True)).json()
    assert (tried["imported"], (await theo.get("/v1/tickets")).json()["items"]) == (3, [])
    await send(theo, "servicenow.csv")
    count = len(await outbox_events(database))
    again = (await send(theo, "servicenow.csv")).json()
    assert (again["imported"], again["known"], again["refused"]) == (0, 3, 2)
    assert len(await outbox_events(database)) == count
    await anna.post("/v1/customers", json={"key": "initech", "name": "Initech"})
    rest = (await send(theo, "servicenow.csv")).json()
    assert (rest["imported"], rest["known"], rest["refused"]) == (1, 3, 1)


async def test_servicenow_s_table_api_is_understood(theo: AsyncClient) -> None:
    ticket = (await imported(theo, "servicenow.json"))["Down"]
    assert (ticket["priority"], ticket["channel"], ticket["customer"]) == (
        "critical",
        "email",
        "acme",
    )


async def test_jira_s_columns_that_come_twice_are_all_read(theo: AsyncClient) -> None:
    tickets = await imported(theo, "jira.csv", timezone="Europe/Amsterdam")
    done, waiting = tickets["Cannot log in"], tickets["New laptop"]
    assert (done["state"], done["priority"], done["resolution"]) == ("closed", "blocker", "Fixed")
    assert done["opened_at"] == "2026-01-05T08:15:00Z"
    assert done["description"] == 'It says "no".'
    assert [one["text"].split("\n")[-1] for one in done["messages"][1:]] == [
        "Looking into it",
        "Fixed",
    ]
    assert done["messages"][2]["author"] == "omar"
    assert (waiting["state"], waiting["kind"]) == ("new", "incident")
    assert "issue type 'Onboarding' is not known" in waiting["messages"][0]["text"]


async def test_jira_s_search_is_understood(theo: AsyncClient, jan: AsyncClient) -> None:
    ticket = (await imported(theo, "jira.json"))["Down"]
    assert ticket["description"] == "It is down.\n\nAll of it."
    assert (ticket["priority"], ticket["state"]) == ("critical", "new")
    assert [one["visibility"] for one in ticket["messages"]] == ["internal", "public", "internal"]
    shown = (await jan.get(f"/v1/tickets/{ticket['key']}/messages")).json()["items"]
    assert [one["text"] for one in shown] == ["Still down."]


async def test_zendesk_s_export_is_understood(theo: AsyncClient) -> None:
    tickets = await imported(theo, "zendesk.ndjson")
    fire, how = tickets["Printer on fire"], tickets["How?"]
    assert (fire["state"], fire["assignee"], fire["channel"]) == ("closed", "omar", "email")
    assert [(one["author"], one["direction"], one["visibility"]) for one in fire["messages"]] == [
        ("import/zendesk", "outbound", "internal"),
        ("omar", "outbound", "public"),
        ("omar", "outbound", "internal"),
    ]
    assert (how["state"], how["channel"], how["priority"]) == ("new", "portal", "major")
    assert (fire["tags"], how["tags"]) == (["fire"], [])


async def test_zendesk_s_people_are_looked_up_beside_the_tickets(theo: AsyncClient) -> None:
    ticket = (await imported(theo, "zendesk.json"))["Down"]
    assert (ticket["assignee"], ticket["channel"], ticket["kind"]) == ("anna", "chat", "problem")
    assert ticket["contact_id"] is not None


async def test_what_was_imported_is_worked_on_like_any_other(
    theo: AsyncClient, anna: AsyncClient, omar: AsyncClient, jan: AsyncClient, database: Database
) -> None:
    key = (await _after(theo, "zendesk.json"))[0]["key"]
    assert (await act(anna, key, "resolve", resolution="done")).status_code == 200
    assert (await act(omar, key, "verify")).status_code == 200
    old = (await _after(theo, "jira.csv"))[-1]
    answer = await jan.post(f"/v1/tickets/{old['key']}/replies", json={"text": "Again!"})
    assert answer.status_code == 201, answer.text
    assert (await anna.get(f"/v1/tickets/{old['key']}")).json()["state"] == "reopened"
    async with database.transaction() as tx:
        gaps = await tx.scalar(text("SELECT count(*) FROM outbox WHERE sequence < 1"))
    assert gaps == 0


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b"[" * 50_000, b'{"id": 1}\nnonsense', b"\xff\xfe\0"]
)
async def test_what_is_no_export_is_refused(theo: AsyncClient, data: bytes) -> None:
    answer = await theo.post(
        "/v1/imports/tickets?source=zendesk",
        content=data,
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "not_readable"


@pytest.mark.parametrize(
    "beside",
    [
        {"users": 5, "organizations": "none"},
        {"users": [{"id": [1]}, 7, {"name": "Kim"}], "organizations": {"1": 2}},
    ],
)
async def test_people_that_are_none_cost_no_ticket(
    theo: AsyncClient, beside: dict[str, Any]
) -> None:
    ticket = {"id": 1, "subject": "Down", "status": "closed", "created_at": "2029-01-01T00:00:00Z"}
    ticket |= {"updated_at": "2029-01-02T00:00:00Z", "requester_id": {"id": 3}}
    ticket |= {"assignee_id": [4], "organization_id": None}
    answer = await theo.post(
        "/v1/imports/tickets?source=zendesk&customer=acme",
        content=json.dumps({"tickets": [ticket]} | beside),
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 200, answer.text
    assert (answer.json()["imported"], answer.json()["refused"]) == (1, 0), answer.text


async def test_first_level_and_contacts_import_no_tickets(
    anna: AsyncClient, jan: AsyncClient
) -> None:
    for who in (anna, jan):
        assert (await send(who, "jira.csv")).status_code == 403
