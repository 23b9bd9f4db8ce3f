"""The end of a customer with many contacts holds up nobody, and takes as many statements as that of one with few."""

from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import text

from common.domain import Actor
from common.persistence.database import Connection, Database
from common.persistence.ids import uuid7
from intake.directory.domain.ending import ask_end
from intake.directory.domain.parties import Customer
from intake.directory.ending import confirm_customer_end
from intake.directory.store import (
    CONTACTS,
    CUSTOMERS,
    ENVIRONMENTS,
    DirectoryRepository,
    find_contact_by_id,
)
from intake_support.alerts import NINE
from intake_support.tickets import DOWN
from opsdesk_testing.protocol import outbox_events

OMAR = Actor("omar")


async def _end_acme(tx: Connection) -> None:
    customer = await CUSTOMERS.lock(tx, "acme")
    assert customer is not None
    asked = ask_end(customer, "anna", NINE)
    assert isinstance(asked, Customer)
    assert isinstance(await confirm_customer_end(tx, OMAR, asked, "omar", 3600), Customer)


async def _add_contacts(database: Database, count: int) -> None:
    async with database.transaction() as tx:
        acme = await CUSTOMERS.find(tx, "acme")
        assert acme is not None
        for number in range(count):
            contact = {"id": uuid7(), "customer": acme.id, "address": f"p{number}@acme.example"}
            statement = "INSERT INTO contacts (id, customer_id, name, address, language, sequence)"
            statement += " VALUES (:id, :customer, 'P', :address, 'en', 1)"
            await tx.execute(text(statement), contact)
            signed_in = "INSERT INTO account_addresses (account, address_digest, of_contact) VALUES (:account, :digest, true)"
            for account in (f"contact/{contact['id']}", f"idp-{number}"):
                await tx.execute(text(signed_in), {"account": account, "digest": f"d{number}"})


async def test_tickets_are_opened_while_the_customer_is_ended(
    anna: AsyncClient, database: Database
) -> None:
    """Before it is committed, that customer is a customer like any other."""
    async with database.transaction() as tx:
        await _end_acme(tx)
        opened = await anna.post("/v1/tickets", json=DOWN | {"contact": "jan@acme.example"})
        assert opened.status_code == 201, opened.text


@pytest.mark.parametrize("repository", [CUSTOMERS, ENVIRONMENTS, CONTACTS])
async def test_tickets_are_opened_while_a_record_is_changed(
    anna: AsyncClient, database: Database, repository: DirectoryRepository[Any]
) -> None:
    keys = {"customers": "acme", "environments": "acme-prod", "contacts": "jan@acme.example"}
    async with database.transaction() as tx:
        found = await repository.lock(tx, keys[repository.table.name])
        assert found is not None
        if repository is CONTACTS:
            await find_contact_by_id(tx, found.id)
        opened = await anna.post("/v1/tickets", json=DOWN | {"contact": "jan@acme.example"})
        assert opened.status_code == 201, opened.text


async def test_many_contacts_take_no_more_statements(
    app: FastAPI, anna: AsyncClient, database: Database, statements: list[str]
) -> None:
    await _add_contacts(database, 60)
    statements.clear()
    async with database.transaction() as tx:
        await _end_acme(tx)
    assert len(statements) < 40
    assert len([one for one in await outbox_events(database) if _is_end(one.body)]) == 61
    async with database.transaction() as tx:
        left = "SELECT count(*) FROM contacts JOIN customers c ON c.id = customer_id WHERE c.key = 'acme' AND NOT contacts.retired"
        assert await tx.scalar(text(left)) == 0
        ends = "SELECT count(*) FROM audit WHERE action = 'contact.end' AND who = 'omar'"
        assert await tx.scalar(text(ends)) == 61
        for table in ("revoked_callers WHERE name", "token_revocations WHERE name"):
            revoked = f"SELECT count(*) FROM {table} LIKE 'idp-%'"
            assert await tx.scalar(text(revoked)) == 60
        audited = "SELECT count(*) FROM audit WHERE action = 'token.revoke' AND subject LIKE 'person/idp-%'"
        assert await tx.scalar(text(audited)) == 60


def _is_end(body: dict[str, object]) -> bool:
    return "contact_id" in body and body["retired"] is True
