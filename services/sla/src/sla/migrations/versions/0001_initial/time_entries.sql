-- Hours and money: work that was booked, rate cards, reserved hours.

CREATE TABLE rate_cards (
    id uuid PRIMARY KEY,
    customer_id uuid REFERENCES customers,
    version int NOT NULL CHECK (version > 0),
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    rates jsonb NOT NULL,
    valid_from date NOT NULL,
    valid_until date CONSTRAINT ck_rate_cards_valid_until CHECK (valid_until > valid_from),
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE NULLS NOT DISTINCT (customer_id, version),
    -- One card of a customer, or of all (null), at a time.
    CONSTRAINT ex_rate_cards_one_at_a_time EXCLUDE USING gist (
        int8range(
            uuid_hash_extended(
                coalesce(customer_id, '00000000-0000-0000-0000-000000000000'::uuid), 0),
            uuid_hash_extended(
                coalesce(customer_id, '00000000-0000-0000-0000-000000000000'::uuid), 0),
            '[]') WITH &&,
        daterange(valid_from, valid_until) WITH &&
    )
);
COMMENT ON TABLE rate_cards IS 'Customer null: for all who have no card of their own.';
COMMENT ON COLUMN rate_cards.rates IS 'Hundredths of the currency for an hour, by name of the rate.';

CREATE SEQUENCE time_entry_numbers;
CREATE TABLE time_entries (
    id uuid PRIMARY KEY,
    key text NOT NULL UNIQUE,
    ticket_id uuid NOT NULL REFERENCES tickets,
    customer_id uuid NOT NULL,
    agreement_id uuid,
    person text NOT NULL,
    minutes int NOT NULL CHECK (minutes BETWEEN -1440 AND 1440 AND minutes <> 0),
    day date NOT NULL,
    rate text NOT NULL,
    corrects uuid REFERENCES time_entries,
    reason text,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT ck_time_entries_reason CHECK ((corrects IS NULL) = (reason IS NULL)),
    CONSTRAINT ck_time_entries_minutes_positive CHECK (corrects IS NOT NULL OR minutes > 0)
);
COMMENT ON TABLE time_entries IS 'A correction is a record of its own: the difference in minutes.';
COMMENT ON COLUMN time_entries.agreement_id IS 'That of the ticket when the work was recorded.';
CREATE INDEX ix_time_entries_customer ON time_entries (customer_id, day);
CREATE INDEX ix_time_entries_agreement ON time_entries (agreement_id, customer_id, day);
CREATE INDEX ix_time_entries_ticket ON time_entries (ticket_id, id);
CREATE INDEX ix_time_entries_corrects ON time_entries (corrects) WHERE corrects IS NOT NULL;
REVOKE UPDATE, DELETE, TRUNCATE ON time_entries FROM opsdesk_sla;

CREATE TABLE reserved_hours_accounts (
    id uuid PRIMARY KEY,
    agreement_id uuid NOT NULL REFERENCES agreements,
    customer_id uuid NOT NULL,
    month date NOT NULL CHECK (extract(day FROM month) = 1),
    warned_at timestamptz,
    sequence bigint NOT NULL,
    UNIQUE (agreement_id, customer_id, month)
);
COMMENT ON TABLE reserved_hours_accounts IS 'Reserved hours of a month: locked while work is recorded.';

CREATE TABLE reserved_hours_bookings (
    ticket_id uuid PRIMARY KEY,
    agreement_id uuid REFERENCES agreements,
    customer_id uuid NOT NULL,
    month date NOT NULL CHECK (extract(day FROM month) = 1),
    minutes integer NOT NULL CHECK (minutes > 0)
);
CREATE INDEX ix_reserved_hours_bookings_month ON reserved_hours_bookings (customer_id, month);
COMMENT ON TABLE reserved_hours_bookings IS
    'Changes that are planned on a month''s reserved hours, as intake announces them; the work itself is time_entries.';
