-- People, customers and environments as intake announces them; how each person wants to be notified.

CREATE TABLE people (
    sub text PRIMARY KEY,
    name text NOT NULL,
    email text NOT NULL,
    timezone text NOT NULL,
    roles text[] NOT NULL,
    retired boolean NOT NULL,
    phone text
);
COMMENT ON TABLE people IS 'Staff as intake announces them; fallback is the contact for when nobody else can be notified.';
INSERT INTO people (sub, name, email, timezone, roles, retired) VALUES
    ('fallback', 'On duty', 'on-duty@localhost', 'UTC', '{}', false);

CREATE TABLE personal_settings (
    sub text PRIMARY KEY,
    channels jsonb NOT NULL,
    rules jsonb NOT NULL,
    pending jsonb,
    pending_by text,
    pending_at timestamptz,
    changed_by text,
    confirmed_by text,
    sequence bigint NOT NULL DEFAULT 1,
    CONSTRAINT ck_personal_settings_pending CHECK (num_nonnulls(pending, pending_by, pending_at) IN (0, 3)),
    CONSTRAINT ck_personal_settings_four_eyes CHECK (confirmed_by <> changed_by)
);
COMMENT ON COLUMN personal_settings.pending IS
    'Another''s settings that pending_by asked for, until a second person asks for the same.';

-- Two accounts of one person are refused, too (R1).

CREATE TRIGGER two_persons_settings BEFORE INSERT OR UPDATE OF confirmed_by ON personal_settings
    FOR EACH ROW WHEN (NEW.confirmed_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('changed_by', 'confirmed_by');

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
