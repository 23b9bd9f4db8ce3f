-- Series of measured figures, promises about them, and limits of usage.

CREATE TABLE series (
    id uuid PRIMARY KEY,
    key text NOT NULL UNIQUE,
    name text NOT NULL,
    unit text NOT NULL,
    customer_id uuid REFERENCES customers,
    service text,
    environment text,
    sample_interval_seconds int CHECK (sample_interval_seconds > 0),
    limit_status text NOT NULL DEFAULT 'ok' CHECK (limit_status IN ('ok', 'approaching', 'reached')),
    sequence bigint NOT NULL DEFAULT 0,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX ix_series_customer ON series (customer_id, key);
COMMENT ON COLUMN series.limit_status IS
    'How near usage is to its limit; each change is published once.';

CREATE TABLE measured_promises (
    series_id uuid NOT NULL REFERENCES series,
    version int NOT NULL CHECK (version > 0),
    valid_from timestamptz NOT NULL,
    better text NOT NULL CHECK (better IN ('lower', 'higher')),
    statistic text NOT NULL
        CHECK (statistic IN ('mean', 'median', 'p95', 'max', 'min', 'last')),
    target double precision NOT NULL,
    baseline double precision,
    agreed_by text NOT NULL,
    agreed_at timestamptz NOT NULL,
    PRIMARY KEY (series_id, version),
    UNIQUE (series_id, valid_from)
);

CREATE TABLE usage_limits (
    series_id uuid NOT NULL REFERENCES series,
    version int NOT NULL CHECK (version > 0),
    valid_from timestamptz NOT NULL,
    "limit" double precision NOT NULL,
    reached text NOT NULL CHECK (reached IN ('from_below', 'from_above')),
    plan_ahead_seconds int NOT NULL CHECK (plan_ahead_seconds > 0),
    set_by text NOT NULL,
    set_at timestamptz NOT NULL,
    PRIMARY KEY (series_id, version)
);

CREATE TABLE samples (
    series_id uuid NOT NULL REFERENCES series,
    at timestamptz NOT NULL,
    value double precision NOT NULL,
    PRIMARY KEY (series_id, at)
);

CREATE TABLE sample_days (
    series_id uuid NOT NULL REFERENCES series,
    day date NOT NULL,
    count int NOT NULL,
    total double precision NOT NULL,
    low double precision NOT NULL,
    peak double precision NOT NULL,
    PRIMARY KEY (series_id, day)
);
COMMENT ON COLUMN sample_days.day IS 'The date in UTC.';

CREATE TABLE capacity_forecasts (
    series_id uuid NOT NULL REFERENCES series,
    computed_on date NOT NULL,
    outlook jsonb NOT NULL,
    PRIMARY KEY (series_id, computed_on)
);
REVOKE UPDATE, DELETE, TRUNCATE ON measured_promises, usage_limits, samples FROM opsdesk_sla;
