-- People, customers and environments as intake announces them; how each person wants to be notified.

CREATE TABLE people (
    sub text PRIMARY KEY,
    name text NOT NULL,
    email text NOT NULL,
    timezone text NOT NULL,
    roles text[] NOT NULL,
    retired boolean NOT NULL
);
COMMENT ON TABLE people IS 'Staff as intake announces them; fallback is the contact for when nobody else can be notified.';
INSERT INTO people (sub, name, email, timezone, roles, retired) VALUES
    ('fallback', 'On duty', 'on-duty@localhost', 'UTC', '{}', false);

CREATE TABLE personal_settings (
    sub text PRIMARY KEY,
    channels jsonb NOT NULL,
    rules jsonb NOT NULL
);

CREATE TABLE customers (
    id uuid PRIMARY KEY,
    key text NOT NULL,
    name text NOT NULL,
    timezone text NOT NULL,
    retired boolean NOT NULL
);

-- What customers buy, as sla's catalogue announces it.
CREATE TABLE services (
    id uuid PRIMARY KEY,
    key text NOT NULL,
    retired boolean NOT NULL
);

CREATE TABLE environments (
    id uuid PRIMARY KEY,
    key text NOT NULL,
    customer text NOT NULL,
    tier text NOT NULL,
    name text NOT NULL,
    retired boolean NOT NULL
);
CREATE INDEX ix_environments_key ON environments (key);
