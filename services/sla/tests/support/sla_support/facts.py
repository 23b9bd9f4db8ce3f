"""A database with facts in every table that is sealed, and ways to tamper with them."""

from collections.abc import Sequence
from datetime import timedelta

import asyncpg
from sqlalchemy import text

from common.persistence.database import Database
from opsdesk_testing.protocol import freeze_time
from sla.evidence.domain.fact_tables import SEALED, VERSIONED
from sla.evidence.fact_check import EvidenceCheck, check_evidence
from sla.evidence.fact_sealing import seal_facts
from sla.evidence.store import lines
from sla.evidence.store.fact_seals import FactSeal
from sla_support.company import NINE, add_services
from sla_support.sealed_days import busy_days

SERVICE_ROLE = "opsdesk_sla"
WRITTEN_AT = NINE + timedelta(hours=33)

_FACTS = """
INSERT INTO reviews VALUES ('00000000-0000-7000-8000-000000000001', 'REV-ACME-2026-05',
    '00000000-0000-0000-0000-0000000000ac', '2026-05', '{}', 'dana', $now, 1, 3);
INSERT INTO review_editions VALUES
    ('00000000-0000-7000-8000-000000000001', 1,
     '{"raw": 37.5, "breaches": [{"ticket": "OPS-1", "title": "Invoices"}], "outages": [{"cause": "OPS-1: Invoices"}]}',
     NULL, 'dana', $now, 'theo', $now),
    ('00000000-0000-7000-8000-000000000001', 2,
     '{"raw": 40.5, "breaches": [{"ticket": "OPS-1", "title": "Invoices"}], "outages": []}',
     'a figure was wrong', 'dana', $now, 'theo', $now);
INSERT INTO review_minutes VALUES
    ('00000000-0000-7000-8000-000000000001', 1, 'Agreed: faster answers.', 'dana', $now),
    ('00000000-0000-7000-8000-000000000001', 2, 'Agreed: more tests.', 'dana', $now);
INSERT INTO review_agenda VALUES
    ('00000000-0000-7000-8000-000000000001', 1, 'Breaches', 'dana', $now),
    ('00000000-0000-7000-8000-000000000001', 2, 'Outlook', 'dana', $now);
INSERT INTO review_audiences VALUES
    ('00000000-0000-0000-0000-0000000000ac', '{dana}', '{}', 'dana', $now);
INSERT INTO action_items VALUES ('00000000-0000-7000-8000-000000000002', 'RA-1',
    '00000000-0000-0000-0000-0000000000ac', '00000000-0000-7000-8000-000000000001', '2026-05', 'Test more',
    'No breach', 'omar', '2026-07-01', 'dana', $now, 'verified', 'omar', $now, 'done', 'anna', $now, 3);
INSERT INTO breach_comments SELECT id, 1, 'Nobody looked', 'dana', $now FROM clocks ORDER BY id LIMIT 1;
INSERT INTO breach_comments SELECT id, 2, 'Nobody was there', 'dana', $now FROM clocks ORDER BY id LIMIT 1;
INSERT INTO agreement_comments
    SELECT '00000000-0000-7000-8000-000000000003', id, 'contact/00000000-0000-0000-0000-00000000c0de',
        'counterparty', $now, 'Eight hours are too long'
    FROM agreement_versions ORDER BY id LIMIT 1;
INSERT INTO agreement_comments
    SELECT '00000000-0000-7000-8000-000000000013', id, 'dana', 'own', $now, 'Six hours, then'
    FROM agreement_versions ORDER BY id LIMIT 1;
INSERT INTO coverage_extensions
    SELECT '00000000-0000-7000-8000-000000000004', id, $now + interval '1 day', $now + interval '2 days',
        '{major}', 'go-live', 'dana', $now, 'theo', $now, $now + interval '36 hours', 'cancelled'
    FROM agreements ORDER BY id LIMIT 1;
INSERT INTO bulk_updates
    SELECT '00000000-0000-7000-8000-000000000005', id, 'cancel', NULL, 'ended', 'theo', $now, 'gina', 1, 2, $now
    FROM agreements ORDER BY id LIMIT 1;
INSERT INTO heartbeats VALUES ('00000000-0000-7000-8000-000000000006', $now, NULL, 3, '0.5 s'),
    ('00000000-0000-7000-8000-000000000006', $now + interval '1 minute', $now, 4, '0.25 s');
INSERT INTO maintenance_windows VALUES ('00000000-0000-7000-8000-000000000007', 'MW-1',
    '00000000-0000-0000-0000-0000000000ac', 'acme', NULL, 'billing', 'Disks', $now + interval '1 day',
    $now + interval '26 hours', 'dana', $now, 'theo', $now, NULL, NULL, 2);
INSERT INTO outages (id, key, customer_id, customer, environment, service, source, source_id, ticket_id,
    effect, started_at, ended_at, counts, ordinal, sequence)
VALUES ('00000000-0000-7000-8000-000000000008', 'OUT-1', '00000000-0000-0000-0000-0000000000ac', 'acme', NULL,
    'billing', 'manual', NULL, NULL, 'down', $now - interval '1 hour', $now, true, 2, 2);
INSERT INTO outage_records VALUES
    ('00000000-0000-7000-8000-000000000008', 1, 'started', 'down', $now - interval '1 hour', NULL, true, $now,
     'dana', NULL, 'disk'),
    ('00000000-0000-7000-8000-000000000008', 2, 'corrected', 'down', $now - interval '1 hour', $now, true, $now,
     'dana', 'theo', 'seen in the log');
INSERT INTO outage_corrections VALUES ('00000000-0000-7000-8000-000000000009',
    '00000000-0000-7000-8000-000000000008', NULL, $now, false, 'down', true, 'seen in the log', 'confirmed',
    'dana', $now, 'theo', $now);
INSERT INTO outage_rules VALUES (1, '[]', 'theo', $now, 'gina');
INSERT INTO outage_rule_requests VALUES
    ('00000000-0000-7000-8000-00000000000e', 0, '[]', 'theo', $now);
INSERT INTO series VALUES ('00000000-0000-7000-8000-00000000000a', 'acme-orders', 'Orders', 'ms',
    '00000000-0000-0000-0000-0000000000ac', 'billing', NULL, 60, 'ok', 0, 'dana', $now);
INSERT INTO samples (series_id, at, value) VALUES
    ('00000000-0000-7000-8000-00000000000a', $now, 0.1), ('00000000-0000-7000-8000-00000000000a',
    $now + interval '1 minute', 120);
INSERT INTO sample_days VALUES ('00000000-0000-7000-8000-00000000000a', '2026-06-02', 2, 120.1, 0.1, 120);
INSERT INTO measured_promises VALUES ('00000000-0000-7000-8000-00000000000a', 1, $now, 'lower', 'p95', 200, NULL,
    'dana', $now);
INSERT INTO usage_limits VALUES ('00000000-0000-7000-8000-00000000000a', 1, $now, 500, 'from_below', 86400,
    'dana', $now);
INSERT INTO rate_cards VALUES ('00000000-0000-7000-8000-00000000000b', '00000000-0000-0000-0000-0000000000ac', 1,
    'EUR', '{"standard": 9000}', '2026-01-01', NULL, 'theo', $now);
INSERT INTO time_entries
    SELECT '00000000-0000-7000-8000-00000000000c', 'WRK-1', id, customer_id, NULL, 'omar', 90, '2026-06-02',
        'standard', NULL, NULL, 'omar', $now FROM tickets ORDER BY id LIMIT 1;
INSERT INTO waivers
    SELECT '00000000-0000-7000-8000-00000000000d', 'WVR-1', id, NULL, 'acme', NULL, NULL, NULL, 'a move', 'dana',
        $now, $now, $now + interval '2 days', 'approved', 'gina', $now, 'fine', true, NULL, NULL, NULL, 2
    FROM clocks ORDER BY id LIMIT 1;
INSERT INTO restorations VALUES ($now, 'ops', $now);
"""


