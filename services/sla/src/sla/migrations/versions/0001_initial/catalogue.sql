-- The catalogue: services in versions, and what they run on.

CREATE TABLE services (
    id uuid PRIMARY KEY,
    key text NOT NULL UNIQUE,
    newest uuid NOT NULL,
    retired_at timestamptz,
    sequence bigint NOT NULL
);

CREATE TABLE service_versions (
    id uuid PRIMARY KEY,
    service_id uuid NOT NULL REFERENCES services,
    version int NOT NULL CHECK (version > 0),
    name text NOT NULL,
    owner text NOT NULL,
    description text NOT NULL,
    hours uuid REFERENCES calendars,
    price numeric(14, 2) CHECK (price >= 0),
    currency text CHECK (currency ~ '^[A-Z]{3}$'),
    sold_to text[] NOT NULL,
    runs_on jsonb NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE (service_id, version),
    CONSTRAINT ck_service_versions_price CHECK ((price IS NULL) = (currency IS NULL))
);
CREATE INDEX ix_service_versions_sold_to ON service_versions USING gin (sold_to);
ALTER TABLE services ADD FOREIGN KEY (newest) REFERENCES service_versions
    DEFERRABLE INITIALLY DEFERRED;
COMMENT ON COLUMN service_versions.sold_to IS 'The keys of the customers who bought it.';
COMMENT ON COLUMN service_versions.price IS 'List price of a month, in the currency''s unit.';
COMMENT ON COLUMN service_versions.runs_on IS
    'Needs: of the nodes any_of (kind/key), at_least so many must work.';
REVOKE UPDATE, DELETE, TRUNCATE ON service_versions FROM opsdesk_sla;
