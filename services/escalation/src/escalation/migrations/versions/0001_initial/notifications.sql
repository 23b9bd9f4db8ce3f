-- Notifications: written with a case's timeline, sent under a lease.

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
    link_used_at timestamptz,
    UNIQUE (escalation_id, key)
) WITH (fillfactor = 70);
CREATE INDEX ix_notifications_ready ON notifications (next_try_at) WHERE state = 'ready';
COMMENT ON COLUMN notifications.next_try_at IS
    'Real time: the next attempt, or the end of the lease while one is being made.';
COMMENT ON COLUMN notifications.link_used_at IS
    'When the case was acknowledged by the link in this message, which is good for one time.';