async def write_facts(database: Database) -> None:
    """Write at least one row into each table of facts, as the service does; nothing is sealed yet."""
    await busy_days(database)
    await add_services(database, "billing", "portal")
    await freeze_time(database, WRITTEN_AT)
    async with database.transaction() as tx:
        for statement in _FACTS.replace("$now", f"timestamptz '{WRITTEN_AT.isoformat()}'").split(
            ";\n"
        ):
            if statement.strip():
                await tx.exec_driver_sql(statement)
    await audit_all(database)


async def audit_all(database: Database) -> None:
    """Give every transaction that wrote a fact an act: these tests store facts without routes."""
    async with database.transaction() as tx:
        await tx.execute(
            text(
                "INSERT INTO audit (at, who, action, subject, xid) SELECT DISTINCT sla.now(), 'dana', 'test',"
                " 'test/1', xid FROM fact_versions WHERE xid NOT IN (SELECT xid FROM audit)"
            )
        )


async def seal(database: Database) -> list[FactSeal]:
    """Make one pass."""
    return await seal_facts(database)


async def problems(database: Database, *noted: str) -> list[str]:
    """What the check names."""
    return (await check_evidence(database, noted)).problems


async def owner_connection(owner_url: str) -> "asyncpg.Connection":
    """A connection of the owner of the tables, who has taken away what the tables would refuse."""
    owner = await asyncpg.connect(owner_url, server_settings={"search_path": "sla"})
    constraints = await owner.fetch(
        "SELECT conrelid::regclass::text AS relation, conname FROM pg_constraint"
        " WHERE connamespace = 'sla'::regnamespace AND contype IN ('c', 'f', 'u', 'x') ORDER BY contype"
    )
    for one in constraints:
        await owner.execute(
            f'ALTER TABLE {one["relation"]} DROP CONSTRAINT IF EXISTS "{one["conname"]}"'
        )
    return owner


