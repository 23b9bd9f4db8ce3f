-- Who may use what, why and until when. Two people are constraints as well as rules (R1).

CREATE SEQUENCE access_request_numbers;
CREATE TABLE access_requests (
    id uuid PRIMARY KEY,
    key text NOT NULL UNIQUE,
    person text NOT NULL,
    environment text REFERENCES environments (key),
    resource text NOT NULL,
    level text NOT NULL,
    reason text NOT NULL,
    until date NOT NULL,
    requested_by text NOT NULL,
    requested_at timestamptz NOT NULL,
    decision text CHECK (decision IN ('approved', 'declined')),
    decision_reason text,
    decided_by text,
    decided_at timestamptz,
    granted_by text,
    granted_at timestamptz,
    grant_verified_by text,
    grant_verified_at timestamptz,
    recertified_by text,
    recertified_at timestamptz,
    removal_asked_by text,
    removal_asked_at timestamptz,
    removal_reason text,
    removed_by text,
    removed_at timestamptz,
    removal_verified_by text,
    removal_verified_at timestamptz,
    CONSTRAINT ck_access_requests_granted CHECK (granted_by IS NULL OR decision = 'approved'),
    CONSTRAINT ck_access_requests_removed CHECK (removed_by IS NULL OR granted_by IS NOT NULL),
    CONSTRAINT ck_access_requests_decision_four_eyes CHECK
        (decided_by <> requested_by AND decided_by <> person),
    CONSTRAINT ck_access_requests_four_eyes CHECK
        (grant_verified_by <> granted_by AND removal_verified_by <> removed_by),
    CONSTRAINT ck_access_requests_recertified_four_eyes CHECK (recertified_by <> person)
);
CREATE INDEX ix_access_requests_requester ON access_requests (requested_by);
CREATE INDEX ix_access_requests_person ON access_requests (person, id);
CREATE INDEX ix_access_requests_present ON access_requests (id)
    WHERE granted_at IS NOT NULL AND removal_verified_at IS NULL;
COMMENT ON COLUMN access_requests.person IS 'The sub of one of us, or contact/<id>.';

CREATE TRIGGER two_persons_decide_access BEFORE INSERT OR UPDATE OF decided_by ON access_requests
    FOR EACH ROW WHEN (NEW.decided_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('requested_by', 'decided_by');

CREATE TRIGGER two_persons_get_access BEFORE INSERT OR UPDATE OF decided_by ON access_requests
    FOR EACH ROW WHEN (NEW.decided_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('person', 'decided_by');

CREATE TRIGGER two_persons_verify_grant BEFORE INSERT OR UPDATE OF grant_verified_by ON access_requests
    FOR EACH ROW WHEN (NEW.grant_verified_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('granted_by', 'grant_verified_by');

CREATE TRIGGER two_persons_verify_removal
    BEFORE INSERT OR UPDATE OF removal_verified_by ON access_requests
    FOR EACH ROW WHEN (NEW.removal_verified_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('removed_by', 'removal_verified_by');

CREATE TRIGGER two_persons_recertify BEFORE INSERT OR UPDATE OF recertified_by ON access_requests
    FOR EACH ROW WHEN (NEW.recertified_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('person', 'recertified_by');
