-- Customers, their contacts and environments, partners, staff.

CREATE TABLE customers (
    id uuid PRIMARY KEY,
    key text NOT NULL UNIQUE,
    name text NOT NULL,
    timezone text NOT NULL,
    language text NOT NULL,
    retired boolean NOT NULL DEFAULT false,
    sequence bigint NOT NULL
);

CREATE TABLE contacts (
    id uuid PRIMARY KEY,
    customer_id uuid NOT NULL REFERENCES customers,
    name text NOT NULL,
    address text UNIQUE,
    phone text,
    language text NOT NULL,
    wants_mail boolean NOT NULL DEFAULT false,
    erased boolean NOT NULL DEFAULT false,
    sequence bigint NOT NULL
);
CREATE INDEX ix_contacts_customer ON contacts (customer_id, id);

CREATE TABLE environments (
    id uuid PRIMARY KEY,
    key text NOT NULL UNIQUE,
    customer_id uuid NOT NULL REFERENCES customers,
    tier text NOT NULL CHECK (tier IN ('production', 'staging', 'test', 'development')),
    name text NOT NULL,
    retired boolean NOT NULL DEFAULT false,
    sequence bigint NOT NULL
);
CREATE INDEX ix_environments_customer ON environments (customer_id, id);

CREATE TABLE partners (
    id uuid PRIMARY KEY,
    key text NOT NULL UNIQUE,
    name text NOT NULL,
    timezone text NOT NULL,
    email text,
    retired boolean NOT NULL DEFAULT false,
    sequence bigint NOT NULL
);

-- What customers buy, as sla's catalogue announces it.
CREATE TABLE services (
    id uuid PRIMARY KEY,
    key text NOT NULL UNIQUE,
    sold_to text[] NOT NULL,
    retired boolean NOT NULL,
    sequence bigint NOT NULL
);

CREATE TABLE people (
    id uuid PRIMARY KEY,
    sub text NOT NULL UNIQUE,
    name text NOT NULL,
    email text NOT NULL UNIQUE,
    phone text,
    timezone text NOT NULL,
    roles text[] NOT NULL,
    retired boolean NOT NULL DEFAULT false,
    sequence bigint NOT NULL
);
