-- Cases (escalations) and their timelines.

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
    ticket_kind text,
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
    round int NOT NULL,
    fired_step int NOT NULL,
    next_step int NOT NULL,
    exhausted boolean NOT NULL,
    acknowledged_by text[] NOT NULL,
    snooze_requested_by text,
    snooze_until timestamptz,
    resolve_requested_by text,
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

-- Two accounts of one person are refused, too (R1).

CREATE TRIGGER two_persons_quieten BEFORE INSERT OR UPDATE OF confirmed_by ON timeline
    FOR EACH ROW WHEN (NEW.confirmed_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('by', 'confirmed_by');
