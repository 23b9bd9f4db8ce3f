"""An erasure and an export take what is the contact's, however much there is of others'."""

import json
from typing import Any, Final
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import text

from common.persistence.database import Database
from intake.contact_exports.exported_parts import MESSAGES_OF_CONTACT
from intake.erasures import store as erasures
from intake.mail.naming import NAMING, list_naming, values_for
from intake_support.outgoing import mail_of, post, run_sql
from opsdesk_testing.client import client

MANY: Final = 20_000
OTHERS: Final = (
    """
    INSERT INTO mails (id, message_id, fingerprint, raw, received_by, received_at, outcome, occurrence)
    SELECT gen_random_uuid(), n || '@many', n, convert_to('From: p' || n || '@many.example', 'UTF8'),
        'gateway', intake.now(), 'ignored', 0 FROM generate_series(1, :many) AS given (n)
    """,
    """
    INSERT INTO messages (id, ticket_id, visibility, direction, author, text, automatic, at)
    SELECT gen_random_uuid(), (SELECT min(id::text)::uuid FROM tickets), 'internal', 'outbound',
        'p' || n || '@many.example', 'x', false, intake.now() FROM generate_series(1, :many) AS given (n)
    """,
)
NAMED: Final = {
    b"To: Jan <JAN@acme.example>\nSubject: x": True,
    b"Cc: a@b.example,jan@acme.example.": True,
    b"Reply-To: mailto:jan@acme.example%3e": True,
    b"X: <1.jan@acme.example@host.example>": False,
    b"X: <jan@acme.example@host.example>": True,
    b"X: jan@acme.example..b": True,
    b"X: jan@acme.example.org": False,
    b"X: jan@acme.example-x": False,
    b"X: jan@\xff, @acme.example, jan@acme": False,
    b"X: " + b"a" * 40_000 + b" jan@acme.example": True,
    b"X: " + b"@" * 40_000 + b" jan@acme.example": True,
    b"X: " + b"a" * 65_540 + b" jan@acme.example": False,
}


async def _plan(database: Database, statement: Any, values: dict[str, Any]) -> str:
    async with database.transaction() as tx:
        lines = await tx.scalars(text(f"EXPLAIN {statement.text}").bindparams(**values))
        return "\n".join(lines)


@pytest.mark.parametrize(("head", "is_named"), NAMED.items())
async def test_a_mail_that_names_an_address_is_found(
    head: bytes, is_named: bool, gateway: AsyncClient, database: Database
) -> None:
    """Anywhere in its first 64 KiB, in whatever case; an address that it is only a part of is another one."""
    await post(gateway, head + b"\nMessage-ID: <1@x>\nFrom: kim@nowhere.example\n\nx")
    async with database.transaction() as tx:
        found = await list_naming(tx, ["jan@acme.example", "contact/x", "@", "jan"])
    assert bool(found) is is_named


async def test_an_address_that_is_not_ascii_is_found(
    gateway: AsyncClient, database: Database
) -> None:
    raw = "From: jörg@bücher.example\nMessage-ID: <1@x>\n\nx".encode()
    await post(gateway, raw)
    async with database.transaction() as tx:
        assert len(await list_naming(tx, ["jörg@bücher.example"])) == 1
        assert await list_naming(tx, ["järg@bücher.example", "rg@bücher.example"]) == set()


async def test_no_statement_reads_the_mails_and_messages_of_others(
    app: FastAPI, gateway: AsyncClient, anna: AsyncClient, database: Database
) -> None:
    """R16: with so many mails that reading them takes longer than a statement may."""
    await post(gateway, mail_of())
    for statement in OTHERS:
        async with database.transaction() as tx:
            given = {"many": MANY} if ":many" in statement else {}
            await tx.execute(text(statement), given)
    await run_sql(database, "ANALYZE mails")
    await run_sql(database, "ANALYZE messages")
    assert "Seq Scan" not in await _plan(database, NAMING, dict(values_for("jan@acme.example")))
    by_ticket = {"ids": [UUID(int=0)]}
    of_tickets = await _plan(database, erasures.MAILS_OF_TICKETS, by_ticket)
    assert "Seq Scan" not in of_tickets
    names: dict[str, Any] = {"name": "contact/x", "address": "jan@acme.example"}
    words = names | {"erased": "x", "accounts": ["jan"]} | by_ticket
    assert "Seq Scan on messages" not in await _plan(database, erasures.MESSAGES, words)
    exported = text(
        f"SELECT t.id FROM messages t WHERE {MESSAGES_OF_CONTACT} ORDER BY t.id LIMIT 5"
    )
    plan = await _plan(database, exported, by_ticket | {"accounts": ["jan"]})
    assert "Seq Scan on messages" not in plan
    assert "Filter" not in plan


async def test_all_of_many_mails_are_exported_and_erased(
    app: FastAPI,
    gateway: AsyncClient,
    anna: AsyncClient,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In more than one statement."""
    monkeypatch.setattr(erasures, "MAILS_AT_ONCE", 2)
    for number in range(5):
        await post(gateway, mail_of("kim@acme.example", id=f"{number}@x", Cc="jan@acme.example"))
    (jan,) = (await anna.get("/v1/customers/acme/contacts")).json()["items"]
    path = f"/v1/contacts/{jan['id']}"
    async with client(app, "theo") as theo, client(app, "gina") as gina:
        lines = (await theo.get(f"{path}/export")).text.splitlines()
        assert sum(json.loads(line)["part"] == "mails" for line in lines) == 5
        assert (await theo.post(f"{path}/erasure", json={"reason": "asked"})).status_code == 201
        assert (await gina.post(f"{path}/erasure/confirm")).status_code == 200
    assert await run_sql(database, "SELECT count(*) FROM mails WHERE raw <> ''") == [(0,)]
