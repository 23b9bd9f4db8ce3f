-- Cases, what happened in them, and whom they call.

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
    expected_breach_at timestamptz,
    policy_id uuid NOT NULL REFERENCES policies (id),
    status text NOT NULL CHECK (status IN ('open', 'acknowledged', 'snoozed', 'resolved')),
    due_at timestamptz,
    passes int NOT NULL,
    fired int NOT NULL,
    next_step int NOT NULL,
    exhausted boolean NOT NULL,
    acknowledged_by text[] NOT NULL,
    snooze_requested_by text,
    snooze_until timestamptz,
    resolved_at timestamptz,
    CONSTRAINT ck_escalations_resolved_at
        CHECK ((status = 'resolved') = (resolved_at IS NOT NULL)),
    CONSTRAINT ck_escalations_due_at CHECK (due_at IS NULL OR status <> 'resolved')
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX uq_escalations_unresolved ON escalations (dedup_key)
    WHERE status <> 'resolved';
CREATE INDEX ix_escalations_cause ON escalations (dedup_key, opened_at, id);
CREATE INDEX ix_escalations_ticket ON escalations (ticket_id) WHERE status <> 'resolved';
CREATE INDEX ix_escalations_list ON escalations (opened_at DESC, id DESC);
CREATE INDEX ix_escalations_by_customer ON escalations (customer, opened_at DESC, id DESC)
    WHERE customer IS NOT NULL;
CREATE INDEX ix_escalations_by_environment ON escalations (environment, opened_at DESC, id DESC)
    WHERE environment IS NOT NULL;
CREATE INDEX ix_escalations_by_ticket ON escalations (ticket, opened_at DESC, id DESC)
    WHERE ticket IS NOT NULL;

CREATE TABLE timeline (
    escalation_id uuid NOT NULL REFERENCES escalations (id),
    sequence bigint NOT NULL,
    at timestamptz NOT NULL,
    kind text NOT NULL,
    by text,
    confirmed_by text,
    detail jsonb NOT NULL,
    PRIMARY KEY (escalation_id, sequence),
    CONSTRAINT ck_timeline_two_people CHECK (confirmed_by IS NULL OR (by IS NOT NULL AND confirmed_by <> by))
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
    state text NOT NULL CHECK (state IN ('on_hold', 'ready', 'sent', 'cancelled', 'failed')),
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
    'Real time: the next attempt, or the end of the lease while one is being made.';
