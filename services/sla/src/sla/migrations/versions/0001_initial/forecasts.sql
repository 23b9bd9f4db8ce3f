-- Forecasts: handling times, forecasts of open clocks, subscriptions, and scores.
--
-- The rows do not grow with the number of forecasts: one per clock, at most four marks per cycle.

CREATE TABLE handling_time_changes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    clock_id uuid NOT NULL,
    cycle int NOT NULL,
    metric text NOT NULL,
    priority text NOT NULL,
    kind text NOT NULL,
    month date NOT NULL,
    bin smallint NOT NULL,
    stopped smallint NOT NULL,
    censored smallint NOT NULL,
    breached boolean,
    at timestamptz NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
COMMENT ON TABLE handling_time_changes IS
    'How clocks ended since the last fold. Rows are appended without waiting, folded into
    handling_times, and deleted.';

CREATE TABLE handling_times (
    metric text NOT NULL,
    priority text NOT NULL,
    kind text NOT NULL,
    month date NOT NULL CHECK (month = date_trunc('month', month)),
    bin smallint NOT NULL CHECK (bin >= 0),
    stopped bigint NOT NULL,
    censored bigint NOT NULL,
    PRIMARY KEY (month, metric, priority, kind, bin)
);
COMMENT ON COLUMN handling_times.bin IS
    'Counted time up to 60 * (2 ^ ((bin + 1) / 8) - 1) seconds: nine per cent wide.';

CREATE TABLE forecasts (
    id uuid PRIMARY KEY,
    clock_id uuid NOT NULL UNIQUE REFERENCES clocks,
    customer_id uuid NOT NULL,
    open boolean NOT NULL DEFAULT true,
    outlook text NOT NULL CHECK (outlook IN ('safe', 'at_risk', 'likely_to_breach')),
    probability real NOT NULL CHECK (probability BETWEEN 0 AND 1),
    expected_breach_at timestamptz,
    metric text NOT NULL,
    priority text NOT NULL,
    kind text NOT NULL,
    cycle int NOT NULL,
    quarter smallint NOT NULL CHECK (quarter BETWEEN 0 AND 3),
    elapsed_seconds bigint NOT NULL,
    target_seconds bigint NOT NULL,
    ahead int,
    usual real NOT NULL,
    known int NOT NULL,
    breach_share real,
    level smallint NOT NULL,
    prior double precision,
    prior_level smallint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    sequence bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 80);
CREATE INDEX ix_forecasts_open ON forecasts (expected_breach_at, id)
    WHERE open AND outlook IN ('at_risk', 'likely_to_breach');
COMMENT ON COLUMN forecasts.open IS 'Whether its promise is neither met nor breached.';

CREATE TABLE forecast_marks (
    clock_id uuid NOT NULL REFERENCES clocks,
    cycle int NOT NULL,
    quarter smallint NOT NULL,
    metric text NOT NULL,
    probability real NOT NULL,
    created_at timestamptz NOT NULL,
    breached boolean,
    settled_at timestamptz,
    PRIMARY KEY (clock_id, cycle, quarter),
    CONSTRAINT ck_forecast_marks_settled_at CHECK ((breached IS NULL) = (settled_at IS NULL))
);
COMMENT ON TABLE forecast_marks IS
    'The first forecast in each quarter of the target, which is scored.';

CREATE TABLE forecast_scores (
    day date NOT NULL,
    metric text NOT NULL,
    quarter smallint NOT NULL,
    bin smallint NOT NULL,
    forecasts bigint NOT NULL,
    expected float8 NOT NULL,
    breached bigint NOT NULL,
    squares float8 NOT NULL,
    PRIMARY KEY (day, metric, quarter, bin)
);
COMMENT ON COLUMN forecast_scores.squares IS
    'Sum of (probability - outcome)^2; divided by forecasts it is the Brier score.';

CREATE TABLE forecast_rounds (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    id uuid NOT NULL,
    began_at timestamptz,
    done boolean NOT NULL DEFAULT true,
    walked_deadline timestamptz,
    walked_id uuid,
    ahead jsonb NOT NULL DEFAULT '{}',
    usual jsonb NOT NULL DEFAULT '{}'
);
COMMENT ON TABLE forecast_rounds IS
    'The present or last round of forecasts, one row, locked by whoever makes forecasts.';
INSERT INTO forecast_rounds (id) VALUES ('01900000-0000-7000-8000-000000000004');

CREATE TABLE forecast_subscriptions (
    id uuid PRIMARY KEY,
    sub text NOT NULL,
    customer text,
    service text,
    outlook text NOT NULL CHECK (outlook IN ('at_risk', 'likely_to_breach')),
    created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX uq_forecast_subscriptions
    ON forecast_subscriptions (sub, coalesce(customer, ''), coalesce(service, ''));
CREATE INDEX ix_forecast_subscriptions_sub ON forecast_subscriptions (sub, id);

CREATE TABLE forecast_acknowledgements (
    forecast_id uuid NOT NULL REFERENCES forecasts,
    sub text NOT NULL,
    at timestamptz NOT NULL,
    outlook text NOT NULL,
    note text,
    PRIMARY KEY (forecast_id, sub, at)
);
REVOKE UPDATE, DELETE, TRUNCATE ON forecast_acknowledgements FROM opsdesk_sla;
