-- Customers, their contacts and environments, partners, staff.

CREATE TABLE customers (
    id uuid PRIMARY KEY,
    key text NOT NULL UNIQUE,
    name text NOT NULL,
    timezone text NOT NULL,
    language text NOT NULL,
    tier text,
    retired boolean NOT NULL DEFAULT false,
    sequence bigint NOT NULL,
    end_asked_by text,
    end_asked_at timestamptz,
    ended_by text CONSTRAINT ck_customers_end_four_eyes CHECK (ended_by <> end_asked_by),
    CONSTRAINT ck_customers_end_asked CHECK ((end_asked_by IS NULL) = (end_asked_at IS NULL)),
    CONSTRAINT ck_customers_ended CHECK (NOT retired OR num_nonnulls(end_asked_by, ended_by) = 2)
);

CREATE TABLE contacts (
    id uuid PRIMARY KEY,
    customer_id uuid NOT NULL REFERENCES customers,
    name text NOT NULL,
    address text UNIQUE,
    phone text,
    language text NOT NULL,
    registered_by text,
    registered_at timestamptz,
    confirmed_by text,
    retired boolean NOT NULL DEFAULT false,
    wants_mail boolean NOT NULL DEFAULT false,
    wants_notices boolean NOT NULL DEFAULT true,
    erased boolean NOT NULL DEFAULT false,
    other_addresses text[] NOT NULL DEFAULT '{}',
    other_phones text[] NOT NULL DEFAULT '{}',
    numbers text[] NOT NULL DEFAULT '{}',
    sequence bigint NOT NULL,
    CONSTRAINT ck_contacts_four_eyes CHECK (confirmed_by <> registered_by),
    CONSTRAINT ck_contacts_erased CHECK (
        NOT erased OR (other_addresses = '{}' AND other_phones = '{}' AND numbers = '{}'))
);
CREATE INDEX ix_contacts_other_addresses ON contacts USING gin (other_addresses);
CREATE INDEX ix_contacts_numbers ON contacts USING gin (numbers);
COMMENT ON COLUMN contacts.numbers IS 'All phone numbers of the contact in one form (E.164).';

-- An address is one contact's, whether it is their first one or another one.
CREATE FUNCTION refuse_taken_address() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('contact addresses', 4));
    IF EXISTS (SELECT FROM contacts WHERE id <> NEW.id AND (
        address = ANY (NEW.other_addresses) OR NEW.address = ANY (other_addresses)
        OR other_addresses && NEW.other_addresses))
    THEN
        RAISE EXCEPTION 'another contact has one of these addresses'
            USING ERRCODE = 'unique_violation', CONSTRAINT = 'uq_contacts_addresses';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER one_contact_has_an_address BEFORE INSERT OR UPDATE OF address, other_addresses ON contacts
    FOR EACH ROW EXECUTE FUNCTION refuse_taken_address();
COMMENT ON COLUMN contacts.registered_by IS
    'For whom the contact counts where two people are needed, until confirmed_by says otherwise.';
CREATE INDEX ix_contacts_customer ON contacts (customer_id, id);

CREATE TABLE environments (
    id uuid PRIMARY KEY,
    key text NOT NULL UNIQUE,
    customer_id uuid NOT NULL REFERENCES customers,
    tier text NOT NULL CHECK (tier IN ('production', 'staging', 'test', 'development')),
    name text NOT NULL,
    retired boolean NOT NULL DEFAULT false,
    sequence bigint NOT NULL,
    end_asked_by text,
    end_asked_at timestamptz,
    ended_by text CONSTRAINT ck_environments_end_four_eyes CHECK (ended_by <> end_asked_by),
    CONSTRAINT ck_environments_end_asked CHECK ((end_asked_by IS NULL) = (end_asked_at IS NULL)),
    CONSTRAINT ck_environments_ended CHECK (NOT retired OR num_nonnulls(end_asked_by, ended_by) = 2)
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
    pending_roles text[],
    pending_end boolean,
    pending_by text,
    pending_at timestamptz,
    changed_by text,
    confirmed_by text,
    sequence bigint NOT NULL,
    CONSTRAINT ck_people_pending CHECK (num_nonnulls(pending_roles, pending_end, pending_by, pending_at) IN (0, 4)),
    CONSTRAINT ck_people_four_eyes CHECK (confirmed_by <> changed_by)
);
COMMENT ON COLUMN people.changed_by IS 'Who asked for the last change that confirmed_by confirmed.';

-- Two accounts of one person are refused, too (R1).

CREATE TRIGGER two_persons_confirm_person BEFORE INSERT OR UPDATE OF confirmed_by ON people
    FOR EACH ROW WHEN (NEW.confirmed_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('changed_by', 'confirmed_by');

CREATE TRIGGER two_persons_confirm_contact BEFORE INSERT OR UPDATE OF confirmed_by ON contacts
    FOR EACH ROW WHEN (NEW.confirmed_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('registered_by', 'confirmed_by');

CREATE TRIGGER two_persons_end_customer BEFORE INSERT OR UPDATE OF ended_by ON customers
    FOR EACH ROW WHEN (NEW.ended_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('end_asked_by', 'ended_by');

CREATE TRIGGER two_persons_end_environment BEFORE INSERT OR UPDATE OF ended_by ON environments
    FOR EACH ROW WHEN (NEW.ended_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('end_asked_by', 'ended_by');

-- Teams of the house, beside those that every role is: `members` are subs.
CREATE TABLE teams (
    id uuid PRIMARY KEY,
    key text NOT NULL UNIQUE,
    name text NOT NULL,
    members text[] NOT NULL,
    created_by text NOT NULL,
    sequence bigint NOT NULL
);
