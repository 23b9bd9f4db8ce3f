-- What is owed because of deliveries: follow-ups, and emergency changes.

CREATE SEQUENCE follow_up_numbers START 1001;
CREATE TABLE follow_ups (
    id uuid NOT NULL,
    key text NOT NULL,
    sequence bigint NOT NULL,
    kind text NOT NULL,
    task text NOT NULL,
    delivery_id uuid,
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
CREATE INDEX ix_follow_ups_opened_at ON follow_ups (opened_at, id);
CREATE INDEX ix_follow_ups_holding ON follow_ups (held_product) WHERE state IN ('open', 'closed');

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
    settled_by_version uuid,
    settled_at timestamptz,
    revoked_at timestamptz,
    revocation_reason text,
    CONSTRAINT pk_emergency_changes PRIMARY KEY (id),
    CONSTRAINT ck_emergency_changes_state
        CHECK (state IN ('requested', 'authorized', 'applied', 'settled', 'revoked')),
    CONSTRAINT ck_emergency_changes_four_eyes CHECK (authorized_by <> requested_by),
    CONSTRAINT ck_emergency_changes_authorized
        CHECK (state NOT IN ('authorized', 'applied', 'settled') OR authorized_by IS NOT NULL),
    CONSTRAINT ck_emergency_changes_applied
        CHECK (state NOT IN ('applied', 'settled') OR applied_by IS NOT NULL),
    CONSTRAINT uq_emergency_changes_key UNIQUE (key),
    CONSTRAINT fk_emergency_changes_environment_id FOREIGN KEY (environment_id)
        REFERENCES environments (id),
    CONSTRAINT fk_emergency_changes_settled_by_version FOREIGN KEY (settled_by_version)
        REFERENCES deliveries (id)
);
CREATE UNIQUE INDEX uq_emergency_changes_one_open ON emergency_changes (environment_id)
    WHERE state IN ('requested', 'authorized', 'applied');
