"""Sla's tables. Four eyes are constraints here as well as rules in the core (R1, R2)."""

from alembic import op

from common.persistence import base_schema

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

DIRECTORY = """
CREATE TABLE customers (
    id uuid PRIMARY KEY,
    key text NOT NULL UNIQUE,
    name text NOT NULL,
    timezone text NOT NULL,
    retired boolean NOT NULL DEFAULT false,
    sequence bigint NOT NULL
);
CREATE TABLE environments (
    id uuid PRIMARY KEY,
    key text NOT NULL UNIQUE,
    customer_id uuid NOT NULL,
    tier text NOT NULL,
    retired boolean NOT NULL DEFAULT false,
    sequence bigint NOT NULL
);
"""

PROMISES = """
CREATE TABLE calendars (
    id uuid PRIMARY KEY,
    key text NOT NULL,
    version int NOT NULL CHECK (version > 0),
    definition jsonb NOT NULL,
    zone jsonb NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE (key, version)
);
COMMENT ON COLUMN calendars.zone IS
    'The zone''s offsets and tz release when the version was made: a later release moves nothing.';
CREATE TABLE agreements (
    id uuid PRIMARY KEY,
    key text NOT NULL UNIQUE,
    customer_id uuid NOT NULL REFERENCES customers,
    contract text NOT NULL CHECK (contract IN ('sla', 'ola', 'uc')),
    sequence bigint NOT NULL
);
CREATE TABLE agreement_versions (
    id uuid PRIMARY KEY,
    agreement_id uuid NOT NULL REFERENCES agreements,
    version int NOT NULL CHECK (version > 0),
    service text,
    valid_from timestamptz NOT NULL,
    valid_until timestamptz CHECK (valid_until > valid_from),
    promises jsonb NOT NULL,
    proposed_by text NOT NULL,
    proposed_at timestamptz NOT NULL,
    published_by text,
    published_at timestamptz,
    UNIQUE (agreement_id, version),
    CHECK (proposed_by <> published_by),
    CHECK ((published_by IS NULL) = (published_at IS NULL))
);
"""

CLOCKS = """
CREATE TABLE tickets (
    id uuid PRIMARY KEY,
    key text NOT NULL UNIQUE,
    title text NOT NULL,
    kind text NOT NULL,
    priority text NOT NULL,
    customer_id uuid,
    customer text,
    environment text,
    service text,
    opened_at timestamptz NOT NULL,
    agreement_version uuid REFERENCES agreement_versions,
    agreement text
);
CREATE TABLE early_inputs (
    ticket_id uuid NOT NULL REFERENCES tickets,
    ordinal int NOT NULL,
    kind text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (ticket_id, ordinal)
);
COMMENT ON TABLE early_inputs IS
    'What was heard of tickets in triage, before they had a customer and so a promise.';
CREATE TABLE clocks (
    id uuid PRIMARY KEY,
    ticket_id uuid NOT NULL REFERENCES tickets,
    customer_id uuid NOT NULL,
    metric text NOT NULL,
    state text NOT NULL,
    deadline timestamptz,
    broken_at timestamptz,
    outcome text CHECK (outcome IN ('met', 'breached', 'excused')),
    outcome_at timestamptz,
    next_at timestamptz,
    ordinal int NOT NULL,
    sequence bigint NOT NULL,
    course text NOT NULL,
    UNIQUE (ticket_id, metric),
    CHECK ((outcome IS NULL) = (outcome_at IS NULL))
) WITH (fillfactor = 80);
CREATE INDEX ix_clocks_queue ON clocks (deadline, id) WHERE state IN ('running', 'paused');
CREATE INDEX ix_clocks_customer ON clocks (customer_id, deadline, id);
CREATE INDEX ix_clocks_outcome ON clocks (outcome_at) WHERE outcome IS NOT NULL;
COMMENT ON COLUMN clocks.course IS 'The whole clock as the fold left it, as canonical JSON.';
CREATE TABLE clock_inputs (
    clock_id uuid NOT NULL REFERENCES clocks,
    ordinal int NOT NULL,
    kind text NOT NULL,
    at timestamptz NOT NULL,
    known_at timestamptz NOT NULL,
    body text,
    blind boolean NOT NULL DEFAULT false,
    PRIMARY KEY (clock_id, ordinal)
);
COMMENT ON TABLE clock_inputs IS 'What each clock heard, in order: fold it and get the clock (C9).';
REVOKE UPDATE, DELETE, TRUNCATE ON clock_inputs FROM opsdesk_sla;
"""

WAIVERS = """
CREATE SEQUENCE waiver_numbers;
CREATE TABLE waivers (
    id uuid PRIMARY KEY,
    key text NOT NULL UNIQUE,
    clock_id uuid NOT NULL REFERENCES clocks,
    reason text NOT NULL,
    requested_by text NOT NULL,
    requested_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('requested', 'approved', 'refused')),
    decided_by text,
    decided_at timestamptz,
    decision text,
    late boolean NOT NULL DEFAULT false,
    sequence bigint NOT NULL,
    CHECK (requested_by <> decided_by),
    CHECK ((state = 'requested') = (decided_by IS NULL)),
    CHECK ((decided_by IS NULL) = (decided_at IS NULL))
);
CREATE INDEX ix_waivers_clock ON waivers (clock_id);
"""


def upgrade() -> None:
    base_schema.create_v1(op, "sla")
    for script in (DIRECTORY, PROMISES, CLOCKS, WAIVERS):
        for statement in script.split(";\n"):
            if statement.strip():
                op.execute(statement)
