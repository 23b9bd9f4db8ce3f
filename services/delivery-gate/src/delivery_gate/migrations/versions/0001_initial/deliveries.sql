-- Deliveries, their verdicts and approvals. Four eyes, and that nothing unversioned is delivered, are
-- constraints as well as rules in the core (G1, R16).

CREATE SEQUENCE delivery_numbers START 1001;
CREATE TABLE deliveries (
    id uuid NOT NULL,
    key text NOT NULL,
    sequence bigint NOT NULL,
    product text NOT NULL,
    version text,
    requested_digest text,
    version_id uuid,
    digest text,
    environment_id uuid NOT NULL,
    environment text NOT NULL,
    customer text NOT NULL,
    tier text NOT NULL,
    lifecycle text NOT NULL,
    readiness jsonb NOT NULL,
    attempt integer NOT NULL,
    counted boolean NOT NULL,
    requested_by text NOT NULL,
    requested_at timestamptz NOT NULL,
    state text NOT NULL,
    started_by text,
    started_at timestamptz,
    ended_at timestamptz,
    CONSTRAINT pk_deliveries PRIMARY KEY (id),
    CONSTRAINT uq_deliveries_id_requested_by UNIQUE (id, requested_by),
    CONSTRAINT ck_deliveries_state
        CHECK (state IN ('evaluating', 'in_review', 'approved', 'delivering', 'verifying',
            'delivered', 'refused', 'rolled_back', 'superseded', 'withdrawn', 'expired')),
    CONSTRAINT ck_deliveries_nothing_unversioned
        CHECK (state NOT IN ('approved', 'delivering', 'verifying', 'delivered') OR (version_id
            IS NOT NULL AND digest IS NOT NULL)),
    CONSTRAINT uq_deliveries_key UNIQUE (key),
    CONSTRAINT fk_deliveries_product FOREIGN KEY (product) REFERENCES products (key),
    CONSTRAINT fk_deliveries_version_id FOREIGN KEY (version_id) REFERENCES versions (id),
    CONSTRAINT fk_deliveries_environment_id FOREIGN KEY (environment_id)
        REFERENCES environments (id)
);
CREATE INDEX ix_deliveries_deferred ON deliveries (product, digest) WHERE state = 'evaluating';
CREATE INDEX ix_deliveries_requested_at ON deliveries (requested_at, id);
CREATE INDEX ix_deliveries_version ON deliveries (product, version, requested_at, id);
CREATE INDEX ix_deliveries_delivered ON deliveries (product, digest) WHERE state = 'delivered';
CREATE INDEX ix_deliveries_waiting ON deliveries (environment_id)
    WHERE state IN ('evaluating', 'in_review', 'approved');
CREATE UNIQUE INDEX uq_deliveries_attempt ON deliveries (environment_id, product, version, attempt)
    WHERE counted;
CREATE UNIQUE INDEX uq_deliveries_one_runs ON deliveries (environment_id)
    WHERE state IN ('delivering', 'verifying');

CREATE TABLE approvals (
    delivery_id uuid NOT NULL,
    approved_by text NOT NULL,
    criteria_version integer NOT NULL,
    requested_by text NOT NULL,
    digest text NOT NULL,
    environment text NOT NULL,
    attempt integer NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT pk_approvals PRIMARY KEY (delivery_id, approved_by, criteria_version),
    CONSTRAINT fk_approvals_delivery_id_requested_by FOREIGN KEY (delivery_id, requested_by)
        REFERENCES deliveries (id, requested_by),
    CONSTRAINT ck_approvals_four_eyes CHECK (approved_by <> requested_by)
);

CREATE TABLE verdicts (
    id uuid NOT NULL,
    position bigint GENERATED ALWAYS AS IDENTITY,
    delivery_id uuid NOT NULL,
    customer text NOT NULL,
    outcome text NOT NULL,
    reasons jsonb NOT NULL,
    follow_ups jsonb NOT NULL,
    criteria_version integer NOT NULL,
    decided_by text NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT pk_verdicts PRIMARY KEY (id),
    CONSTRAINT ck_verdicts_outcome CHECK (outcome IN ('accepted', 'refused', 'deferred')),
    CONSTRAINT ck_verdicts_no_bare_refusal
        CHECK (outcome <> 'refused' OR (reasons <> '[]' AND follow_ups <> '[]')),
    CONSTRAINT uq_verdicts_position UNIQUE (position),
    CONSTRAINT fk_verdicts_delivery_id FOREIGN KEY (delivery_id) REFERENCES deliveries (id)
);
CREATE INDEX ix_verdicts_delivery_id ON verdicts (delivery_id);
CREATE INDEX ix_verdicts_refused ON verdicts (position) WHERE outcome = 'refused';
REVOKE UPDATE, DELETE, TRUNCATE ON verdicts, approvals FROM opsdesk_delivery_gate;

-- Two accounts of one person are refused, too (R1).

CREATE TRIGGER two_persons_approve BEFORE INSERT OR UPDATE OF approved_by ON approvals
    FOR EACH ROW WHEN (NEW.approved_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('requested_by', 'approved_by');

CREATE FUNCTION refuse_second_approval() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM approvals
        WHERE delivery_id = NEW.delivery_id AND criteria_version = NEW.criteria_version
            AND digest = NEW.digest AND attempt = NEW.attempt
            AND is_one_person(approved_by, NEW.approved_by))
    THEN
        RAISE EXCEPTION 'this person has approved already'
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER two_persons_approve_twice BEFORE INSERT ON approvals
    FOR EACH ROW EXECUTE FUNCTION refuse_second_approval();
