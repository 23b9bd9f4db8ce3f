"""An erasure takes the mails of the contact, and nobody else's."""

from typing import Final
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import text

from common.persistence.database import Database
from common.persistence.ids import uuid7
from intake_support.outgoing import mail_of, post, run_sql
from intake_support.tickets import act, open_ticket
from opsdesk_testing.client import client

LINKED: Final = (
    (
        "INSERT INTO linked_tickets (id, ticket_id, system_id, state, created_by, created_at)"
        " SELECT :link, :ticket, id, 'ended', 'anna', intake.now() FROM linked_systems"
    ),
    (
        "INSERT INTO linked_conflicts (id, link_id, field, ours, theirs, detected_at, decision,"
        " decided_by, decided_at, reason) VALUES (:id, :link, 'priority', 'minor', 'major',"
        " intake.now(), 'ours', 'anna', intake.now(), 'nilgai said so')"
    ),
    (
        "INSERT INTO linked_sends (link_id, kind, state, settled_at, problem)"
        " VALUES (:link, 'fields', 'failed', intake.now(), 'no user nilgai')"
    ),
)


@pytest.mark.parametrize("address", ["an@acme.example", "jan@acme.exam", "t@ours.example"])
async def test_the_mails_of_similar_addresses_stay(
    address: str, app: FastAPI, gateway: AsyncClient, anna: AsyncClient, database: Database
) -> None:
    """R16: what another contact wrote is evidence, also where one address is a part of the other."""
    contact = await anna.post(
        "/v1/customers/acme/contacts", json={"name": "Ann", "address": address}
    )
    assert contact.status_code == 201, contact.text
    await post(gateway, mail_of())
    await post(gateway, mail_of("kim@acme.example", id="2@x", Cc=f"Ann <{address.upper()}>"))
    erasure = f"/v1/contacts/{contact.json()['id']}/erasure"
    async with client(app, "theo") as theo, client(app, "gina") as gina:
        assert (await theo.post(erasure, json={"reason": "asked"})).status_code == 201
        assert (await gina.post(f"{erasure}/confirm")).status_code == 200
    stored = "SELECT sender, raw = '' FROM mails ORDER BY id"
    assert await run_sql(database, stored) == [("jan@acme.example", False), (None, True)]


async def test_what_linked_systems_answered_is_erased_and_what_they_had_stays(
    app: FastAPI, anna: AsyncClient, omar: AsyncClient, database: Database
) -> None:
    """Words of people stand in reasons and answers; states and priorities are facts."""
    (jan, *_) = (await anna.get("/v1/customers/acme/contacts")).json()["items"]
    opened = await anna.post(
        "/v1/tickets", json={"title": "Down", "customer": "acme", "contact": "jan@acme.example"}
    )
    assert opened.status_code == 201, opened.text
    ticket = opened.json()["id"]
    system = {"key": "acme-zendesk", "kind": "zendesk", "party": "customer", "customer": "acme"}
    system |= {"base_url": "https://acme.example", "webhook_client": "peer-machine"}
    await act(anna, ticket, "resolve", resolution="Restarted")
    await act(omar, ticket, "verify")
    assert (await act(anna, ticket, "close")).status_code == 200
    async with client(app, "theo") as theo, client(app, "gina") as gina:
        made = await theo.post("/v1/linked-systems", json=system)
        assert made.status_code == 201, made.text
        async with database.transaction() as tx:
            values = {"link": uuid7(), "ticket": UUID(ticket), "id": uuid7()}
            for statement in LINKED:
                given = {name: values[name] for name in values if f":{name}" in statement}
                await tx.execute(text(statement), given)
        path = f"/v1/contacts/{jan['id']}"
        exported = (await theo.get(f"{path}/export")).text
        assert "nilgai said so" in exported
        assert "no user nilgai" in exported
        assert (await theo.post(f"{path}/erasure", json={"reason": "asked"})).status_code == 201
        assert (await gina.post(f"{path}/erasure/confirm")).status_code == 200
        assert "nilgai" not in (await theo.get(f"{path}/export")).text
    decided = "SELECT ours, theirs, reason FROM linked_conflicts"
    assert await run_sql(database, decided) == [("minor", "major", "[erased]")]
    assert await run_sql(database, "SELECT state, problem FROM linked_sends") == [
        ("failed", "[erased]")
    ]


async def test_what_the_contact_wrote_with_an_account_of_their_own_goes_too(
    app: FastAPI, anna: AsyncClient, omar: AsyncClient, database: Database
) -> None:
    """On tickets of colleagues, and about articles; it is in the export before."""
    (jan, *_) = (await anna.get("/v1/customers/acme/contacts")).json()["items"]
    key = await open_ticket(anna)
    article = {"title": "Down", "body": "Restart.", "language": "en", "audience": "customer"}
    made = (await anna.post("/v1/articles", json=article)).json()["key"]
    assert (await omar.post(f"/v1/articles/{made}/publish", json={"version": 1})).is_success
    async with client(app, "jans-own", customer="acme", email=jan["address"]) as own:
        written = await act(own, key, "replies", text="the nilgai of Jan")
        assert written.status_code == 201, written.text
        body = {"helpful": False, "comment": "No nilgai in it."}
        assert (await own.post(f"/v1/articles/{made}/feedback", json=body)).status_code == 201
    async with client(app, "theo") as theo, client(app, "gina") as gina:
        path = f"/v1/contacts/{jan['id']}"
        assert (await theo.get(f"{path}/export")).text.count("nilgai") == 2
        assert (await theo.post(f"{path}/erasure", json={"reason": "asked"})).status_code == 201
        assert (await gina.post(f"{path}/erasure/confirm")).status_code == 200
        assert "nilgai" not in (await theo.get(f"{path}/export")).text
    for query in ("SELECT text FROM messages", "SELECT comment FROM article_feedback"):
        assert await run_sql(database, query) == [("[erased]",)]
