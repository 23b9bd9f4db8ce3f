-- Customers, contacts, environments and partners, as published by intake.

CREATE TABLE customers (
    id uuid PRIMARY KEY,
    key text NOT NULL UNIQUE,
    name text NOT NULL,
    timezone text NOT NULL,
    language text NOT NULL DEFAULT 'en',
    day_zone text NOT NULL DEFAULT 'UTC',
    tier text,
    retired boolean NOT NULL DEFAULT false,
    sequence bigint NOT NULL
);
COMMENT ON COLUMN customers.day_zone IS
    'The zone in which days are counted: the customer''s, or UTC where PostgreSQL does not know it.';

CREATE TABLE contacts (
    id uuid PRIMARY KEY,
    customer text NOT NULL,
    address_digests text[] NOT NULL DEFAULT '{}',
    sequence bigint NOT NULL
);
CREATE INDEX ix_contacts_addresses ON contacts USING gin (address_digests);
COMMENT ON TABLE contacts IS 'Contacts of customers, for the portal: without names and addresses.';

CREATE TABLE environments (
    id uuid PRIMARY KEY,
    key text NOT NULL UNIQUE,
    customer_id uuid NOT NULL,
    tier text NOT NULL,
    retired boolean NOT NULL DEFAULT false,
    sequence bigint NOT NULL
);

CREATE TABLE people (
    id uuid PRIMARY KEY,
    sub text NOT NULL UNIQUE,
    name text NOT NULL DEFAULT '',
    retired boolean NOT NULL,
    of_partner boolean NOT NULL,
    sequence bigint NOT NULL
);
COMMENT ON TABLE people IS 'Staff, whom requests may name by their sub, and papers by their name: no address.';

CREATE TABLE teams (
    id uuid PRIMARY KEY,
    key text NOT NULL UNIQUE,
    name text NOT NULL,
    retired boolean NOT NULL DEFAULT false,
    sequence bigint NOT NULL
);

CREATE TABLE partners (
    id uuid PRIMARY KEY,
    key text NOT NULL UNIQUE,
    name text NOT NULL,
    retired boolean NOT NULL DEFAULT false,
    sequence bigint NOT NULL
);
