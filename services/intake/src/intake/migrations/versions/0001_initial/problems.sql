-- Problems: cause, workaround, fix. Two people for the fix are constraints as well as rules (R1).

CREATE TABLE problems (
    ticket_id uuid PRIMARY KEY REFERENCES tickets,
    symptoms text NOT NULL,
    state text NOT NULL CHECK (state IN ('investigating', 'known_error', 'fix_requested', 'fixed')),
    method text CHECK (method IN ('five_whys', 'timeline')),
    cause_steps jsonb NOT NULL,
    root_cause text,
    cause_by text,
    cause_at timestamptz,
    workaround text,
    workaround_by text,
    workaround_at timestamptz,
    change_request_id uuid REFERENCES tickets,
    fix_by text,
    fix_at timestamptz,
    backlog_reference text,
    backlog_by text,
    staging_checked text,
    staging_verified_by text,
    staging_verified_at timestamptz,
    production_checked text,
    production_verified_by text,
    production_verified_at timestamptz,
    words tsvector GENERATED ALWAYS AS (to_tsvector('simple',
        symptoms || ' ' || coalesce(root_cause, '') || ' ' || coalesce(workaround, ''))) STORED,
    CONSTRAINT ck_problems_known_error CHECK (state = 'investigating'
        OR (root_cause IS NOT NULL AND workaround IS NOT NULL)),
    CONSTRAINT ck_problems_fix CHECK (state NOT IN ('fix_requested', 'fixed')
        OR (change_request_id IS NOT NULL AND fix_by IS NOT NULL)),
    CONSTRAINT ck_problems_fixed CHECK (state <> 'fixed'
        OR (staging_verified_by IS NOT NULL AND production_verified_by IS NOT NULL)),
    CONSTRAINT ck_problems_four_eyes CHECK
        (staging_verified_by <> fix_by AND production_verified_by <> fix_by)
);
CREATE INDEX ix_problems_words ON problems USING gin (words) WHERE workaround IS NOT NULL;

CREATE TABLE problem_incidents (
    problem_id uuid NOT NULL REFERENCES problems,
    ticket_id uuid NOT NULL REFERENCES tickets,
    linked_by text NOT NULL,
    linked_at timestamptz NOT NULL,
    PRIMARY KEY (problem_id, ticket_id)
);
CREATE INDEX ix_problem_incidents_ticket ON problem_incidents (ticket_id);

CREATE TRIGGER two_persons_verify_on_staging BEFORE INSERT OR UPDATE OF staging_verified_by ON problems
    FOR EACH ROW WHEN (NEW.staging_verified_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('fix_by', 'staging_verified_by');

CREATE TRIGGER two_persons_verify_in_production
    BEFORE INSERT OR UPDATE OF production_verified_by ON problems
    FOR EACH ROW WHEN (NEW.production_verified_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('fix_by', 'production_verified_by');
