-- Customers' environments, and what runs on each.

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
