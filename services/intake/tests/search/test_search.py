"""Full-text search over tickets in Dutch, English and German, within everybody's rights."""

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import text

from common.persistence.database import Database
from intake_support.alerts import scalar
from intake_support.search import index
from intake_support.tickets import act, open_ticket
from opsdesk_testing.client import client


async def search(who: AsyncClient, words: str, **more: str) -> list[str]:
    answer = await who.get("/v1/tickets", params={"q": words, **more})
    assert answer.status_code == 200, answer.text
    return [one["key"] for one in answer.json()["items"]]


@pytest.mark.parametrize(
    ("written", "sought"),
    [
        ("The invoices were not exported", "exporting invoice"),
        ("De facturen worden niet verzonden", "factuur"),
        ("Die Rechnungen wurden nicht verschickt", "Rechnung"),
        ("Die Übersicht der Häuser fehlt", "häuser übersicht"),
        ("Login by e-mail fails", "e-mail"),
        ("Error code 0x80070005 in billing", "0x80070005"),
        ("Проблема входа", "входа"),
    ],
)
async def test_words_are_found_in_each_language(
    anna: AsyncClient, database: Database, written: str, sought: str
) -> None:
    key = await open_ticket(anna, title=written)
    await open_ticket(anna, title="Something else")
    await index(database)
    assert await search(anna, sought) == [key]


async def test_words_may_stand_anywhere_and_all_of_them_must(
    anna: AsyncClient, jan: AsyncClient, database: Database
) -> None:
    key = await open_ticket(anna, title="Billing is down", description="Since the upgrade")
    await act(jan, key, "replies", text="The dashboard shows timeouts")
    await index(database)
    assert await search(anna, "billing timeout upgrade") == [key]
    assert await search(anna, "billing zebra") == []
    assert await search(anna, '"shows timeouts"') == [key]
    assert await search(anna, '"timeouts shows"') == []
    assert await search(anna, "zebra or dashboard") == [key]
    assert await search(anna, "billing -dashboard") == []
    assert await search(anna, key) == await search(anna, key.removeprefix("OPS-")) == [key]


async def test_a_reply_is_found_without_opening_the_ticket_anew(
    anna: AsyncClient, database: Database
) -> None:
    key = await open_ticket(anna)
    await index(database)
    await act(anna, key, "replies", text="The certificate had expired")
    assert await search(anna, "certificate") == []
    await index(database)
    assert await search(anna, "certificate") == [key]
    assert await scalar(database, "SELECT count(*) FROM document_changes") == 0


async def test_contacts_find_nothing_by_internal_notes(
    anna: AsyncClient, jan: AsyncClient, britta: AsyncClient, database: Database
) -> None:
    """R11"""
    key = await open_ticket(anna, title="Billing is slow")
    await act(anna, key, "replies", text="They never pay", visibility="internal")
    await act(anna, key, "replies", text="We increased the memory")
    await index(database)
    assert await search(anna, "never pay") == [key]
    assert await search(anna, "memory pay") == [key]
    assert await search(jan, "never pay") == []
    assert await search(jan, "memory billing") == [key]
    assert await search(jan, "billing -pay") == [key]
    assert await search(britta, "memory") == []


async def test_filters_hold_as_well(anna: AsyncClient, database: Database) -> None:
    first = await open_ticket(anna, title="Printer jam", priority="minor")
    second = await open_ticket(anna, title="Printer offline", priority="major")
    await index(database)
    assert await search(anna, "printer") == [second, first]
    assert await search(anna, "printer", priority="minor") == [first]
    assert await search(anna, "printer", open="false") == []
    page = (await anna.get("/v1/tickets?q=printer&limit=1")).json()
    rest = (await anna.get(f"/v1/tickets?q=printer&limit=1&cursor={page['next']}")).json()
    assert [one["key"] for one in page["items"] + rest["items"]] == [second, first]


@pytest.mark.parametrize("words", ["   ", "\x00", "x" * 201])
async def test_what_cannot_be_searched_is_refused(anna: AsyncClient, words: str) -> None:
    assert (await anna.get("/v1/tickets", params={"q": words})).status_code == 422


