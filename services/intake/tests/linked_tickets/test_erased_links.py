"""An erasure finds what came and went by a link, also where that went on with another ticket (R16)."""

from datetime import UTC, datetime

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import text

from common.persistence.database import Database
from intake.linked_tickets.linked_ticket_sender import LinkedTicketSender
from intake_support.linked_tickets import Linked, Post, link, links_of, messages_of
from intake_support.outgoing import run_sql
from intake_support.peers import FakePeer
from intake_support.tickets import act, open_ticket
from opsdesk_testing.client import client
from opsdesk_testing.protocol import freeze_time

WORDS = "the nilgai of Jan"
EVERYWHERE = """
SELECT source, row FROM (
    SELECT 'messages' AS source, to_jsonb(messages)::text AS row FROM messages
    UNION ALL SELECT 'sends', to_jsonb(linked_sends)::text FROM linked_sends
    UNION ALL SELECT 'conflicts', to_jsonb(linked_conflicts)::text FROM linked_conflicts
    UNION ALL SELECT 'receipts', to_jsonb(linked_receipts)::text FROM linked_receipts
    UNION ALL SELECT 'reasons', to_jsonb(reasons)::text FROM reasons) AS every
WHERE row LIKE '%nilgai%'
"""
TRACES = (
    (
        "INSERT INTO linked_sends (link_id, kind, state, settled_at, problem)"
        " VALUES (:link, 'fields', 'failed', intake.now(), 'no user nilgai')"
    ),
    (
        "INSERT INTO linked_sends (link_id, kind, remote_file) VALUES (:link, 'fetch',"
        " jsonb_build_object('id', '9', 'name', 'nilgai.png'))"
    ),
    (
        "INSERT INTO linked_conflicts (id, link_id, field, ours, theirs, detected_at, decision,"
        " decided_by, decided_at, reason) VALUES (:link, :link, 'priority', 'minor', 'major',"
        " intake.now(), 'ours', 'anna', intake.now(), 'nilgai said so')"
    ),
)


@pytest.fixture
async def jans(
    anna: AsyncClient, sender: LinkedTicketSender, peer: FakePeer, system: str
) -> Linked:
    """A ticket of Jan's with its counterpart."""
    key = await open_ticket(anna, priority="major", contact="jan@acme.example")
    await link(anna, key)
    await sender.send_due()
    (shown,) = await links_of(anna, key)
    return Linked(key, shown["remote_id"], shown["id"])


async def _close(anna: AsyncClient, omar: AsyncClient, key: str) -> None:
    for who, step, body in (
        (anna, "resolve", {"resolution": "Restarted"}),
        (omar, "verify", {}),
        (anna, "close", {}),
    ):
        assert (await act(who, key, step, **body)).is_success


async def _add_traces(database: Database, linked: Linked) -> None:
    """What their side answered, which files it has, and why somebody decided."""
    async with database.transaction() as tx:
        for statement in TRACES:
            await tx.execute(text(statement), {"link": linked.link})


async def _erase(app: FastAPI, anna: AsyncClient, address: str) -> str:
    """Erase the contact; what was exported about them before."""
    contacts = (await anna.get("/v1/customers/acme/contacts")).json()["items"]
    (id,) = (one["id"] for one in contacts if one["address"] == address)
    async with client(app, "theo") as theo, client(app, "gina") as gina:
        exported = (await theo.get(f"/v1/contacts/{id}/export")).text
        path = f"/v1/contacts/{id}/erasure"
        assert (await theo.post(path, json={"reason": "asked"})).status_code == 201
        confirmed = await gina.post(f"{path}/confirm")
        assert confirmed.status_code == 200, confirmed.text
    return exported


