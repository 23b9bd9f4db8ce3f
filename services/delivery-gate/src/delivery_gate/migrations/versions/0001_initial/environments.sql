-- Customers' environments and what runs there; Blockers; contacts for the portal
-- (docs/decisions/0622).

CREATE TABLE environments (
    id uuid NOT NULL,
    key text NOT NULL,
    sequence bigint NOT NULL,
    customer_id uuid NOT NULL,
    customer text NOT NULL,
    tier text NOT NULL,
    name text NOT NULL,
    retired boolean NOT NULL,
    debt_change_id uuid,
    debt_change text,
    debt_since timestamptz,
    debt_due_at timestamptz,
    debt_overdue_since timestamptz,
    drift_product text,
    drift_digest text,
    drift_since timestamptz,
    CONSTRAINT pk_environments PRIMARY KEY (id),
    CONSTRAINT ck_environments_debt_is_whole
        CHECK (num_nonnulls(debt_change_id, debt_change, debt_since, debt_due_at) IN (0, 4)),
    CONSTRAINT uq_environments_key UNIQUE (key)
);

CREATE TABLE running (
    environment_id uuid NOT NULL,
    product text NOT NULL,
    digest text NOT NULL,
    CONSTRAINT pk_running PRIMARY KEY (environment_id, product),
    CONSTRAINT fk_running_environment_id FOREIGN KEY (environment_id)
        REFERENCES environments (id)
);

CREATE TABLE blockers (
    ticket_id uuid NOT NULL,
    ticket text NOT NULL,
    environment_id uuid,
    environment text,
    state text NOT NULL,
    CONSTRAINT pk_blockers PRIMARY KEY (ticket_id),
    CONSTRAINT ck_blockers_state CHECK (state IN ('open', 'lowered', 'closed'))
);
CREATE INDEX ix_blockers_open ON blockers (environment_id) WHERE state = 'open';

CREATE TABLE contacts (
    id uuid NOT NULL,
    customer text NOT NULL,
    address_digest text,
    heard bigint NOT NULL,
    CONSTRAINT pk_contacts PRIMARY KEY (id)
);
CREATE INDEX ix_contacts_address ON contacts (address_digest) WHERE address_digest IS NOT NULL;
COMMENT ON TABLE contacts IS 'For whom the portal may speak: no name, no address.';
COMMENT ON COLUMN contacts.heard IS 'Sequence of the last word about the contact.';