@pytest.mark.parametrize(
    "words", ["'", '"', "!!! & | <->", "-- ; DROP TABLE tickets", "the", "a:* (b"]
)
async def test_any_signs_are_words_or_nothing(anna: AsyncClient, words: str) -> None:
    assert await search(anna, words) == []


async def test_a_giant_ticket_stops_nobody(anna: AsyncClient, database: Database) -> None:
    """So many different words do not fit into one document of PostgreSQL"""
    giant = " ".join(f"wört{number:x}" for number in range(9_000))
    key = await open_ticket(anna, title="Giant", description=giant)
    for part in range(8):
        words = " ".join(f"größe{part}{number:x}" for number in range(9_000))
        assert (await act(anna, key, "replies", text=words)).status_code == 201
    small = await open_ticket(anna, title="Small")
    await index(database)
    assert await search(anna, "giant") == [key]
    assert await search(anna, "small") == [small]


async def test_a_restored_database_begins_again(anna: AsyncClient, database: Database) -> None:
    """Transaction ids of another cluster begin again: those of this one say nothing any more"""
    key = await open_ticket(anna, title="Known before")
    await index(database)
    async with database.transaction() as tx:
        await tx.execute(text("UPDATE indexed_openings SET cluster = 1, xid = 1 << 60"))
        await tx.execute(text("DELETE FROM ticket_documents"))
    await index(database)
    assert await search(anna, "known") == [key]


async def test_what_opens_no_ticket_is_not_looked_at_for_ever(
    anna: AsyncClient, database: Database
) -> None:
    """And nothing is stored each second where nothing happens"""
    await open_ticket(anna)
    await index(database)
    before = await scalar(database, "SELECT xid FROM indexed_openings")
    await index(database)
    assert await scalar(database, "SELECT xid FROM indexed_openings") == before
    async with database.transaction() as tx:
        await tx.execute(text("UPDATE indexed_openings SET xid = xid - 20000, position = 7"))
    await index(database)
    assert await scalar(database, "SELECT xid FROM indexed_openings") >= before


async def test_an_erased_persons_words_are_not_found(
    anna: AsyncClient, omar: AsyncClient, app: FastAPI, database: Database
) -> None:
    """R16"""
    other = await open_ticket(anna, title="Something of somebody")
    async with client(app, "portal") as portal:
        portal.headers["On-Behalf-Of"] = "mailto:jan@acme.example"
        opened = await portal.post("/v1/tickets", json={"title": "My knee hurts"})
        key = opened.json()["key"]
        await act(portal, other, "replies", text="I was in hospital")
    await index(database)
    assert await search(anna, "knee") == [key]
    assert await search(anna, "hospital") == [other]
    await act(anna, key, "resolve", resolution="x")
    await act(omar, key, "verify")
    await act(anna, key, "close")
    (contact,) = (await anna.get("/v1/customers/acme/contacts")).json()["items"]
    async with client(app, "theo") as theo, client(app, "gina") as gina:
        path = f"/v1/contacts/{contact['id']}/erasure"
        assert (await theo.post(path, json={"reason": "Asked"})).status_code == 201
        confirmed = await gina.post(f"{path}/confirm")
        assert confirmed.is_success, confirmed.text
    assert await search(anna, "knee") == []
    await index(database)
    assert await search(anna, "knee") == await search(anna, "hospital") == []


async def test_symptoms_of_a_problem_are_found_by_staff_alone(
    anna: AsyncClient, jan: AsyncClient, database: Database
) -> None:
    body = {
        "title": "Invoices stop",
        "symptoms": "Error E42 at night",
        "incidents": [await open_ticket(anna)],
    }
    problem = (await anna.post("/v1/problems", json=body)).json()["key"]
    await index(database)
    assert await search(anna, "E42") == [problem]
    assert await search(jan, "E42") == []
    assert await search(jan, "invoices") == [problem]