async def test_after_a_merge_what_came_by_the_link_goes_from_the_other_ticket_too(
    app: FastAPI,
    anna: AsyncClient,
    omar: AsyncClient,
    jans: Linked,
    post: Post,
    database: Database,
) -> None:
    into = await open_ticket(anna, priority="major")
    assert (await act(anna, into, "replies", text="Dear Kim,\n\nSoon.\n\nRegards")).is_success
    assert (await act(anna, jans.key, "merge", into=into)).is_success
    assert (await post(jans.id, "e1", comment=WORDS)).json() == {"outcome": "applied"}
    (came,) = [one for one in await messages_of(anna, into) if WORDS in one["text"]]
    third = await open_ticket(anna, priority="major")
    await _copy(database, came["id"], third)
    await _add_traces(database, jans)
    exported = await _erase(app, anna, "jan@acme.example")
    assert exported.count("nilgai") >= 4
    assert await run_sql(database, EVERYWHERE) == []
    assert any("Dear Kim" in one["text"] for one in await messages_of(anna, into)), "others' stay"


async def test_after_it_went_on_with_another_contacts_ticket_it_is_found_all_the_same(
    app: FastAPI,
    anna: AsyncClient,
    omar: AsyncClient,
    jans: Linked,
    post: Post,
    database: Database,
) -> None:
    kim = {"name": "Kim", "address": "kim@acme.example"}
    assert (await anna.post("/v1/customers/acme/contacts", json=kim)).is_success
    await _close(anna, omar, jans.key)
    await freeze_time(database, datetime(2030, 3, 7, 9, tzinfo=UTC))
    goes_on = await open_ticket(anna, contact=kim["address"])
    await _follow(database, goes_on, jans.key)
    for event in ("e2", "e3"):
        await post(jans.id, event, comment=f"{WORDS}, {event}")
    assert [one["id"] for one in await links_of(anna, goes_on)] == [jans.link]
    assert sum(WORDS in one["text"] for one in await messages_of(anna, goes_on)) == 2
    await _add_traces(database, jans)
    unlink = await anna.post(
        f"/v1/linked-tickets/{jans.link}/unlink", json={"reason": "the nilgai has left"}
    )
    assert unlink.status_code == 200, unlink.text
    late = await post(jans.id, "e4", comment=WORDS)
    assert late.json() == {"outcome": "unknown_ticket"}
    exported = await _erase(app, anna, "jan@acme.example")
    assert exported.count("nilgai") >= 6
    assert await run_sql(database, EVERYWHERE) == []


async def test_what_nobody_understood_goes_where_it_names_the_address(
    app: FastAPI, anna: AsyncClient, jans: Linked, omar: AsyncClient, post: Post, database: Database
) -> None:
    await post("999999", "e5", comment=f"{WORDS}, JAN@acme.example")
    await post("999999", "e6", comment="the nilgai of divjan@acme.example")
    await _close(anna, omar, jans.key)
    await _erase(app, anna, "jan@acme.example")
    ((source, row),) = await run_sql(database, EVERYWHERE)
    assert (source, "divjan@acme.example" in row) == ("receipts", True)


async def _follow(database: Database, new: str, old: str) -> None:
    """As the answer of somebody else opened it."""
    async with database.transaction() as tx:
        await tx.execute(
            text(
                "INSERT INTO ticket_links (id, ticket_id, kind, other_id, created_by, created_at)"
                " SELECT gen_random_uuid(), new.id, 'follows', old.id, 'kim', intake.now()"
                " FROM tickets new, tickets old"
                " WHERE 'OPS-' || new.number = :new AND 'OPS-' || old.number = :old"
            ),
            {"new": new, "old": old},
        )


async def _copy(database: Database, message: str, to: str) -> None:
    """As the separation of merged tickets copies a message."""
    async with database.transaction() as tx:
        await tx.execute(
            text(
                "INSERT INTO messages (id, ticket_id, visibility, direction, author, text, at,"
                " automatic, copied_from) SELECT gen_random_uuid(), tickets.id, visibility, direction,"
                " author, text, at, automatic, messages.id FROM messages, tickets"
                " WHERE messages.id = CAST(:message AS uuid) AND 'OPS-' || number = :to"
            ),
            {"message": message, "to": to},
        )
