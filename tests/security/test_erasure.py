"""A contact who is erased is found nowhere afterwards: not their name, address, phone, nor their words.

Searched are all tables of all four schemas, in every column. What topics and backups keep, and for how
long, is said in docs/privacy.md.
"""

import json
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from sqlalchemy import text

from common.http import runtime_of
from common.persistence.ids import uuid7
from intake.tickets.ticket_batcher import TicketBatcher
from opsdesk_testing.client import app_for, client
from opsdesk_testing.databases import Templates
from opsdesk_testing.protocol import freeze_time
from sla_support.company import NINE
from tests.security.contact_in_sla import agree_in_sla, write_in_sla
from tests.security.contact_who_wrote import (
    ACCOUNT,
    ADDRESS,
    BEHALF,
    WORDS,
    Company,
    Databases,
)
from tests.security.installation import SERVICES, forward_events, open_databases, tables_with

pytestmark = pytest.mark.thorough


@pytest.fixture
async def databases(templates: Templates) -> AsyncIterator[Databases]:
    async with open_databases(templates) as found:
        await freeze_time(found["intake"], NINE)
        yield found


@pytest.fixture
async def company(databases: Databases) -> AsyncIterator[Company]:
    app = app_for(SERVICES[0], databases["intake"])
    people = {
        name: client(app, name)
        for name in ("anna", "omar", "theo", "gina", "sven", "portal", "gateway")
    }
    people["account"] = client(app, ACCOUNT, customer="acme", email=ADDRESS)
    yield Company(databases, people)
    for one in people.values():
        await one.aclose()
    await runtime_of(app).resource(TicketBatcher).close()


async def found_words(databases: Databases) -> dict[str, set[str]]:
    """Where which of the words are, as `schema.table`."""
    found: dict[str, set[str]] = {name: set() for name in WORDS}
    for name, words in WORDS.items():
        for database in databases.values():
            tables = await tables_with(database, words)
            found[name] |= {f"{database.schema}.{table}" for table in tables}
    return found


async def export_of(company: Company) -> str:
    """Everything that intake and sla export about the contact."""
    path = f"/v1/contacts/{company.contact}/export"
    texts = []
    async with client(app_for(SERVICES[1], company.databases["sla"]), "theo") as theo:
        for who in (company.people["theo"], theo):
            answer = await who.get(path)
            assert answer.status_code == 200, answer.text
            *lines, last = [json.loads(line) for line in answer.text.splitlines()]
            assert last == {"part": "end", "record": {"records": len(lines)}}
            texts.append(answer.text)
    return "".join(texts)


async def test_an_erased_contact_is_found_nowhere(company: Company) -> None:
    databases = company.databases
    await company.write_everywhere()
    await company.close(company.ticket)
    customer = (await company.people["anna"].get("/v1/customers/acme")).json()
    await agree_in_sla(databases["sla"], UUID(customer["id"]))
    await forward_events(databases, "intake")
    await write_in_sla(company)

    exported = await export_of(company)
    missing = {name for name, word in WORDS.items() if word not in exported}
    assert not missing, "an export has all that an erasure erases"
    before = await found_words(databases)
    assert all(before.values()), "the search finds each of the words where they were written"
    assert before["title"] >= {
        "intake.tickets",
        "intake.idempotency",
        "sla.tickets",
        "sla.reviews",
        "sla.review_editions",
        "sla.outbox",
        "sla.parked",
        "sla.dead_letters",
    }
    assert before["mail"] == {"intake.mails", "intake.messages"}

    await company.erase()
    await forward_events(databases, "intake")
    await forward_events(databases, "sla")
    assert await found_words(databases) == {name: set() for name in WORDS}
    exported = await export_of(company)
    left = {name for name, word in WORDS.items() if word in exported}
    assert not left, "what is erased is in no export"
    history = await company.people["anna"].get(f"/v1/tickets/{company.ticket['key']}/history")
    reasons = [one["parameters"].get("reason") for one in history.json()["items"]]
    assert [one for one in reasons if one] == ["(erased)"] * 4


async def test_who_exports_a_contact_may_do_so_and_is_noted(company: Company) -> None:
    """R16: everything about a person in one file is for those who may erase them."""
    await company.write_everywhere()
    await forward_events(company.databases, "intake")
    path = f"/v1/contacts/{company.contact}/export"
    for who in ("anna", "sven", "gateway"):
        assert (await company.people[who].get(path)).status_code == 403
    assert (await company.people["portal"].get(path, headers=BEHALF)).status_code == 403
    assert (await company.people["gina"].get(f"/v1/contacts/{uuid7()}/export")).status_code == 404
    await export_of(company)
    for name in ("intake", "sla"):
        async with company.databases[name].transaction() as tx:
            noted = await tx.execute(
                text("SELECT who, subject FROM audit WHERE action = 'contact.export'")
            )
            assert [tuple(row) for row in noted] == [("theo", f"contact/{company.contact}")]


async def test_what_happened_is_still_known(company: Company) -> None:
    """Tickets, states, clocks, sequences and the audit trail stay; nothing of it names the person."""
    databases = company.databases
    await company.write_everywhere()
    await company.close(company.ticket)
    await forward_events(databases, "intake")
    await company.erase()
    await forward_events(databases, "intake")
    ticket = (await company.people["anna"].get(f"/v1/tickets/{company.ticket['key']}")).json()
    assert (ticket["title"], ticket["state"]) == ("[erased]", "closed")
    async with databases["sla"].transaction() as tx:
        stored = await tx.scalar(
            text("SELECT title FROM tickets WHERE key = :key"), {"key": company.ticket["key"]}
        )
        waiting = await tx.scalar(text("SELECT count(*) FROM parked"))
    assert (stored, waiting) == ("[erased]", 0)
    async with databases["intake"].transaction() as tx:
        noted = await tx.scalars(
            text("SELECT action FROM audit WHERE subject = :contact ORDER BY position"),
            {"contact": f"contact/{company.contact}"},
        )
        assert list(noted) == ["contact.add", "contact.request_erasure", "contact.erase"]


async def test_nobody_speaks_for_an_erased_contact(company: Company) -> None:
    await company.write_everywhere()
    await company.close(company.ticket)
    await company.erase()
    answer = await company.people["portal"].get("/v1/tickets", headers=BEHALF)
    assert answer.status_code == 403


async def test_two_people_erase_a_contact_and_nobody_erases_open_work(company: Company) -> None:
    """R1: what is erased could have shown a broken promise."""
    await company.write_everywhere()
    path = f"/v1/contacts/{company.contact}/erasure"
    assert (await company.people["anna"].post(path, json={"reason": "x"})).status_code == 403
    assert (await company.people["gina"].post(f"{path}/confirm")).status_code == 404
    await company.post("theo", path, 201, {"reason": "request 17"})
    again = await company.post("gina", path, 409, {"reason": "request 17"})
    assert again["code"] == "ERASURE_REQUESTED"
    alone = await company.post("theo", f"{path}/confirm", 403)
    assert alone["code"] == "FOUR_EYES"
    busy = await company.post("gina", f"{path}/confirm", 409)
    assert busy["code"] == "TICKETS_OPEN"
    assert company.ticket["key"] in busy["detail"]
    await company.close(company.ticket)
    await company.post("gina", f"{path}/confirm", 200)
    done = await company.post("gina", f"{path}/confirm", 409)
    assert done["code"] == "ALREADY_ERASED"
