-- Blockers, and the emergency changes that they justify.

CREATE TABLE blockers (
    ticket_id uuid NOT NULL,
    ticket text NOT NULL,
    environment_id uuid,
    environment text,
    state text NOT NULL,
    confirmed boolean NOT NULL DEFAULT true,
    CONSTRAINT pk_blockers PRIMARY KEY (ticket_id),
    CONSTRAINT ck_blockers_state CHECK (state IN ('open', 'lowered', 'closed'))
);
CREATE INDEX ix_blockers_open ON blockers (environment_id) WHERE state = 'open';

CREATE SEQUENCE emergency_numbers START 1001;
CREATE TABLE emergency_changes (
    id uuid NOT NULL,
    key text NOT NULL,
    sequence bigint NOT NULL,
    environment_id uuid NOT NULL,
    environment text NOT NULL,
    customer text NOT NULL,
    ticket_id uuid NOT NULL,
    ticket text NOT NULL,
    description text NOT NULL,
    requested_by text NOT NULL,
    requested_at timestamptz NOT NULL,
    state text NOT NULL,
    authorized_by text,
    authorized_at timestamptz,
    applied_by text,
    applied_at timestamptz,
    settled_by_delivery uuid,
    settled_at timestamptz,
    lapsed_at timestamptz,
    revoked_at timestamptz,
    revocation_reason text,
    blocker_ended_at timestamptz,
    CONSTRAINT pk_emergency_changes PRIMARY KEY (id),
    CONSTRAINT ck_emergency_changes_state
        CHECK (state IN ('requested', 'authorized', 'applied', 'settled', 'lapsed', 'revoked')),
    CONSTRAINT ck_emergency_changes_four_eyes CHECK (authorized_by <> requested_by),
    CONSTRAINT ck_emergency_changes_authorized
        CHECK (state NOT IN ('authorized', 'applied', 'settled', 'lapsed') OR authorized_by IS NOT NULL),
    CONSTRAINT ck_emergency_changes_applied
        CHECK (state NOT IN ('applied', 'settled', 'lapsed') OR applied_by IS NOT NULL),
    CONSTRAINT ck_emergency_changes_without_blocker CHECK (blocker_ended_at < applied_at),
    CONSTRAINT uq_emergency_changes_key UNIQUE (key),
    CONSTRAINT fk_emergency_changes_environment_id FOREIGN KEY (environment_id)
        REFERENCES environments (id),
    CONSTRAINT fk_emergency_changes_settled_by_delivery FOREIGN KEY (settled_by_delivery)
        REFERENCES deliveries (id)
);
CREATE UNIQUE INDEX uq_emergency_changes_one_open ON emergency_changes (environment_id)
    WHERE state IN ('requested', 'authorized', 'applied');
CREATE INDEX ix_emergency_changes_ticket_id ON emergency_changes (ticket_id);

ALTER TABLE follow_ups ADD CONSTRAINT fk_follow_ups_emergency_id FOREIGN KEY (emergency_id)
    REFERENCES emergency_changes (id);

-- Two accounts of one person are refused, too (R1).

CREATE TRIGGER two_persons_authorize BEFORE INSERT OR UPDATE OF authorized_by ON emergency_changes
    FOR EACH ROW WHEN (NEW.authorized_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('requested_by', 'authorized_by');