async def named(
    owner: "asyncpg.Connection", *statements: str, triggers: bool, relation: str
) -> list[str]:
    """What the check names after these statements of the owner, which are taken back."""
    transaction = owner.transaction()
    await transaction.start()
    try:
        await owner.execute(lines.FIXED_SETTINGS)
        if not triggers:
            await owner.execute(f"ALTER TABLE {relation} DISABLE TRIGGER USER")
        for statement in statements:
            await owner.execute(statement)
        if not triggers:
            await owner.execute(f"ALTER TABLE {relation} ENABLE TRIGGER USER")
        check = EvidenceCheck(owner, SERVICE_ROLE)
        await check.check_seals()
        await check.check_outside_seals()
        await check.check_writers()
        await check.check_histories()
        await check.check_anchors(())
        return check.problems
    finally:
        await transaction.rollback()


async def writable_columns(owner: "asyncpg.Connection", relation: str) -> Sequence[tuple[str, str]]:
    """The columns of a table that a statement can set, with their types."""
    rows = await owner.fetch(
        "SELECT attname, format_type(atttypid, NULL) AS type FROM pg_attribute WHERE attrelid = to_regclass($1)"
        " AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attidentity <> 'a' ORDER BY attnum",
        f"sla.{relation}",
    )
    return [(row["attname"], row["type"]) for row in rows]


def another_value(column: str, kind: str) -> str:
    """SQL for a value of a column that is not the present one."""
    quoted = f'"{column}"'
    by_kind = {
        "text": f"coalesce({quoted}, '') || 'x'",
        "uuid": "gen_random_uuid()",
        "integer": f"coalesce({quoted}, 0) + 77",
        "bigint": f"coalesce({quoted}, 0) + 7777777",
        "smallint": f"coalesce({quoted}, 0) + 1",
        "numeric": f"coalesce({quoted}, 0) + 1",
        "double precision": f"coalesce({quoted}, 0) + 0.5",
        "boolean": f"NOT coalesce({quoted}, false)",
        "timestamp with time zone": f"coalesce({quoted}, '2026-05-01Z') + interval '1 microsecond'",
        "date": f"coalesce({quoted}, '2026-05-01') + 1",
        "interval": f"coalesce({quoted}, '0') + interval '1 microsecond'",
        "jsonb": f"jsonb_build_array({quoted})",
        "text[]": f"coalesce({quoted}, '{{}}') || ARRAY['x']",
        "uuid[]": f"coalesce({quoted}, '{{}}') || ARRAY[gen_random_uuid()]",
        "bytea": f"coalesce({quoted}, '') || '\\x00'::bytea",
        "int8multirange": f"{quoted} + int8multirange(int8range(900000, 900001))",
    }
    return by_kind[kind]


ALL_TABLES = (*VERSIONED, *(one for one in SEALED if one != "fact_versions"))
