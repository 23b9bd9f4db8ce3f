-- Improvements of the monitoring that are owed (R9), and how long the search for a cause takes.

CREATE SEQUENCE monitoring_improvement_numbers;
CREATE TABLE monitoring_improvements (
    id uuid PRIMARY KEY,
    key text NOT NULL UNIQUE,
    ticket_id uuid NOT NULL REFERENCES tickets,
    ticket text NOT NULL,
    cause text NOT NULL CHECK (cause IN ('found_by_customer', 'long_investigation')),
    owed_since timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    owner text,
    task text,
    criterion text,
    evidence text,
    done_by text,
    done_at timestamptz,
    verified_by text,
    verified_at timestamptz,
    overdue_at timestamptz,
    sequence bigint NOT NULL CHECK (sequence > 0),
    CONSTRAINT uq_monitoring_improvements_cause UNIQUE (ticket_id, cause),
    CONSTRAINT ck_monitoring_improvements_planned CHECK (num_nonnulls(owner, task, criterion) IN (0, 3)),
    CONSTRAINT ck_monitoring_improvements_done CHECK (num_nonnulls(evidence, done_by, done_at) IN (0, 3)),
    CONSTRAINT ck_monitoring_improvements_verified CHECK (verified_by IS NULL
        OR (done_by IS NOT NULL AND verified_at IS NOT NULL)),
    CONSTRAINT ck_monitoring_improvements_four_eyes CHECK (verified_by <> done_by AND verified_by <> owner)
);
CREATE INDEX ix_monitoring_improvements_open ON monitoring_improvements (id) WHERE verified_by IS NULL;

CREATE TRIGGER two_persons_verify_improvement BEFORE INSERT OR UPDATE OF verified_by ON monitoring_improvements
    FOR EACH ROW WHEN (NEW.verified_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('done_by', 'verified_by');
CREATE TRIGGER two_persons_own_improvement BEFORE INSERT OR UPDATE OF verified_by ON monitoring_improvements
    FOR EACH ROW WHEN (NEW.verified_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('owner', 'verified_by');

CREATE TABLE investigations (
    id uuid PRIMARY KEY,
    ticket_id uuid NOT NULL REFERENCES tickets,
    started_by text NOT NULL,
    started_at timestamptz NOT NULL,
    limit_at timestamptz NOT NULL,
    ended_by text,
    ended_at timestamptz,
    cause_found boolean,
    cause text,
    CONSTRAINT ck_investigations_ended CHECK (num_nonnulls(ended_by, ended_at) IN (0, 2)
        AND (cause_found IS NULL OR ended_at IS NOT NULL)),
    CONSTRAINT ck_investigations_cause CHECK (cause IS NULL OR cause_found IS NOT NULL)
);
COMMENT ON COLUMN investigations.cause_found IS
    'Null while it lasts, and where it ended with its ticket before anybody said.';
CREATE UNIQUE INDEX uq_investigations_open ON investigations (ticket_id) WHERE ended_at IS NULL;
CREATE INDEX ix_investigations_ticket ON investigations (ticket_id, id);
