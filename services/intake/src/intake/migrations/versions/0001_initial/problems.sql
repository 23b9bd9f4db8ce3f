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
    given_up_reason text,
    given_up_by text,
    given_up_at timestamptz,
    given_up_confirmed_by text,
    given_up_confirmed_at timestamptz,
    words tsvector GENERATED ALWAYS AS (to_tsvector('simple',
        symptoms || ' ' || coalesce(root_cause, '') || ' ' || coalesce(workaround, ''))) STORED,
    CONSTRAINT ck_problems_known_error CHECK (state = 'investigating'
        OR (root_cause IS NOT NULL AND workaround IS NOT NULL)),
    CONSTRAINT ck_problems_fix CHECK (state NOT IN ('fix_requested', 'fixed')
        OR (change_request_id IS NOT NULL AND fix_by IS NOT NULL)),
    CONSTRAINT ck_problems_fixed CHECK (state <> 'fixed'
        OR (staging_verified_by IS NOT NULL AND production_verified_by IS NOT NULL)),
    CONSTRAINT ck_problems_given_up CHECK (num_nonnulls(given_up_reason, given_up_by, given_up_at) IN (0, 3)
        AND num_nonnulls(given_up_confirmed_by, given_up_confirmed_at) IN (0, 2)
        AND (given_up_confirmed_by IS NULL OR given_up_by IS NOT NULL)),
    CONSTRAINT ck_problems_given_up_four_eyes CHECK (given_up_confirmed_by <> given_up_by),
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

CREATE TRIGGER two_persons_give_up_problem BEFORE INSERT OR UPDATE OF given_up_confirmed_by ON problems
    FOR EACH ROW WHEN (NEW.given_up_confirmed_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('given_up_by', 'given_up_confirmed_by');

-- A problem closes with its fix, or on the word of two people that there will be none (R1).
CREATE FUNCTION refuse_unsettled_problem() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM problems WHERE ticket_id = NEW.id AND state <> 'fixed'
        AND (given_up_confirmed_at IS NULL
            OR given_up_confirmed_at <= coalesce(NEW.reopened_at, '-infinity')))
    THEN
        RAISE EXCEPTION 'a problem closes with its fix, or on the word of two people'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_tickets_problem_settled';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER problem_closes_settled BEFORE UPDATE OF state ON tickets
    FOR EACH ROW WHEN (NEW.kind = 'problem' AND NEW.state = 'closed' AND OLD.state <> 'closed')
    EXECUTE FUNCTION refuse_unsettled_problem();
