-- Waivers of one clock, or of a customer's clocks over a period, by two people (R2).

CREATE SEQUENCE waiver_numbers;
CREATE TABLE waivers (
    id uuid PRIMARY KEY,
    key text NOT NULL UNIQUE,
    clock_id uuid REFERENCES clocks,
    customer_id uuid REFERENCES customers,
    customer text,
    service text,
    starts_at timestamptz,
    ends_at timestamptz,
    reason text NOT NULL,
    requested_by text NOT NULL,
    requested_at timestamptz NOT NULL,
    reminded_at timestamptz,
    expires_at timestamptz NOT NULL,
    state text NOT NULL,
    decided_by text,
    decided_at timestamptz,
    decision_reason text,
    late boolean NOT NULL DEFAULT false,
    ended_by text,
    ended_at timestamptz,
    end_reason text,
    sequence bigint NOT NULL,
    CONSTRAINT ck_waivers_state CHECK (state IN
        ('requested', 'approved', 'refused', 'withdrawn', 'revoked', 'expired')),
    CONSTRAINT ck_waivers_four_eyes CHECK (requested_by <> decided_by),
    CONSTRAINT ck_waivers_decided CHECK (CASE
        WHEN state IN ('requested', 'withdrawn') THEN decided_by IS NULL
        WHEN state IN ('approved', 'refused', 'revoked') THEN decided_by IS NOT NULL
        ELSE true END),
    CONSTRAINT ck_waivers_decided_at CHECK ((decided_by IS NULL) = (decided_at IS NULL)),
    CONSTRAINT ck_waivers_scope CHECK (
        (clock_id IS NULL) = (starts_at IS NOT NULL)
        AND (starts_at IS NULL) = (ends_at IS NULL)
        AND (clock_id IS NOT NULL OR customer_id IS NOT NULL)
        AND (ends_at > starts_at)),
    CONSTRAINT ck_waivers_ended CHECK (
        (state IN ('withdrawn', 'revoked')) = (ended_by IS NOT NULL)
        AND (ended_by IS NULL) = (ended_at IS NULL)
        AND (state <> 'withdrawn' OR ended_by = requested_by))
);
CREATE INDEX ix_waivers_clock ON waivers (clock_id);
CREATE INDEX ix_waivers_standing ON waivers (customer_id, ends_at)
    WHERE clock_id IS NULL AND decided_at IS NOT NULL;
CREATE INDEX ix_waivers_list ON waivers (requested_at, id);
CREATE INDEX ix_waivers_customer ON waivers (customer_id, requested_at, id);
CREATE INDEX ix_waivers_open ON waivers (requested_at, id) WHERE state = 'requested';
COMMENT ON COLUMN waivers.starts_at IS 'With ends_at: the period whose breaches it covers; null for a waiver of a clock.';

-- Two accounts of one person are refused, too (R1).

CREATE TRIGGER two_persons_decide_waiver BEFORE INSERT OR UPDATE OF decided_by ON waivers
    FOR EACH ROW WHEN (NEW.decided_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('requested_by', 'decided_by');
