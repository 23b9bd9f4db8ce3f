-- Alerts of monitoring systems.

CREATE TABLE alert_posts (
    id uuid PRIMARY KEY,
    format text NOT NULL,
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
