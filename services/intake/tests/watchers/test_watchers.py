"""Watchers: staff and contacts of the ticket's customer, of whom contacts get our answers by mail."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import text

from common.persistence.database import Database
from intake.outgoing.store.due import list_participants
from intake.tickets.store import tickets
from intake_support.tickets import act, open_ticket
from opsdesk_testing.client import client
from opsdesk_testing.protocol import outbox_events
from opsdesk_testing.row_walls import rows_without_where


@pytest.fixture
async def portal(app: FastAPI, anna: AsyncClient) -> AsyncIterator[AsyncClient]:
    """The portal, which speaks for Jan of Acme."""
    async with client(app, "portal") as portal:
        portal.headers["On-Behalf-Of"] = "mailto:jan@acme.example"
        yield portal


async def _contact(anna: AsyncClient, customer: str = "acme") -> str:
    (one,) = (await anna.get(f"/v1/customers/{customer}/contacts")).json()["items"]
    return str(one["id"])


async def test_a_contact_who_watches_gets_our_answers_by_mail(
    anna: AsyncClient, portal: AsyncClient, database: Database
) -> None:
    key, contact = await open_ticket(anna), await _contact(anna)
    answer = await act(portal, key, "watchers")
    assert (answer.status_code, answer.json()["contact_id"]) == (201, contact), answer.text
    assert (await act(portal, key, "watchers")).status_code == 200
    async with database.transaction() as tx:
        ticket = await tickets.find(tx, key)
        assert ticket is not None
        (participant,) = await list_participants(tx, [ticket.id])
    assert (str(participant.contact_id), participant.wrote_by_mail) == (contact, True)
    gone = await portal.delete(f"/v1/tickets/{key}/watchers/{answer.json()['id']}")
    assert gone.status_code == 204
    async with database.transaction() as tx:
        assert await list_participants(tx, [ticket.id]) == []


async def test_contacts_see_contacts_alone_and_staff_everybody(
    anna: AsyncClient, portal: AsyncClient, database: Database
) -> None:
    """R4"""
    key, contact = await open_ticket(anna), await _contact(anna)
    for body in ({}, {"person": "sven"}, {"contact": contact}):
        assert (await act(anna, key, "watchers", **body)).status_code == 201
    shown = (await anna.get(f"/v1/tickets/{key}/watchers")).json()["items"]
    assert [(one["person"], one["contact_id"]) for one in shown] == [
        ("anna", None),
        ("sven", None),
        (None, contact),
    ]
    seen = (await portal.get(f"/v1/tickets/{key}/watchers")).json()["items"]
    assert [one["contact_id"] for one in seen] == [contact]
    hidden = await portal.delete(f"/v1/tickets/{key}/watchers/{shown[0]['id']}")
    assert hidden.status_code == 404
    assert len((await rows_without_where(database, "acme"))["ticket_watchers"]) == 1
    assert len((await rows_without_where(database, "brightwater"))["ticket_watchers"]) == 0


async def test_nobody_of_another_customer_watches(
    anna: AsyncClient, britta: AsyncClient, portal: AsyncClient
) -> None:
    """R4"""
    key, eve = await open_ticket(anna), await _contact(anna, "brightwater")
    refused = await act(anna, key, "watchers", contact=eve)
    assert (refused.status_code, refused.json()["code"]) == (409, "ANOTHER_CUSTOMER")
    assert (await act(britta, key, "watchers")).status_code == 404
    for body in ({"person": "anna"}, {"contact": eve}):
        assert (await act(portal, key, "watchers", **body)).status_code == 403
    unknown = await act(anna, key, "watchers", contact=str(uuid4()))
    assert (unknown.status_code, unknown.json()["errors"][0]["pointer"]) == (422, "/contact")
    both = await act(anna, key, "watchers", contact=eve, person="anna")
    assert both.json()["errors"][0]["code"] == "watcher_unclear"


async def test_everybody_lists_what_they_watch(anna: AsyncClient, portal: AsyncClient) -> None:
    one, two, other = [await open_ticket(anna) for _ in range(3)]
    for who, key in ((anna, one), (anna, two), (portal, two)):
        assert (await act(who, key, "watchers")).status_code == 201
    listed = (await anna.get("/v1/watched-tickets", params={"limit": 1})).json()
    assert [ticket["key"] for ticket in listed["items"]] == [two]
    more = {"limit": 1, "cursor": listed["next"]}
    rest = (await anna.get("/v1/watched-tickets", params=more)).json()
    assert ([ticket["key"] for ticket in rest["items"]], rest["next"]) == ([one], None)
    seen = (await portal.get("/v1/watched-tickets")).json()["items"]
    assert [ticket["key"] for ticket in seen] == [two] != [other]
    assert "pending_unmerge" not in seen[0]


async def test_a_ticket_has_no_more_than_so_many_watchers(
    anna: AsyncClient, database: Database
) -> None:
    key = await open_ticket(anna)
    filled = text(
        "INSERT INTO ticket_watchers SELECT gen_random_uuid(), id, 'p' || n, NULL, 'anna', intake.now()"
        " FROM tickets, generate_series(1, 100) AS n"
    )
    async with database.transaction() as tx:
        await tx.execute(filled)
    refused = await act(anna, key, "watchers")
    assert (refused.status_code, refused.json()["code"]) == (409, "TOO_MANY_WATCHERS")


async def _notified(database: Database) -> list[tuple[list[str], list[str]]]:
    """Whom of us events about watched tickets name, with what happened."""
    events = [one.body for one in await outbox_events(database) if "watchers" in one.type]
    return [(one["people"], one["changes"]) for one in events]


async def test_our_own_people_who_watch_hear_of_what_others_do(
    anna: AsyncClient, omar: AsyncClient, portal: AsyncClient, database: Database
) -> None:
    key = await open_ticket(anna)
    await act(anna, key, "assign", assignee="anna")
    assert await _notified(database) == [], "nobody watches it"
    for body in ({}, {"person": "sven"}):
        await act(anna, key, "watchers", **body)
    assert (await act(portal, key, "replies", text="It is still down")).status_code == 201
    await act(anna, key, "resolve", resolution="Restarted")
    await act(omar, key, "reject", reason="It is not")
    assert await _notified(database) == [
        (["anna", "sven"], ["customer_replied"]),
        (["sven"], ["resolved"]),
        (["anna", "sven"], ["rejected"]),
    ]


async def test_who_has_left_or_watches_no_more_hears_nothing(
    anna: AsyncClient, omar: AsyncClient, database: Database
) -> None:
    key = await open_ticket(anna)
    own = (await act(anna, key, "watchers")).json()["id"]
    await act(anna, key, "watchers", person="sven")
    await anna.post("/v1/people/sven/end", json={"reason": "He leaves"})
    await omar.post("/v1/people/sven/confirm")
    await anna.delete(f"/v1/tickets/{key}/watchers/{own}")
    await act(omar, key, "resolve", resolution="Restarted")
    assert await _notified(database) == []


async def test_a_contact_reads_the_watchers_of_no_other_customers_ticket(
    anna: AsyncClient, database: Database
) -> None:
    """R4: not by the function either that finds them when a contact acts"""
    key = await open_ticket(anna)
    await act(anna, key, "watchers")
    async with database.transaction() as tx:
        ticket = await tickets.find(tx, key)
        assert ticket is not None
        for customer, found in (("acme", ["anna"]), ("brightwater", [])):
            await tx.execute(text("SET LOCAL ROLE opsdesk_intake_contact"))
            await tx.execute(text(f"SET LOCAL opsdesk.customer = '{customer}'"))
            rows = await tx.scalars(text(f"SELECT staff_watchers_of('{ticket.id}')"))
            assert list(rows) == found, customer


async def test_watched_tickets_are_a_filter_of_the_list(
    anna: AsyncClient, omar: AsyncClient, portal: AsyncClient
) -> None:
    mine, other = await open_ticket(anna), await open_ticket(anna)
    await act(anna, mine, "watchers")
    await act(portal, other, "watchers")

    async def keys(who: AsyncClient, query: str) -> list[str]:
        answer = await who.get(f"/v1/tickets?{query}")
        return [one["key"] for one in answer.json()["items"]]

    assert await keys(anna, "watched=true") == [mine]
    assert await keys(anna, "watched=false") == [other]
    assert await keys(omar, "watched=true&open=true") == []
    assert await keys(portal, "watched=true") == [other]
    assert (await anna.get("/v1/tickets?watched=perhaps")).status_code == 422
