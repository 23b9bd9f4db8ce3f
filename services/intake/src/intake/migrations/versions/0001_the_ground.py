"""Intake's tables. Four eyes are constraints here as well as rules in the core (R1)."""

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
    language text NOT NULL,
    retired boolean NOT NULL DEFAULT false,
    sequence bigint NOT NULL
);
CREATE TABLE contacts (
    id uuid PRIMARY KEY,
    customer_id uuid NOT NULL REFERENCES customers,
    name text NOT NULL,
    address text UNIQUE,
    phone text,
    language text NOT NULL,
    erased boolean NOT NULL DEFAULT false,
    sequence bigint NOT NULL
);
CREATE INDEX ix_contacts_customer ON contacts (customer_id, id);
CREATE TABLE environments (
    id uuid PRIMARY KEY,
    key text NOT NULL UNIQUE,
    customer_id uuid NOT NULL REFERENCES customers,
    tier text NOT NULL CHECK (tier IN ('production', 'staging', 'test', 'development')),
    name text NOT NULL,
    retired boolean NOT NULL DEFAULT false,
    sequence bigint NOT NULL
);
CREATE INDEX ix_environments_customer ON environments (customer_id, id);
CREATE TABLE partners (
    id uuid PRIMARY KEY,
    key text NOT NULL UNIQUE,
    name text NOT NULL,
    timezone text NOT NULL,
    email text,
    retired boolean NOT NULL DEFAULT false,
    sequence bigint NOT NULL
);
CREATE TABLE people (
    id uuid PRIMARY KEY,
    sub text NOT NULL UNIQUE,
    name text NOT NULL,
    email text NOT NULL UNIQUE,
    phone text,
    timezone text NOT NULL,
    roles text[] NOT NULL,
    retired boolean NOT NULL DEFAULT false,
    sequence bigint NOT NULL
);
"""

TICKETS = """
CREATE SEQUENCE ticket_numbers START 1001;
CREATE TABLE tickets (
    id uuid PRIMARY KEY,
    number bigint NOT NULL UNIQUE,
    kind text NOT NULL CHECK (kind IN
        ('incident', 'service_request', 'change_request', 'problem', 'question')),
    nature text CHECK (nature IN ('corrective', 'adaptive', 'perfective', 'preventive')),
    title text NOT NULL,
    description text,
    priority text NOT NULL CHECK (priority IN
        ('blocker', 'critical', 'major', 'minor', 'trivial')),
    impact text,
    urgency text,
    priority_by text,
    priority_confirmed_by text,
    lowering_priority text,
    lowering_impact text,
    lowering_urgency text,
    lowering_by text,
    lowering_at timestamptz,
    lowering_reason text,
    state text NOT NULL CHECK (state IN ('new', 'in_progress', 'waiting', 'forwarded',
        'resolved', 'verified', 'closed', 'reopened', 'merged')),
    waiting_on text,
    customer_id uuid REFERENCES customers,
    environment_id uuid REFERENCES environments,
    service text,
    contact_id uuid REFERENCES contacts,
    reporter text,
    channel text NOT NULL,
    assignee text,
    team text,
    forwarded_to text,
    partner text,
    opened_at timestamptz NOT NULL,
    opened_by text NOT NULL,
    resolution text,
    resolved_by text,
    resolved_at timestamptz,
    verified_by text,
    verified_at timestamptz,
    closed_at timestamptz,
    merged_into uuid REFERENCES tickets,
    sequence bigint NOT NULL CHECK (sequence > 0),
    CONSTRAINT ck_tickets_nature CHECK (nature IS NULL OR kind = 'change_request'),
    CONSTRAINT ck_tickets_resolved CHECK (state NOT IN ('resolved', 'verified', 'closed')
        OR (resolved_by IS NOT NULL AND resolved_at IS NOT NULL)),
    CONSTRAINT ck_tickets_verified CHECK (state NOT IN ('verified', 'closed')
        OR (verified_by IS NOT NULL AND verified_at IS NOT NULL)),
    CONSTRAINT ck_tickets_four_eyes CHECK (verified_by IS NULL
        OR (resolved_by IS NOT NULL AND verified_by <> resolved_by)),
    CONSTRAINT ck_tickets_priority_four_eyes CHECK (priority_confirmed_by IS NULL
        OR (priority_by IS NOT NULL AND priority_confirmed_by <> priority_by))
) WITH (fillfactor = 85);
CREATE INDEX ix_tickets_customer ON tickets (customer_id, id);
CREATE INDEX ix_tickets_open ON tickets (id)
    WHERE state IN ('new', 'in_progress', 'waiting', 'forwarded', 'reopened');
