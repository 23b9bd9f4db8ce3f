-- Proof that deadlines fired in time: heartbeats of the timers, and seals over days.

CREATE INDEX ix_firings_fired_at ON firings USING brin (fired_at) WITH (autosummarize = on);

CREATE TABLE heartbeats (
    run uuid NOT NULL,
    at timestamptz NOT NULL,
    since timestamptz CONSTRAINT ck_heartbeats_since CHECK (since <= at),
    looks int NOT NULL,
    longest interval NOT NULL,
    PRIMARY KEY (run, at)
);
CREATE INDEX ix_heartbeats_at ON heartbeats (at);
COMMENT ON TABLE heartbeats IS
    'A row a minute from each replica whose timers are alive: from since (null: its first) to at.';
COMMENT ON COLUMN heartbeats.longest IS 'The longest real time between two looks at what is due.';

CREATE TABLE punctuality_seals (
    number bigint PRIMARY KEY,
    day date NOT NULL,
    closes boolean NOT NULL,
    sealed_at timestamptz NOT NULL,
    size int NOT NULL,
    leaves bytea NOT NULL
        CONSTRAINT ck_punctuality_seals_leaves CHECK (length(leaves) = 32 * size),
    previous bytea NOT NULL,
    chain bytea NOT NULL,
    until_at timestamptz NOT NULL,
    until_name text NOT NULL
);
CREATE INDEX ix_punctuality_seals_day ON punctuality_seals (day, number);
COMMENT ON TABLE punctuality_seals IS
    'A hash chain over each day''s firings and heartbeats: see sla/punctuality/domain/verifier.py.';

CREATE TABLE punctuality_horizon (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    noted_at timestamptz,
    xid bigint,
    cluster bigint
);
INSERT INTO punctuality_horizon DEFAULT VALUES;
COMMENT ON COLUMN punctuality_horizon.xid IS
    'Transactions from this one on began after noted_at; once the earlier ones have ended, nothing
    from before noted_at can appear any more.';
REVOKE UPDATE, DELETE, TRUNCATE ON heartbeats, punctuality_seals FROM opsdesk_sla;
