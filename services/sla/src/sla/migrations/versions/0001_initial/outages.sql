-- Outages: their records are only appended; corrections take two people (R1, R16).

CREATE SEQUENCE outage_numbers;
CREATE TABLE outages (
    id uuid PRIMARY KEY,
    key text NOT NULL UNIQUE,
    customer_id uuid,
    customer text,
    environment text,
    service text,
    source text NOT NULL CHECK (source IN ('monitoring', 'ticket', 'manual')),
    source_id uuid,
    ticket_id uuid,
    effect text NOT NULL CHECK (effect IN ('down', 'degraded')),
    started_at timestamptz NOT NULL,
    ended_at timestamptz CONSTRAINT ck_outages_ended_at CHECK (ended_at >= started_at),
    until timestamptz GENERATED ALWAYS AS (coalesce(ended_at, 'infinity')) STORED,
    counts boolean NOT NULL,
    ordinal int NOT NULL,
    sequence bigint NOT NULL,
    reason text,
    superseded_by text,
    CONSTRAINT ck_outages_scope CHECK (environment IS NOT NULL OR service IS NOT NULL)
);
COMMENT ON TABLE outages IS 'Each outage as of its last record in outage_records.';
COMMENT ON COLUMN outages.counts IS 'False: it was not an outage, as was found later.';
COMMENT ON COLUMN outages.superseded_by IS 'The key of the outage that monitoring measured, as which it counts.';
COMMENT ON COLUMN outages.reason IS 'What whoever reported it by hand said; for staff alone.';
CREATE INDEX ix_outages_time ON outages (customer_id, until, started_at) WHERE counts;
CREATE INDEX ix_outages_listed ON outages (started_at, id);
CREATE INDEX ix_outages_customer ON outages (customer_id, started_at, id);
CREATE INDEX ix_outages_environment ON outages (environment, started_at, id);
CREATE INDEX ix_outages_service ON outages (service, started_at, id);
CREATE INDEX ix_outages_open ON outages (started_at, id) WHERE ended_at IS NULL AND counts;
CREATE INDEX ix_outages_ticket ON outages (ticket_id) WHERE ended_at IS NULL;
-- Several of an alert that became worse: degraded, then down.
CREATE UNIQUE INDEX uq_outages_alert ON outages (source_id)
    WHERE source = 'monitoring' AND ended_at IS NULL AND counts;
CREATE INDEX ix_outages_source ON outages (source_id);
CREATE UNIQUE INDEX uq_outages_by_ticket ON outages (source_id)
    WHERE source = 'ticket' AND ended_at IS NULL AND counts;
CREATE UNIQUE INDEX uq_outages_by_hand ON outages (customer_id, environment, service)
    NULLS NOT DISTINCT WHERE source = 'manual' AND ended_at IS NULL AND counts;

CREATE TABLE outage_records (
    outage_id uuid NOT NULL REFERENCES outages,
    ordinal int NOT NULL CHECK (ordinal > 0),
    kind text NOT NULL CHECK (kind IN ('started', 'ended', 'corrected', 'superseded')),
    effect text NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at timestamptz,
    counts boolean NOT NULL,
    known_at timestamptz NOT NULL,
    created_by text NOT NULL,
    confirmed_by text CONSTRAINT ck_outage_records_four_eyes CHECK (confirmed_by <> created_by),
    reason text,
    superseded_by text,
    PRIMARY KEY (outage_id, ordinal),
    CONSTRAINT ck_outage_records_corrected
        CHECK (kind <> 'corrected' OR (confirmed_by IS NOT NULL AND reason IS NOT NULL))
);
CREATE INDEX ix_outage_records_known ON outage_records (known_at);
REVOKE DELETE, TRUNCATE ON outages FROM opsdesk_sla;
REVOKE UPDATE, DELETE, TRUNCATE ON outage_records FROM opsdesk_sla;

CREATE TABLE outage_corrections (
    id uuid PRIMARY KEY,
    outage_id uuid NOT NULL REFERENCES outages,
    started_at timestamptz,
    ended_at timestamptz,
    reopened boolean NOT NULL,
    effect text,
    counts boolean,
    reason text NOT NULL,
    state text NOT NULL CHECK (state IN ('requested', 'confirmed', 'refused')),
    requested_by text NOT NULL,
    requested_at timestamptz NOT NULL,
    decided_by text
        CONSTRAINT ck_outage_corrections_four_eyes CHECK (decided_by <> requested_by),
    decided_at timestamptz,
    CONSTRAINT ck_outage_corrections_decided
        CHECK ((state = 'requested') = (decided_by IS NULL)),
    CONSTRAINT ck_outage_corrections_decided_at
        CHECK ((decided_by IS NULL) = (decided_at IS NULL))
);
CREATE INDEX ix_outage_corrections_outage ON outage_corrections (outage_id, requested_at);
REVOKE DELETE, TRUNCATE ON outage_corrections FROM opsdesk_sla;

CREATE TABLE outage_rules (
    version int PRIMARY KEY,
    rules jsonb NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    confirmed_by text CONSTRAINT ck_outage_rules_four_eyes CHECK (confirmed_by <> created_by),
    -- Where nothing is an outage any more, two people say so (R1).
    CONSTRAINT ck_outage_rules_silence CHECK (
        confirmed_by IS NOT NULL OR jsonb_path_exists(rules, '$[*] ? (@.effect != null)'))
);
COMMENT ON TABLE outage_rules IS 'Which alerts and tickets count as outages; the last version is valid.';
REVOKE UPDATE, DELETE, TRUNCATE ON outage_rules FROM opsdesk_sla;

