"""The first schema: reference data, policies, cases and their notifications.

Revision ID: 0001
Revises:
"""

from alembic import op

from common.persistence import base_schema

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

REFERENCE = """
CREATE TABLE people (
    sub text PRIMARY KEY,
    name text NOT NULL,
    email text NOT NULL,
    timezone text NOT NULL,
    roles text[] NOT NULL,
    retired boolean NOT NULL
);
COMMENT ON TABLE people IS 'Staff as intake tells them; house is the last resort''s own address.';
INSERT INTO people VALUES ('house', 'On duty', 'on-duty@localhost', 'UTC', '{}', false);
CREATE TABLE personal_settings (
    sub text PRIMARY KEY,
    channels jsonb NOT NULL,
    rules jsonb NOT NULL
);
CREATE TABLE customers (
    id uuid PRIMARY KEY,
    key text NOT NULL,
    name text NOT NULL,
    timezone text NOT NULL,
    retired boolean NOT NULL
);
CREATE TABLE environments (
    id uuid PRIMARY KEY,
    key text NOT NULL,
    customer text NOT NULL,
    tier text NOT NULL,
    name text NOT NULL,
    retired boolean NOT NULL
);
CREATE INDEX ix_environments_key ON environments (key)
"""

RULES = """
CREATE TABLE policies (
    id uuid PRIMARY KEY,
    key text NOT NULL,
    version int NOT NULL,
    body jsonb NOT NULL,
    made_at timestamptz NOT NULL,
    made_by text NOT NULL,
    UNIQUE (key, version)
);
CREATE TABLE matrices (
    version int PRIMARY KEY,
    rows jsonb NOT NULL,
    made_at timestamptz NOT NULL,
    made_by text NOT NULL
);
CREATE TABLE rotas (
    key text NOT NULL,
    version int NOT NULL,
    body jsonb NOT NULL,
    made_at timestamptz NOT NULL,
    made_by text NOT NULL,
    PRIMARY KEY (key, version)
)
"""

CASES = """
CREATE SEQUENCE escalation_keys;
CREATE TABLE escalations (
    id uuid PRIMARY KEY,
    key text NOT NULL UNIQUE DEFAULT 'ESC-' || nextval('escalation_keys'),
    sequence bigint NOT NULL,
    opened_at timestamptz NOT NULL,
    trigger text NOT NULL,
    severity text NOT NULL,
    dedup_key text NOT NULL,
    title text NOT NULL,
    at timestamptz NOT NULL,
    kind text,
    service text,
    customer text,
    environment text,
    tier text,
    ticket_id uuid,
    ticket text,
    breaks_at timestamptz,
    policy_id uuid NOT NULL REFERENCES policies (id),
    status text NOT NULL CHECK (status IN ('open', 'acknowledged', 'snoozed', 'resolved')),
    due_at timestamptz,
    passes int NOT NULL,
    fired int NOT NULL,
    next_step int NOT NULL,
    exhausted boolean NOT NULL,
    acknowledged_by text[] NOT NULL,
    snooze_asked_by text,
    snooze_until timestamptz,
    resolved_at timestamptz,
    CHECK ((status = 'resolved') = (resolved_at IS NOT NULL)),
    CHECK (due_at IS NULL OR status <> 'resolved')
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX uq_escalations_unresolved ON escalations (dedup_key)
    WHERE status <> 'resolved';
CREATE INDEX ix_escalations_cause ON escalations (dedup_key, opened_at, id);
CREATE INDEX ix_escalations_ticket ON escalations (ticket_id) WHERE status <> 'resolved';
CREATE INDEX ix_escalations_list ON escalations (opened_at DESC, id DESC);
CREATE TABLE timeline (
    escalation_id uuid NOT NULL REFERENCES escalations (id),
    sequence bigint NOT NULL,
    at timestamptz NOT NULL,
    kind text NOT NULL,
    by text,
    second text,
    detail jsonb NOT NULL,
    PRIMARY KEY (escalation_id, sequence),
    CONSTRAINT ck_timeline_two_people CHECK (second IS NULL OR (by IS NOT NULL AND second <> by))
);
REVOKE UPDATE, DELETE, TRUNCATE ON timeline FROM opsdesk_escalation;
CREATE TABLE notifications (
    id uuid PRIMARY KEY,
    key text NOT NULL,
    escalation_id uuid NOT NULL REFERENCES escalations (id),
    purpose text NOT NULL CHECK (purpose IN ('page', 'exhausted', 'duty', 'all_clear')),
    person text NOT NULL,
    channel text NOT NULL,
    address text NOT NULL,
    send_at timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'ready', 'sent', 'cancelled', 'failed')),
    attempts int NOT NULL,
    tried text[] NOT NULL,
    to_fallback boolean NOT NULL,
    next_try_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    lease uuid,
    settled_at timestamptz,
    problem text,
    UNIQUE (escalation_id, key)
) WITH (fillfactor = 70);
CREATE INDEX ix_notifications_ready ON notifications (next_try_at) WHERE state = 'ready';
COMMENT ON COLUMN notifications.next_try_at IS
    'Real time: the next attempt, or the end of the lease while one is being made.'
"""

# What holds until somebody gives better rules: first level, then those behind it, then the house.
HOUSE = """
INSERT INTO policies VALUES (
    '01900000-0000-7000-8000-000000000001', 'house', 1,
    '{"id": "01900000-0000-7000-8000-000000000001", "key": "house", "version": 1,
      "steps": [{"targets": [{"kind": "role", "name": "ops"}], "delay": "PT15M"},
                {"targets": [{"kind": "role", "name": "tom"},
                             {"kind": "role", "name": "second_level"}], "delay": "PT15M"}],
      "fallback": "house", "repeat": 2, "audiences": ["dm", "ops", "tom"]}',
    statement_timestamp(), 'opsdesk');
INSERT INTO matrices VALUES (
    1, '[{"when": {}, "policy": "house"}]', statement_timestamp(), 'opsdesk')
"""


def upgrade() -> None:
    base_schema.create_v1(op, "escalation")
    for script in (REFERENCE, RULES, CASES, HOUSE):
        for statement in script.split(";\n"):
            op.execute(statement)
