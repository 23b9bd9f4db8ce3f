-- Figures per day and month, counted again from the rows for every day that changed.
--
-- The figures of all customers together (customer 0) have indexes apart from those of each: one for
-- both made the planner read all customers' rows to find those of customer 0 (docs/decisions/0694).

CREATE TABLE dirty_days (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id uuid NOT NULL,
    at timestamptz NOT NULL
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);
COMMENT ON TABLE dirty_days IS
    'Days of customers, by an instant on them, whose figures are to be counted again.';

CREATE TABLE ticket_figures (
    span text NOT NULL
        CHECK (span IN ('day', 'month', 'total', 'service', 'priority', 'kind')),
    customer_id uuid NOT NULL,
    day date NOT NULL,
    service text NOT NULL,
    priority text NOT NULL,
    kind text NOT NULL,
    opened int NOT NULL,
    resolved int NOT NULL,
    rejected int NOT NULL,
    reopened int NOT NULL,
    merged int NOT NULL,
    entered int NOT NULL,
    gone int NOT NULL,
    opened_epochs bigint NOT NULL,
    still_open int NOT NULL,
    PRIMARY KEY (span, customer_id, day, service, priority, kind)
) WITH (fillfactor = 80);
COMMENT ON TABLE ticket_figures IS
    'Per day or month (its first day); total: a month, services, priorities and kinds together.
    Customer 0: all of them.';
COMMENT ON COLUMN ticket_figures.entered IS 'Became open: opened, rejected, reopened.';
COMMENT ON COLUMN ticket_figures.gone IS 'Were open no more: resolved, merged.';
COMMENT ON COLUMN ticket_figures.opened_epochs IS
    'Sum of opened_at (epoch seconds) of what entered, minus that of what is gone: for mean ages.';
COMMENT ON COLUMN ticket_figures.still_open IS 'Of those opened then, how many are open now.';
CREATE INDEX ix_ticket_figures_all ON ticket_figures (span, day)
    WHERE customer_id = '00000000-0000-0000-0000-000000000000';
CREATE INDEX ix_ticket_figures_each ON ticket_figures (span, day)
    WHERE customer_id <> '00000000-0000-0000-0000-000000000000';
CREATE INDEX ix_ticket_figures_open ON ticket_figures (customer_id, day)
    WHERE span = 'day' AND still_open > 0;

CREATE TABLE clock_figures (
    span text NOT NULL
        CHECK (span IN ('day', 'month', 'total', 'service', 'priority', 'kind')),
    customer_id uuid NOT NULL,
    day date NOT NULL,
    service text NOT NULL,
    priority text NOT NULL,
    kind text NOT NULL,
    metric text NOT NULL,
    contract text NOT NULL,
    agreement text NOT NULL,
    met int NOT NULL,
    breached int NOT NULL,
    waived int NOT NULL,
    PRIMARY KEY (span, customer_id, day, service, priority, kind, metric, contract, agreement)
) WITH (fillfactor = 80);
COMMENT ON TABLE clock_figures IS 'Clocks by the day on which they were met or breached.';
CREATE INDEX ix_clock_figures_all ON clock_figures (span, day)
    WHERE customer_id = '00000000-0000-0000-0000-000000000000';
CREATE INDEX ix_clock_figures_each ON clock_figures (span, day)
    WHERE customer_id <> '00000000-0000-0000-0000-000000000000';

CREATE TABLE time_figures (
    span text NOT NULL CHECK (span IN ('day', 'month', 'total')),
    customer_id uuid NOT NULL,
    day date NOT NULL,
    service text NOT NULL,
    priority text NOT NULL,
    kind text NOT NULL,
    metric text NOT NULL,
    contract text NOT NULL,
    agreement text NOT NULL,
    bucket smallint NOT NULL,
    ended int NOT NULL,
    seconds bigint NOT NULL,
    PRIMARY KEY
        (span, customer_id, day, service, priority, kind, metric, contract, agreement, bucket)
) WITH (fillfactor = 80);
COMMENT ON TABLE time_figures IS 'How long what ended on the day took: a histogram.';
COMMENT ON COLUMN time_figures.bucket IS
    '0: under a second; else 1 + floor(log of the seconds to the base 1.1).';
CREATE INDEX ix_time_figures_all ON time_figures (span, metric, day)
    WHERE customer_id = '00000000-0000-0000-0000-000000000000';
CREATE INDEX ix_time_figures_each ON time_figures (span, metric, day)
    WHERE customer_id <> '00000000-0000-0000-0000-000000000000';

CREATE TABLE time_entry_figures (
    span text NOT NULL
        CHECK (span IN ('day', 'month', 'total', 'service', 'priority', 'kind')),
    customer_id uuid NOT NULL,
    day date NOT NULL,
    service text NOT NULL,
    priority text NOT NULL,
    kind text NOT NULL,
    rate text NOT NULL,
    currency text NOT NULL,
    minutes bigint NOT NULL,
    cents bigint NOT NULL,
    PRIMARY KEY (span, customer_id, day, service, priority, kind, rate, currency)
) WITH (fillfactor = 80);
COMMENT ON COLUMN time_entry_figures.currency IS 'Empty: no card of that day has this rate.';
COMMENT ON COLUMN time_entry_figures.cents IS 'Hundredths of the currency.';
CREATE INDEX ix_time_entry_figures_all ON time_entry_figures (span, day)
    WHERE customer_id = '00000000-0000-0000-0000-000000000000';
CREATE INDEX ix_time_entry_figures_each ON time_entry_figures (span, day)
    WHERE customer_id <> '00000000-0000-0000-0000-000000000000';

CREATE TABLE time_sums (
    span text NOT NULL CHECK (span IN ('day', 'month')),
    customer_id uuid NOT NULL,
    day date NOT NULL,
    service text NOT NULL,
    priority text NOT NULL,
    kind text NOT NULL,
    apart text NOT NULL CHECK (apart IN ('', 'service', 'priority', 'kind')),
    metric text NOT NULL,
    contract text NOT NULL,
    agreement text NOT NULL,
    buckets smallint[] NOT NULL,
    ended int[] NOT NULL
        CONSTRAINT ck_time_sums_ended CHECK (cardinality(ended) = cardinality(buckets)),
    seconds bigint NOT NULL,
    PRIMARY KEY
        (span, customer_id, day, service, priority, kind, apart, metric, contract, agreement)
) WITH (fillfactor = 80);
COMMENT ON TABLE time_sums IS
    'Histograms of time_figures, a row each. Days are those of all customers together (0) alone.';
COMMENT ON COLUMN time_sums.apart IS
    'Which of service, priority and kind it tells apart; the others are together, and empty.';
COMMENT ON COLUMN time_sums.ended IS 'How many ended in each of the buckets, in their order.';
CREATE INDEX ix_time_sums_each ON time_sums (metric, apart, span, service, priority, kind, day)
    WHERE customer_id <> '00000000-0000-0000-0000-000000000000';
COMMENT ON INDEX ix_time_sums_each IS
    'Of many customers; one, and all of them together, are found by the primary key.';
