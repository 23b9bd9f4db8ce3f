-- Change requests, and the deliveries that the gate announces. Two people are constraints, too (R1).

CREATE TABLE change_requests (
    ticket_id uuid PRIMARY KEY REFERENCES tickets,
    estimate_minutes integer CHECK (estimate_minutes > 0),
    estimate_note text,
    estimated_by text,
    estimated_at timestamptz,
    decision text CHECK (decision IN ('approved', 'declined')),
    decision_reason text,
    decided_by text,
    decided_at timestamptz,
    booked_on text CHECK (booked_on IN ('reserved_hours', 'sprint')),
    month date CHECK (extract(day FROM month) = 1),
    sprint text,
    booked_by text,
    booked_at timestamptz,
    delivery text,
    delivery_by text,
    delivered_at timestamptz,
    no_environment_reason text,
    no_environment_by text,
    no_environment_at timestamptz,
    no_environment_confirmed_by text,
    no_environment_confirmed_at timestamptz,
    CONSTRAINT ck_change_requests_decided CHECK (decision IS NULL OR estimate_minutes IS NOT NULL),
    CONSTRAINT ck_change_requests_booked CHECK (booked_on IS NULL OR (decision = 'approved'
        AND (booked_on = 'reserved_hours') = (month IS NOT NULL)
        AND (booked_on = 'sprint') = (sprint IS NOT NULL))),
    CONSTRAINT ck_change_requests_decision_four_eyes CHECK (decided_by <> estimated_by),
    CONSTRAINT ck_change_requests_four_eyes CHECK (no_environment_confirmed_by <> no_environment_by)
);
CREATE INDEX ix_change_requests_delivery ON change_requests (delivery) WHERE delivery IS NOT NULL;

-- What the delivery gate announces, in its newest state.
CREATE TABLE deliveries (
    id uuid PRIMARY KEY,
    key text NOT NULL UNIQUE,
    customer text NOT NULL,
    environment text NOT NULL,
    product text NOT NULL,
    version text NOT NULL,
    state text NOT NULL,
    delivered_at timestamptz,
    sequence bigint NOT NULL
);

CREATE TRIGGER two_persons_decide_change BEFORE INSERT OR UPDATE OF decided_by ON change_requests
    FOR EACH ROW WHEN (NEW.decided_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('estimated_by', 'decided_by');

CREATE TRIGGER two_persons_no_environment
    BEFORE INSERT OR UPDATE OF no_environment_confirmed_by ON change_requests
    FOR EACH ROW WHEN (NEW.no_environment_confirmed_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('no_environment_by', 'no_environment_confirmed_by');

-- A change request closes through a delivery, or on two people's word that no environment is touched (R7).
CREATE FUNCTION refuse_undelivered_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM change_requests WHERE ticket_id = NEW.id
        AND greatest(delivered_at, no_environment_confirmed_at) > coalesce(NEW.reopened_at, '-infinity'))
    THEN
        RAISE EXCEPTION 'a change request closes through a delivery, or on the word of two people'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_tickets_change_delivered';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER change_closes_delivered BEFORE UPDATE OF state ON tickets
    FOR EACH ROW WHEN (NEW.kind = 'change_request' AND NEW.state = 'closed' AND OLD.state <> 'closed')
    EXECUTE FUNCTION refuse_undelivered_change();
