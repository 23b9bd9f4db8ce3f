CREATE TABLE goal_warnings (
    id uuid PRIMARY KEY,
    agreement text NOT NULL,
    month text NOT NULL CHECK (month ~ '^[0-9]{4}-[0-9]{2}$'),
    goal text NOT NULL,
    at_risk_at timestamptz,
    lost_at timestamptz,
    sequence bigint NOT NULL,
    UNIQUE (agreement, month, goal),
    CONSTRAINT ck_goal_warnings_sequence
        CHECK (sequence >= (at_risk_at IS NOT NULL)::int + (lost_at IS NOT NULL)::int)
);
COMMENT ON TABLE goal_warnings IS
    'The warnings that were sent of a goal in a month, each once (R3).';
REVOKE DELETE, TRUNCATE ON goal_warnings FROM opsdesk_sla;