CREATE INDEX ix_tickets_environment ON tickets (environment_id) WHERE priority = 'blocker';
COMMENT ON COLUMN tickets.reporter IS 'The address of a sender who is no known contact.';
CREATE TABLE messages (
    id uuid PRIMARY KEY,
    ticket_id uuid NOT NULL REFERENCES tickets,
    visibility text NOT NULL CHECK (visibility IN ('public', 'internal')),
    direction text NOT NULL CHECK (direction IN ('inbound', 'outbound')),
    author text NOT NULL,
    text text NOT NULL,
    html text,
    automatic boolean NOT NULL,
    at timestamptz NOT NULL,
    mail_id uuid UNIQUE
);
CREATE INDEX ix_messages_ticket ON messages (ticket_id, id);
CREATE TABLE attachments (
    message_id uuid NOT NULL REFERENCES messages,
    position bigint NOT NULL,
    name text NOT NULL,
    media_type text NOT NULL,
    size bigint NOT NULL,
    PRIMARY KEY (message_id, position)
);
CREATE TABLE hand_overs (
    id uuid PRIMARY KEY,
    ticket_id uuid NOT NULL REFERENCES tickets,
    by text NOT NULL,
    at timestamptz NOT NULL,
    "to" text NOT NULL CHECK ("to" IN ('second_level', 'partner')),
    partner text,
    seen text NOT NULL CHECK (seen <> ''),
    tried text NOT NULL CHECK (tried <> ''),
    excluded text NOT NULL
);
CREATE INDEX ix_hand_overs_ticket ON hand_overs (ticket_id, id);
"""

LOWERING = """
CREATE FUNCTION refuse_lowering_alone() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ranks CONSTANT text[] := ARRAY['blocker', 'critical', 'major', 'minor', 'trivial'];
BEGIN
    IF array_position(ranks, NEW.priority) > array_position(ranks, OLD.priority) AND (
        OLD.lowering_priority IS DISTINCT FROM NEW.priority
        OR OLD.lowering_by IS DISTINCT FROM NEW.priority_by
        OR NEW.priority_confirmed_by IS NULL
        OR NEW.priority_confirmed_by = OLD.lowering_by
    ) THEN
        RAISE EXCEPTION 'a lower priority needs the person who asked for it and another one'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_tickets_priority_four_eyes';
    END IF;
    RETURN NEW;
END $$
"""

TRIGGER = """
CREATE TRIGGER lowering_needs_two BEFORE UPDATE OF priority ON tickets
    FOR EACH ROW WHEN (NEW.priority <> OLD.priority)
    EXECUTE FUNCTION refuse_lowering_alone()
"""

MAILS = """
CREATE TABLE mails (
    id uuid PRIMARY KEY,
    message_id text NOT NULL,
    fingerprint text NOT NULL,
    raw bytea NOT NULL,
    received_by text NOT NULL,
    received_at timestamptz NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('received', 'opened', 'joined', 'ignored')),
    reason text,
    ticket_id uuid REFERENCES tickets,
    UNIQUE (message_id, fingerprint)
);
ALTER TABLE mails ALTER COLUMN raw SET STORAGE EXTERNAL;
CREATE INDEX ix_mails_outcome ON mails (outcome, id);
COMMENT ON TABLE mails IS 'Every mail as it came, kept before anything tries to understand it.';
CREATE TABLE mail_threads (
    message_id text NOT NULL,
    ticket_id uuid NOT NULL REFERENCES tickets,
    PRIMARY KEY (message_id, ticket_id)
);
COMMENT ON TABLE mail_threads IS 'Ids that a ticket''s mails bear or refer to.';
"""

ALERTS = """
CREATE TABLE alert_posts (
    id uuid PRIMARY KEY,
    format text NOT NULL,
    monitor text NOT NULL,
    raw bytea NOT NULL,
    received_at timestamptz NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('received', 'read', 'unreadable')),
    reason text
);
CREATE TABLE alerts (
    id uuid PRIMARY KEY,
    monitor text NOT NULL,
    dedup_key text NOT NULL,
    episode text NOT NULL,
    group_key text NOT NULL,
    title text NOT NULL,
    severity text,
    service text,
    customer_id uuid REFERENCES customers,
    environment_id uuid REFERENCES environments,
    ticket_id uuid REFERENCES tickets,
    started_at timestamptz NOT NULL,
    ended_at timestamptz,
    sequence bigint NOT NULL,
    UNIQUE (monitor, dedup_key, episode)
);
CREATE INDEX ix_alerts_group ON alerts (monitor, group_key) WHERE ended_at IS NULL;
CREATE INDEX ix_alerts_ticket ON alerts (ticket_id);
"""


def upgrade() -> None:
    base_schema.create_v1(op, "intake")
    for script in (DIRECTORY, TICKETS, MAILS, ALERTS):
        for statement in script.split(";\n"):
            if statement.strip():
                op.execute(statement)
    op.execute(LOWERING)
    op.execute(TRIGGER)
