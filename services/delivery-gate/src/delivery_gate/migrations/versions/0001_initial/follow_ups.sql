-- Follow-ups: the work that refusals and drifts oblige to.

CREATE SEQUENCE follow_up_numbers START 1001;
CREATE TABLE follow_ups (
    id uuid NOT NULL,
    key text NOT NULL,
    sequence bigint NOT NULL,
    kind text NOT NULL,
    task text NOT NULL,
    delivery_id uuid,
    emergency_id uuid,
    environment_id uuid NOT NULL,
    environment text NOT NULL,
    held_product text,
    held_version text,
    held_digest text,
    opened_at timestamptz NOT NULL,
    state text NOT NULL,
    evidence text,
    closed_by text,
    closed_at timestamptz,
    confirmed_by text,
    confirmed_at timestamptz,
    owner text,
    due_at timestamptz,
    CONSTRAINT pk_follow_ups PRIMARY KEY (id),
    CONSTRAINT ck_follow_ups_kind CHECK (kind IN ('documentation', 'investigation', 'retest')),
    CONSTRAINT ck_follow_ups_state CHECK (state IN ('open', 'closed', 'confirmed')),
    CONSTRAINT ck_follow_ups_four_eyes CHECK (confirmed_by <> closed_by),
    CONSTRAINT ck_follow_ups_evidence
        CHECK (state = 'open' OR num_nonnulls(evidence, closed_by, closed_at) = 3),
    CONSTRAINT ck_follow_ups_confirmed
        CHECK ((state = 'confirmed') = (confirmed_by IS NOT NULL AND confirmed_at IS NOT NULL)),
    CONSTRAINT uq_follow_ups_key UNIQUE (key),
    CONSTRAINT fk_follow_ups_delivery_id FOREIGN KEY (delivery_id) REFERENCES deliveries (id),
    CONSTRAINT fk_follow_ups_environment_id FOREIGN KEY (environment_id)
        REFERENCES environments (id)
);
CREATE INDEX ix_follow_ups_delivery_id ON follow_ups (delivery_id);
CREATE UNIQUE INDEX uq_follow_ups_emergency_id ON follow_ups (emergency_id);
CREATE INDEX ix_follow_ups_held_product ON follow_ups (held_product, opened_at, id);
CREATE INDEX ix_follow_ups_opened_at ON follow_ups (opened_at, id);
CREATE INDEX ix_follow_ups_owner ON follow_ups (owner, opened_at, id);
COMMENT ON COLUMN follow_ups.owner
    IS 'Whose work it is; null: whoever asked for what was refused.';
CREATE INDEX ix_follow_ups_holding ON follow_ups (held_product) WHERE state IN ('open', 'closed');

-- Two accounts of one person are refused, too (R1).

CREATE TRIGGER two_persons_confirm BEFORE INSERT OR UPDATE OF confirmed_by ON follow_ups
    FOR EACH ROW WHEN (NEW.confirmed_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('closed_by', 'confirmed_by');
