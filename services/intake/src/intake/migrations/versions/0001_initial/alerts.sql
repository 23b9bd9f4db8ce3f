-- Alerts of monitoring systems.

CREATE TABLE alert_posts (
    id uuid PRIMARY KEY,
    source text NOT NULL,
    address text NOT NULL,
    monitor text NOT NULL,
    raw bytea NOT NULL,
    received_at timestamptz NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('received', 'read', 'unreadable')),
    reason text
);
CREATE INDEX ix_alert_posts_processed ON alert_posts (received_at) WHERE outcome <> 'received';

CREATE TABLE alerts (
    id uuid PRIMARY KEY,
    monitor text NOT NULL,
    source text NOT NULL,
    dedup_key text NOT NULL,
    group_key text NOT NULL,
    scope text NOT NULL,
    title text NOT NULL,
    severity text,
    priority text NOT NULL,
    service text,
    customer_id uuid REFERENCES customers,
    environment_id uuid REFERENCES environments,
    ticket_id uuid REFERENCES tickets,
    started_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    times bigint NOT NULL,
    needs_quiet boolean NOT NULL,
    end_reported_at timestamptz,
    ended_at timestamptz,
    sequence bigint NOT NULL
);
-- One open episode of an alert at a time (I4).
CREATE UNIQUE INDEX uq_alerts_open ON alerts (monitor, source, dedup_key) WHERE ended_at IS NULL;
CREATE INDEX ix_alerts_key ON alerts (monitor, source, dedup_key, id DESC);
CREATE INDEX ix_alerts_ticket ON alerts (ticket_id, id);
CREATE INDEX ix_alerts_ticket_open ON alerts (ticket_id) WHERE ended_at IS NULL;

-- A ticket of alerts: what stands on it already. "storm": the scope whose storm it collects.
CREATE TABLE alert_tickets (
    ticket_id uuid PRIMARY KEY REFERENCES tickets,
    monitor text NOT NULL,
    storm text,
    remarks text[] NOT NULL,
    truncated bigint NOT NULL,
    truncated_note_id uuid REFERENCES messages
);
CREATE INDEX ix_alert_tickets_storm ON alert_tickets (monitor) WHERE storm IS NOT NULL;

-- The newest ticket of each group, customer and environment (I4).
CREATE TABLE alert_groups (
    monitor text NOT NULL,
    group_key text NOT NULL,
    scope text NOT NULL,
    ticket_id uuid NOT NULL REFERENCES tickets,
    opened_at timestamptz NOT NULL,
    PRIMARY KEY (monitor, group_key, scope)
);
CREATE INDEX ix_alert_groups_opened ON alert_groups (monitor, opened_at);