CREATE TABLE outage_rule_requests (
    id uuid PRIMARY KEY,
    based_on int NOT NULL,
    rules jsonb NOT NULL,
    requested_by text NOT NULL,
    requested_at timestamptz NOT NULL
);
COMMENT ON TABLE outage_rule_requests IS
    'Rules by which nothing would be an outage: they wait until a second person confirms them.';
COMMENT ON COLUMN outage_rule_requests.based_on IS
    'The version that they would replace; a later version makes the request void.';
CREATE INDEX ix_outage_rule_requests_version ON outage_rule_requests (based_on, id);
REVOKE UPDATE, DELETE, TRUNCATE ON outage_rule_requests FROM opsdesk_sla;

CREATE SEQUENCE maintenance_numbers;
CREATE TABLE maintenance_windows (
    id uuid PRIMARY KEY,
    key text NOT NULL UNIQUE,
    customer_id uuid,
    customer text,
    environment text,
    service text,
    title text NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL
        CONSTRAINT ck_maintenance_windows_ends_at CHECK (ends_at > starts_at),
    announced_by text NOT NULL,
    announced_at timestamptz NOT NULL,
    agreed_by text
        CONSTRAINT ck_maintenance_windows_four_eyes CHECK (agreed_by <> announced_by),
    agreed_at timestamptz
        CONSTRAINT ck_maintenance_windows_agreed_before CHECK (agreed_at < starts_at),
    cancelled_by text,
    cancelled_at timestamptz,
    sequence bigint NOT NULL,
    moved_by text
        CONSTRAINT ck_maintenance_windows_moved_four_eyes CHECK (agreed_by <> moved_by),
    moved_at timestamptz,
    CONSTRAINT ck_maintenance_windows_scope
        CHECK (environment IS NOT NULL OR service IS NOT NULL),
    CONSTRAINT ck_maintenance_windows_agreed_at
        CHECK ((agreed_by IS NULL) = (agreed_at IS NULL)),
    CONSTRAINT ck_maintenance_windows_cancelled_at
        CHECK ((cancelled_by IS NULL) = (cancelled_at IS NULL)),
    CONSTRAINT ck_maintenance_windows_moved_at
        CHECK ((moved_by IS NULL) = (moved_at IS NULL) AND agreed_at >= moved_at)
);
COMMENT ON COLUMN maintenance_windows.agreed_at IS
    'Agreed by a second person before it starts; only then its downtime does not count (C12).';
CREATE INDEX ix_maintenance_windows_agreed ON maintenance_windows (ends_at)
    WHERE agreed_at IS NOT NULL;
CREATE INDEX ix_maintenance_windows_listed ON maintenance_windows (starts_at, id);
REVOKE DELETE, TRUNCATE ON maintenance_windows FROM opsdesk_sla;

CREATE TABLE availability_budgets (
    id uuid PRIMARY KEY,
    agreement text NOT NULL,
    customer_id uuid NOT NULL,
    month date NOT NULL CHECK (extract(day FROM month) = 1),
    sequence bigint NOT NULL,
    UNIQUE (agreement, customer_id, month)
);

CREATE TABLE availability_warnings (
    budget_id uuid NOT NULL REFERENCES availability_budgets,
    share numeric NOT NULL,
    reached_at timestamptz NOT NULL,
    known_at timestamptz NOT NULL,
    PRIMARY KEY (budget_id, share)
);
COMMENT ON TABLE availability_warnings IS 'The warnings that were sent, one per threshold of a budget (R3).';
REVOKE UPDATE, DELETE, TRUNCATE ON availability_warnings FROM opsdesk_sla;

CREATE TABLE service_conditions (
    id uuid PRIMARY KEY,
    customer_id uuid,
    customer text,
    environment text,
    service text NOT NULL,
    caused_by text[] NOT NULL,
    since timestamptz,
    sequence bigint NOT NULL,
    CONSTRAINT uq_service_conditions_scope
        UNIQUE NULLS NOT DISTINCT (customer_id, environment, service)
);
COMMENT ON TABLE service_conditions IS
    'Services that are or were degraded by what they run on. Empty caused_by: restored.';

-- Two accounts of one person are refused, too (R1).

CREATE TRIGGER two_persons_correct BEFORE INSERT OR UPDATE OF confirmed_by ON outage_records
    FOR EACH ROW WHEN (NEW.confirmed_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('created_by', 'confirmed_by');

CREATE TRIGGER two_persons_silence BEFORE INSERT OR UPDATE OF confirmed_by ON outage_rules
    FOR EACH ROW WHEN (NEW.confirmed_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('created_by', 'confirmed_by');

CREATE TRIGGER two_persons_decide BEFORE INSERT OR UPDATE OF decided_by ON outage_corrections
    FOR EACH ROW WHEN (NEW.decided_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('requested_by', 'decided_by');

CREATE TRIGGER two_persons_agree BEFORE INSERT OR UPDATE OF agreed_by ON maintenance_windows
    FOR EACH ROW WHEN (NEW.agreed_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('announced_by', 'agreed_by');
CREATE TRIGGER two_persons_move BEFORE INSERT OR UPDATE OF agreed_by ON maintenance_windows
    FOR EACH ROW WHEN (NEW.agreed_by IS NOT NULL AND NEW.moved_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('moved_by', 'agreed_by');
