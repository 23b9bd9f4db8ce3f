"""Which rows of intake and sla belong to a ticket that has gone its way, and how those of its copies differ.

Positions of evidence are negative and its transactions ancient: so no sealer and no indexer looks at them, as at what
was sealed and indexed long ago. Deadlines are not copied: a closed ticket has none, and those of open ones are armed for
the measurement of deadlines alone.
"""

from collections.abc import Mapping
from typing import Final

from tests.benchmarks.copy_statements import CUSTOMERS, SCHEMA, Copies, customer_id, id_of
from tests.benchmarks.dropped_indexes import Connection

RARE_WORD: Final = "x{:x}"
"""A word that a ten-thousandth of a thousandth of all tickets has."""
RARE_WORDS: Final = 1_000_003
FIRST_NUMBER: Final = 1_000_000
_CUSTOMER_KEY: Final = "'customer-' || c.customer"
_ASSIGNEE: Final = "CASE WHEN c.n % 100 = 0 THEN 'anna' ELSE 'omar' END"
_ANCIENT: Final = {"xid": "3"}
_SUBJECT: Final = "x.subject = 'ticket/' || seed_id"
_DUE_LATER: Final = "c.youngest + (1 + c.n % 60) * interval '12 hours'"


def _of_ticket(table: str, order: str, belongs: str = "seed_id = x.ticket_id") -> str:
    """The rows of the seeds' tickets, numbered for each ticket."""
    return f"""
    SELECT x.*, seed, opened_at_once, row_number() OVER (PARTITION BY seed ORDER BY {order}) AS nth
    FROM {table} x JOIN {SCHEMA}.public_seeds ON {belongs}
    """


def _position(each: int) -> str:
    """SQL for a position below all that the services give: `each` of them are a ticket's."""
    return f"s.nth - (c.n + 1) * {each}"


SEEDS: Final = Copies(
    "seeds",
    """
    SELECT id AS seed_id, row_number() OVER (ORDER BY closed_at IS NOT NULL, number) - 1 AS seed,
        opened_at AS opened_at_once FROM intake.tickets
    """,
    {},
)
"""The tickets that are copied: the open ones first."""
INTAKE: Final = [
    Copies(
        "tickets",
        _of_ticket("intake.tickets", "number", "seed_id = x.id"),
        {
            "id": "c.id",
            "number": f"{FIRST_NUMBER} + c.n",
            "assignee": _ASSIGNEE,
            "reopenable_until": "c.at + (s.reopenable_until - s.opened_at_once)",
        },
    ),
    Copies("messages", _of_ticket("intake.messages", "x.id"), {"id": id_of("s.nth")}),
    Copies(
        "audit",
        _of_ticket("intake.audit", "position", _SUBJECT),
        _ANCIENT | {"position": _position(32), "subject": "'ticket/' || c.id"},
        stays_where="position > 0",
    ),
    Copies(
        "audit_leaves",
        f"SELECT position, 0::bigint AS seal, ''::bytea AS hash, seed, nth, opened_at_once FROM {SCHEMA}.intake_audit",
        {"position": _position(32), "hash": "sha256(convert_to(c.id::text || s.nth, 'UTF8'))"},
        stays_where="position > 0",
    ),
    Copies(
        "ticket_documents",
        _of_ticket("intake.ticket_documents", "audience"),
        {"words": f"s.words || ('x' || to_hex(c.n % {RARE_WORDS}))::tsvector"},
    ),
    Copies(
        "promises",
        _of_ticket("intake.promises", "metric"),
        {"clock_id": id_of("s.nth + 8"), "due_at": _DUE_LATER},
    ),
    Copies(
        "queue_entries",
        _of_ticket("intake.queue_entries", "due_at"),
        {"assignee": _ASSIGNEE, "due_at": _DUE_LATER},
    ),
    Copies(
        "inbox",
        f"""
        SELECT x.*, seed, opened_at_once, row_number() OVER (PARTITION BY seed ORDER BY x.subject) AS nth
        FROM intake.inbox x JOIN sla.clocks k ON x.subject = 'clock/' || k.id
            JOIN {SCHEMA}.public_seeds ON seed_id = k.ticket_id
        """,
        {"subject": f"'clock/' || {id_of('s.nth + 8')}"},
        stays_where="subject NOT LIKE 'clock/%'",
    ),
]
_STRETCHED: Final = "(s.elapsed_seconds * c.stretch)::bigint"
SLA: Final = [
    Copies(
        "tickets",
        _of_ticket("sla.tickets", "key", "seed_id = x.id"),
        {"id": "c.id", "key": f"'OPS-' || ({FIRST_NUMBER} + c.n)", "customer": _CUSTOMER_KEY},
    ),
    Copies(
        "ticket_state_changes",
        _of_ticket("sla.ticket_state_changes", "ordinal"),
        {},
    ),
    Copies(
        "clocks",
        _of_ticket("sla.clocks", "metric"),
        {
            "id": id_of("s.nth + 8"),
            "deadline": f"CASE WHEN s.deadline IS NOT NULL THEN {_DUE_LATER} END",
            "next_at": f"CASE WHEN s.next_at IS NOT NULL THEN {_DUE_LATER} END",
            "outcome": "CASE WHEN s.outcome = 'met' AND c.n % 12 = 0 THEN 'breached' ELSE s.outcome END",
            "elapsed_seconds": _STRETCHED,
        },
    ),
    Copies(
        "clock_inputs",
        f"""
        SELECT x.*, k.seed, k.opened_at_once, k.nth AS nth_clock,
            row_number() OVER (PARTITION BY k.seed ORDER BY x.position) AS nth
        FROM sla.clock_inputs x JOIN {SCHEMA}.sla_clocks k ON k.id = x.clock_id
        """,
        _ANCIENT | {"clock_id": id_of("s.nth_clock + 8"), "position": _position(64)},
    ),
    Copies(
        "inbox",
        _of_ticket("sla.inbox", "x.subject", _SUBJECT),
        {"subject": "'ticket/' || c.id"},
        stays_where="subject NOT LIKE 'ticket/%'",
    ),
]
_CUSTOMERS: Final[Mapping[str, str]] = {
    "intake": "language, sequence) SELECT {id}, 'customer-' || n, 'Customer ' || n, 'UTC', 'en', 1",
    "sla": "sequence) SELECT {id}, 'customer-' || n, 'Customer ' || n, 'UTC', 1",
}


_PERSON: Final = """
INSERT INTO intake.people (id, sub, name, email, timezone, roles, retired, sequence)
VALUES (gen_random_uuid(), 'anna', 'Anna', 'anna@ours.example', 'UTC', '{ops}', false, 1)
"""


async def add_customers(connection: Connection) -> None:
    """To whom the copied tickets belong, in both services, and who works on some."""
    await connection.execute(_PERSON)
    for schema, rest in _CUSTOMERS.items():
        await connection.execute(
            f"INSERT INTO {schema}.customers (id, key, name, timezone, {rest.format(id=customer_id('n'))}"
            f" FROM generate_series(0, {CUSTOMERS - 1}) n"
        )
