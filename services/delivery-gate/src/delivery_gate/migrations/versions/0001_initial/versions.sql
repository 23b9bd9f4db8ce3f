-- Versions of products, and the checks of each: inserted and never changed (G1).

CREATE TABLE versions (
    id uuid NOT NULL,
    product text NOT NULL,
    name text NOT NULL,
    digest text NOT NULL,
    contains uuid[] NOT NULL,
    ordinal integer NOT NULL,
    registered_by text NOT NULL,
    registered_at timestamptz NOT NULL,
    CONSTRAINT pk_versions PRIMARY KEY (id),
    CONSTRAINT uq_versions_product_name UNIQUE (product, name),
    CONSTRAINT uq_versions_product_ordinal UNIQUE (product, ordinal),
    CONSTRAINT ck_versions_digest CHECK (digest ~ '^sha256:[0-9a-f]{64}$'),
    CONSTRAINT fk_versions_product FOREIGN KEY (product) REFERENCES products (key)
);
CREATE INDEX ix_versions_digest ON versions (product, digest);
CREATE INDEX ix_versions_registered_at ON versions (registered_at, id);

CREATE TABLE checks (
    id uuid NOT NULL,
    position bigint GENERATED ALWAYS AS IDENTITY,
    version_id uuid NOT NULL,
    product text NOT NULL,
    digest text NOT NULL,
    kind text NOT NULL,
    result text NOT NULL,
    at timestamptz NOT NULL,
    evidence text,
    reported_by text NOT NULL,
    CONSTRAINT pk_checks PRIMARY KEY (id),
    CONSTRAINT ck_checks_result CHECK (result IN ('passed', 'failed', 'error')),
    CONSTRAINT fk_checks_version_id FOREIGN KEY (version_id) REFERENCES versions (id)
);
CREATE INDEX ix_checks_digest ON checks (product, digest, kind, at, position);
REVOKE UPDATE, DELETE, TRUNCATE ON versions, checks FROM opsdesk_delivery_gate;
