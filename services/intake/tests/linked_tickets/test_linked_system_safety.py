"""Whom a linked system may see, who may speak for it, and what never leaves."""

from pathlib import Path

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import text

from common.persistence.database import Database
from intake.files.storage import FileStorage
from intake.linked_tickets.accounts import AccountMissing, Accounts
from intake.linked_tickets.linked_ticket_sender import LinkedTicketSender
from intake.linked_tickets.peer_client import PeerClient
from intake_support.linked_tickets import (
    Linked,
    Post,
    create_system,
    link,
    links_of,
    messages_of,
)
from intake_support.peers import PASSWORD, SECRET, FakePeer, resolve_here
from intake_support.tickets import act, open_ticket
from opsdesk_testing.client import client

GOOD = "Dear Jan,\n\nInvoices leave again.\n\nKind regards"


async def test_a_webhook_needs_the_systems_own_machine_and_secret(
    anna: AsyncClient, app: FastAPI, linked: Linked, post: Post, kind: str
) -> None:
    forged = await post(linked.id, "5", secret="another", comment="Close it")
    assert forged.status_code == 401
    async with client(app, "stranger", scope="linked-tickets:write") as stranger:
        answer = await stranger.post("/v1/linked-systems/peer/webhook", json={})
        assert answer.status_code == 404
    async with client(app, "monitor") as monitor:
        assert (await monitor.post("/v1/linked-systems/peer/webhook", json={})).status_code == 403
    assert all(one["author"] != "link/peer" for one in await messages_of(anna, linked.key))


async def test_what_is_not_understood_is_stored_and_shown(anna: AsyncClient, post: Post) -> None:
    answer = await post("no-such-ticket", "6", comment="Hello")
    assert answer.json() == {"outcome": "unknown_ticket"}
    shown = await anna.get("/v1/linked-systems/peer/receipts", params={"outcome": "unknown_ticket"})
    assert "no-such-ticket" in shown.json()["items"][0]["raw"]


async def test_an_ended_link_sends_and_takes_nothing(
    anna: AsyncClient, linked: Linked, peer: FakePeer, sender: LinkedTicketSender, post: Post
) -> None:
    await act(anna, linked.key, "replies", text=GOOD)
    body = {"reason": "Moved elsewhere"}
    assert (await anna.post(f"/v1/linked-tickets/{linked.link}/unlink", json=body)).is_success
    await sender.send_due()
    assert peer.comments[linked.id] == []
    assert (await post(linked.id, "7", comment="Hi")).json() == {"outcome": "unknown_ticket"}
    twice = await anna.post(f"/v1/linked-tickets/{linked.link}/unlink", json=body)
    assert twice.json()["code"] == "ENDED"


async def test_a_customers_system_never_gets_another_customers_ticket(
    anna: AsyncClient, system: str
) -> None:
    key = await open_ticket(anna, customer="brightwater", environment="brightwater-prod")
    answer = await anna.post(f"/v1/tickets/{key}/linked-tickets", json={"system": system})
    assert (answer.status_code, answer.json()["code"]) == (409, "OTHER_CUSTOMER")


async def test_a_partners_words_are_for_staff_alone(
    anna: AsyncClient,
    app: FastAPI,
    database: Database,
    peer: FakePeer,
    sender: LinkedTicketSender,
    jan: AsyncClient,
    post: Post,
    kind: str,
) -> None:
    async with database.transaction() as tx:
        await tx.execute(text("UPDATE linked_systems SET party = 'partner', customer_id = NULL"))
    key = await open_ticket(anna, priority="major")
    await link(anna, key)
    await sender.send_due()
    (shown,) = await links_of(anna, key)
    await post(shown["remote_id"], "8", comment="The disk is dead.")
    assert "The disk is dead." not in (await jan.get(f"/v1/tickets/{key}/messages")).text
    assert "The disk is dead." in str(await messages_of(anna, key))


async def test_accounts_are_in_no_table_and_no_answer(
    anna: AsyncClient, database: Database, linked: Linked
) -> None:
    async with database.transaction() as tx:
        rows = await tx.execute(text("SELECT linked_systems::text FROM linked_systems"))
        stored = " ".join(rows.scalars())
    shown = (await anna.get("/v1/linked-systems")).text
    for secret in (PASSWORD, SECRET):
        assert secret not in stored + shown


async def test_without_an_account_nothing_is_lost(
    anna: AsyncClient,
    database: Database,
    peer: FakePeer,
    system: str,
    tmp_path: Path,
    storage: FileStorage,
) -> None:
    key = await open_ticket(anna, priority="major")
    await link(anna, key)
    without = LinkedTicketSender(database, PeerClient(), Accounts(None), storage)
    await without.send_due()
    assert "OPSDESK_LINKED_SYSTEMS_FILE" in str(without.trouble)
    wrong = tmp_path / "wrong.json"
    wrong.write_text('{"peer": {"password": "oh-no"}}')
    with pytest.raises(AccountMissing) as missing:
        Accounts(str(wrong)).get("peer")
    assert "oh-no" not in str(missing.value)


async def test_an_internal_address_is_never_called(
    anna: AsyncClient,
    database: Database,
    peer: FakePeer,
    system: str,
    accounts_file: Path,
    storage: FileStorage,
) -> None:
    """Whatever the name of the system resolves to."""
    await link(anna, await open_ticket(anna, priority="major"))
    there = PeerClient(resolve_here)
    strict = LinkedTicketSender(database, there, Accounts(str(accounts_file)), storage)
    await strict.send_due()
    assert "not a public address" in str(strict.trouble)
    assert peer.requests == []


async def test_whoever_changes_the_address_of_a_system_does_not_get_its_password(
    anna: AsyncClient, database: Database, peer: FakePeer, system: str, sender: LinkedTicketSender
) -> None:
    """The account is for one host; nothing is sent anywhere else, and nothing is lost."""
    await link(anna, await open_ticket(anna, priority="major"))
    async with database.transaction() as tx:
        url = f"http://acme.example.evil.example:{peer.port}"
        await tx.execute(text("UPDATE linked_systems SET base_url = :url"), {"url": url})
    await sender.send_due()
    assert "is for acme.example" in str(sender.trouble)
    assert peer.requests == []


@pytest.mark.parametrize(
    "url", ["http://acme.example", "https://user:pw@acme.example", "file:///etc"]
)
async def test_only_https_addresses_without_a_user_are_taken(
    anna: AsyncClient, app: FastAPI, database: Database, url: str
) -> None:
    refused = await create_system(app, database, "zendesk", 1, base_url=url)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/base_url"


async def test_a_state_of_jira_needs_the_step_that_leads_there(
    anna: AsyncClient, app: FastAPI, database: Database
) -> None:
    fields = {"state": {"resolved": "Done"}}
    refused = await create_system(app, database, "jira", 1, fields=fields)
    assert refused.status_code == 422
    assert "Done" in refused.json()["errors"][0]["detail"]
