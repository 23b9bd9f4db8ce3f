"""`schema.sql` is complete: every change of the schema is a change of the text."""

import asyncpg
import pytest
from sqlalchemy import BigInteger, Column, DateTime, MetaData, Table, Text

from common.persistence import base_schema
from common.persistence.schema_dump import dump, plain
from opsdesk_testing.schema import differences

NOTES = """
CREATE SEQUENCE note_numbers START 7;
CREATE TABLE notes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "order" text NOT NULL DEFAULT 'last' CHECK ("order" IN ('first', 'last')),
    written_at timestamptz,
    late boolean GENERATED ALWAYS AS (written_at IS NULL) STORED,
    raw bytea,
    answer bigint REFERENCES notes ON DELETE CASCADE
) WITH (fillfactor = 80);
ALTER TABLE notes ALTER COLUMN raw SET STORAGE EXTERNAL;
CREATE INDEX ix_notes_written ON notes (written_at, id) WHERE written_at IS NOT NULL;
COMMENT ON TABLE notes IS 'What people
    write down.';
COMMENT ON COLUMN notes.late IS 'Not yet written; it''s computed.';
REVOKE UPDATE, DELETE ON notes FROM opsdesk_sla;
GRANT UPDATE (answer) ON notes TO opsdesk_sla;
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'no; never';
END $$;
CREATE TRIGGER never BEFORE DELETE ON notes FOR EACH ROW EXECUTE FUNCTION refuse();
CREATE TRIGGER never_ever BEFORE TRUNCATE ON notes FOR EACH STATEMENT EXECUTE FUNCTION refuse();
"""
DUMPED = """\
-- What people write down.
CREATE TABLE notes (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    "order" text NOT NULL DEFAULT 'last',
    written_at timestamptz,
    -- Not yet written; it's computed.
    late boolean GENERATED ALWAYS AS (written_at IS NULL) STORED,
    raw bytea STORAGE EXTERNAL,
    answer bigint,
    CONSTRAINT notes_pkey PRIMARY KEY (id),
    CONSTRAINT notes_answer_fkey FOREIGN KEY (answer) REFERENCES notes(id) ON DELETE CASCADE,
    CONSTRAINT notes_order_check CHECK ("order" IN ('first', 'last'))
) WITH (fillfactor = 80);
CREATE INDEX ix_notes_written ON notes (written_at, id) WHERE written_at IS NOT NULL;
REVOKE UPDATE, DELETE ON notes FROM opsdesk_sla;
GRANT UPDATE (answer) ON notes TO opsdesk_sla;

CREATE OR REPLACE FUNCTION sla.refuse()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    RAISE EXCEPTION 'no; never';
END $function$;
CREATE TRIGGER never BEFORE DELETE ON notes FOR EACH ROW EXECUTE FUNCTION refuse();
CREATE TRIGGER never_ever BEFORE TRUNCATE ON notes FOR EACH STATEMENT EXECUTE FUNCTION refuse();
"""


async def dumped(owner_url: str, *changes: str) -> str:
    connection = await asyncpg.connect(owner_url, server_settings={"search_path": "sla"})
    try:
        for change in changes:
            await connection.execute(change)
        return await dump(connection, "sla", "common")
    finally:
        await connection.close()


async def test_a_table_is_shown_with_all_that_belongs_to_it(owner_url: str) -> None:
    text = await dumped(owner_url, NOTES)
    assert DUMPED in text
    assert "CREATE SEQUENCE note_numbers START 7;" in text


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE notes ADD COLUMN more text",
        "ALTER TABLE notes ALTER COLUMN written_at SET NOT NULL",
        "ALTER TABLE notes ALTER COLUMN raw SET STORAGE EXTENDED",
        "ALTER TABLE notes ADD CHECK (id > 0)",
        "ALTER TABLE notes SET (fillfactor = 90)",
        "ALTER INDEX ix_notes_written RENAME TO ix_notes_at",
        "DROP TRIGGER never_ever ON notes",
        "GRANT DELETE ON notes TO opsdesk_sla",
        "REVOKE UPDATE (answer) ON notes FROM opsdesk_sla",
        "COMMENT ON COLUMN notes.raw IS 'As it came.'",
        "ALTER SEQUENCE note_numbers START 8",
        "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'",
    ],
)
async def test_every_change_of_the_schema_is_a_change_of_the_text(
    owner_url: str, change: str
) -> None:
    assert await dumped(owner_url, NOTES) != await dumped(owner_url, change)


async def test_the_tables_of_every_service_are_those_of_their_script(owner_url: str) -> None:
    text = await dumped(owner_url)
    made = [line.split()[2] for line in text.splitlines() if line.startswith("CREATE TABLE ")]
    assert made == list(base_schema.TABLES)


@pytest.mark.parametrize(
    ("postgres", "person"),
    [
        ("state = ANY (ARRAY['a'::text, 'b'::text])", "state IN ('a', 'b')"),
        ("state <> ALL (ARRAY['a'::text, 'it''s'::text])", "state NOT IN ('a', 'it''s')"),
        ("'{}'::text[]", "'{}'::text[]"),
        ("a::timestamp with time zone", "a::timestamptz"),
        ("CREATE INDEX i ON t USING btree (a)", "CREATE INDEX i ON t (a)"),
        ("CREATE INDEX i ON t USING gin (a)", "CREATE INDEX i ON t USING gin (a)"),
    ],
)
def test_expressions_read_as_they_were_written(postgres: str, person: str) -> None:
    assert plain(postgres) == person


async def test_tables_in_the_code_are_compared_column_by_column(owner_url: str) -> None:
    await dumped(owner_url, NOTES)
    metadata = MetaData()
    Table(
        "notes",
        metadata,
        Column("id", BigInteger, primary_key=True),
        Column("order", Text),
        Column("written_at", DateTime(timezone=True)),
        Column("answer", Text),
        Column("lost", Text),
    )
    accepted = {"notes.raw": "read by nobody", "notes.id": "alike, in truth"}
    assert await differences(owner_url, "sla", metadata, accepted) == [
        "notes.answer: bigint in the database, text in the code",
        "notes.id: accepted as different, but it is alike",
        "notes.late: boolean in the database, None in the code",
        "notes.lost: None in the database, text in the code",
        "notes.order: text NOT NULL in the database, text in the code",
    ]
