-- The tables that every service has, as the first revision of each makes them. Never edited once
-- released: a later change is a script of its own.
--
-- Everything is made in the schema that the search path names. The runtime role's rights come from
-- the owner's default privileges, except where they are taken away at the end.

-- Events on their way out.

CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY,
    event_id uuid NOT NULL,
    topic text NOT NULL,
    key text NOT NULL,
    type text NOT NULL,
    source text NOT NULL,
    subject text NOT NULL,
    sequence bigint NOT NULL CHECK (sequence > 0),
    at text NOT NULL,
    traceparent text,
    body text NOT NULL,
    held_by text,
    held_at timestamptz,
    problem text,
    CONSTRAINT ck_outbox_held CHECK ((held_by IS NULL) = (held_at IS NULL))
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);
-- Instead of a primary key: a row stands in one of the two, so that the relay's read costs the same
-- however many rows are held, and an event costs one index entry as before.
CREATE UNIQUE INDEX ix_outbox_free ON outbox (id) WHERE held_by IS NULL;
CREATE UNIQUE INDEX ix_outbox_held ON outbox (topic, held_by, id) WHERE held_by IS NOT NULL;
COMMENT ON TABLE outbox IS 'Events not yet on Kafka; the relay deletes them once acknowledged.';
COMMENT ON COLUMN outbox.held_by IS 'topic, partition N or key: what Kafka does not take at present.';

-- Events that came in: what took effect, what waits, what is put aside as dead.

CREATE TABLE inbox (
    source text NOT NULL,
    subject text NOT NULL,
    sequence bigint NOT NULL,
    dead_at bigint,
    event_id uuid,
    PRIMARY KEY (source, subject)
) WITH (fillfactor = 80);
COMMENT ON COLUMN inbox.sequence IS 'The last event of the subject that took effect here.';
COMMENT ON COLUMN inbox.dead_at IS 'The sequence that was put aside as dead; later ones wait.';
COMMENT ON COLUMN inbox.event_id IS 'The ce_id of that last event: another one is a fork.';

CREATE TABLE consumed_offsets (
    topic text NOT NULL,
    partition int NOT NULL,
    "offset" bigint NOT NULL,
    PRIMARY KEY (topic, partition)
) WITH (fillfactor = 50);
COMMENT ON TABLE consumed_offsets IS
    'The next record of each partition: reading goes on here. Kafka''s offsets are for lag tools.';

CREATE TABLE stopped_sources (
    source text PRIMARY KEY,
    stopped_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    subject text NOT NULL,
    sequence bigint NOT NULL
);
COMMENT ON TABLE stopped_sources IS
    'Services that told one sequence twice; their records wait until a person has decided.';

CREATE TABLE lost_history (
    source text NOT NULL,
    subject text NOT NULL,
    name text,
    is_known boolean NOT NULL,
    stored_sequence bigint NOT NULL,
    published_sequence bigint NOT NULL,
    restored_sequence bigint NOT NULL,
    events jsonb NOT NULL,
    found_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    PRIMARY KEY (source, subject, restored_sequence)
);
COMMENT ON TABLE lost_history IS
    'Subjects of which a service, this or another, lost later events with a restored backup.';
COMMENT ON COLUMN lost_history.restored_sequence IS 'The event about the loss; the next one follows it.';

CREATE TABLE restorations (
    started_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    started_by text NOT NULL,
    ended_at timestamptz
);
CREATE UNIQUE INDEX uq_restorations_unfinished ON restorations ((true)) WHERE ended_at IS NULL;
COMMENT ON TABLE restorations IS
    'Runs of the command `restored`. The service does not start while one has not ended.';

CREATE TABLE parked (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text NOT NULL,
    subject text NOT NULL,
    sequence bigint NOT NULL,
    waits_source text,
    waits_subject text,
    topic text NOT NULL,
    partition int NOT NULL,
    "offset" bigint NOT NULL,
    key bytea,
    headers jsonb NOT NULL,
    body bytea,
    parked_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    attempts int NOT NULL DEFAULT 0,
    retry_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    problem text,
    UNIQUE (source, subject, sequence)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX ix_parked_waits ON parked (waits_source, waits_subject, source, subject);
CREATE INDEX ix_parked_parked_at ON parked (parked_at);
CREATE INDEX ix_parked_problem ON parked (id) WHERE problem IS NOT NULL;
COMMENT ON COLUMN parked.attempts IS 'How often it was tried in vain; it is not before retry_at.';
COMMENT ON COLUMN parked.problem IS 'What of our own operation it failed with, if it did.';

CREATE TABLE dead_letters (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text,
    subject text,
    sequence bigint,
    type text,
    topic text NOT NULL,
    partition int NOT NULL,
    "offset" bigint NOT NULL,
    digest bytea NOT NULL,
    key bytea,
    headers jsonb NOT NULL,
    body bytea,
    code text NOT NULL,
    reason text NOT NULL,
    died_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    settled_at timestamptz,
    settled_as text CHECK (settled_as IN ('replayed', 'skipped')),
    settled_because text,
    UNIQUE (topic, partition, "offset", digest)
);
CREATE INDEX ix_dead_letters_open ON dead_letters (id) WHERE settled_at IS NULL;
CREATE INDEX ix_dead_letters_settled ON dead_letters (settled_at) WHERE settled_at IS NOT NULL;

-- Deadlines, and which of them fired.

CREATE SEQUENCE deadline_generations;
CREATE TABLE deadlines (
    kind text NOT NULL,
    subject uuid NOT NULL,
    due_at timestamptz,
    wake_at timestamptz NOT NULL,
    generation bigint NOT NULL DEFAULT nextval('deadline_generations'),
    tries int NOT NULL DEFAULT 0,
    problem text,
    traceparent text,
    PRIMARY KEY (kind, subject)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX ix_deadlines_wake ON deadlines (wake_at);
COMMENT ON COLUMN deadlines.traceparent IS 'The trace of what scheduled it; the firing continues it.';
COMMENT ON COLUMN deadlines.wake_at IS 'When to look again: never after due_at; earlier is lazy.';

CREATE TABLE firings (
    generation bigint PRIMARY KEY,
    kind text NOT NULL,
    subject uuid NOT NULL,
    due_at timestamptz NOT NULL,
    fired_at timestamptz NOT NULL,
    lag interval NOT NULL,
    fired_without_events boolean NOT NULL,
    CONSTRAINT ck_firings_not_early CHECK (fired_at >= due_at)
);
CREATE INDEX ix_firings_subject ON firings (subject);
CREATE INDEX ix_firings_deletable ON firings (fired_at) WHERE kind <> 'clock';
COMMENT ON TABLE firings IS 'Every deadline that fired, once: due, fired, lag.';

-- Answers that are given again, and tokens that no longer hold.

CREATE TABLE idempotency (
    caller text NOT NULL,
    key text NOT NULL,
    request bytea NOT NULL,
    status int NOT NULL,
    headers jsonb NOT NULL,
    body bytea NOT NULL,
    answered_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    PRIMARY KEY (caller, key)
);
CREATE INDEX ix_idempotency_answered_at ON idempotency (answered_at);

CREATE TABLE revoked_tokens (
    jti text PRIMARY KEY,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    revoked_by text NOT NULL
);
CREATE INDEX ix_revoked_tokens_expires_at ON revoked_tokens (expires_at);

CREATE TABLE revoked_callers (
    kind text NOT NULL CHECK (kind IN ('person', 'client')),
    name text NOT NULL,
    issued_until timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_by text NOT NULL,
    PRIMARY KEY (kind, name)
);
CREATE INDEX ix_revoked_callers_expires_at ON revoked_callers (expires_at);
COMMENT ON TABLE revoked_callers IS
    'Persons (sub) and clients whose tokens issued until an instant no longer hold.';

CREATE TABLE ended_customers (
    customer_id uuid PRIMARY KEY,
    key text NOT NULL
);
COMMENT ON TABLE ended_customers IS
    'Customers whose contacts are refused, whatever token they bring: what intake has announced as ended.';

-- Which accounts are one person (R1). Two people means two persons: staff, contact, machine and
-- On-Behalf-Of of one of them count once.

CREATE TABLE account_addresses (
    account text NOT NULL,
    address_digest text NOT NULL,
    of_contact boolean NOT NULL,
    PRIMARY KEY (account, address_digest)
);
CREATE INDEX ix_account_addresses_digest ON account_addresses (address_digest, account);
COMMENT ON TABLE account_addresses IS
    'Digests of the addresses of accounts: from intake''s directory, and from verified tokens.';
COMMENT ON COLUMN account_addresses.of_contact IS
    'The account is a customer''s contact: erased with them, unless it is also one of our own people''s.';

CREATE TABLE account_owners (
    account text PRIMARY KEY,
    owner text NOT NULL
);
COMMENT ON TABLE account_owners IS
    'Accounts that count for somebody else: contacts for who registered them until a second person confirms it, machines for who answers for them.';

-- From one of our own people no way leads over a contact's account: whoever registered colleagues as
-- contacts, or a contact whose token named their addresses, would leave nobody a second person.
CREATE FUNCTION accounts_of_person(one text) RETURNS SETOF text LANGUAGE sql STABLE AS $$
    WITH RECURSIVE reached (account) AS (
        SELECT one
        UNION
        SELECT next.account FROM reached CROSS JOIN LATERAL (
            SELECT same.account FROM account_addresses AS own
                JOIN account_addresses AS same USING (address_digest)
                WHERE own.account = reached.account AND (own.of_contact OR NOT same.of_contact)
            UNION ALL
            SELECT owner FROM account_owners WHERE account_owners.account = reached.account
        ) AS next)
    SELECT account FROM reached
    $$;

-- A contact who acts as the second person reads neither table; the answer alone is for everybody.
CREATE FUNCTION is_one_person(one text, other text) RETURNS boolean LANGUAGE sql STABLE
    SECURITY DEFINER
    AS $$
    SELECT one = other OR EXISTS (
        SELECT accounts_of_person(one) INTERSECT SELECT accounts_of_person(other))
    $$;
-- Temporary tables last: whoever calls a function with its owner's rights must not put theirs in front.
DO $$ BEGIN
    EXECUTE format('ALTER FUNCTION is_one_person SET search_path = %I, pg_temp', current_schema());
END $$;

-- BEFORE INSERT OR UPDATE, with the columns of the first and of the second person. One account twice is
-- left to the table's CHECK, unless a third argument says otherwise.
CREATE FUNCTION refuse_one_person() RETURNS trigger LANGUAGE plpgsql
    SET search_path FROM CURRENT
    AS $$
DECLARE
    first_person text := to_jsonb(NEW) ->> TG_ARGV[0];
    second_person text := to_jsonb(NEW) ->> TG_ARGV[1];
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(OLD) ->> TG_ARGV[1] IS NOT DISTINCT FROM second_person THEN
        RETURN NEW;
    END IF;
    IF first_person = second_person AND TG_NARGS < 3 THEN
        RETURN NEW;
    END IF;
    IF is_one_person(first_person, second_person) THEN
        RAISE EXCEPTION '% and % are accounts of one person', TG_ARGV[0], TG_ARGV[1]
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END $$;

-- Who did what when on which grounds (R16).

CREATE TABLE audit (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    who text NOT NULL,
    behind text,
    action text NOT NULL,
    subject text NOT NULL,
    grounds jsonb NOT NULL DEFAULT '{}',
    xid bigint NOT NULL DEFAULT (pg_current_xact_id()::text::bigint)
);
CREATE INDEX ix_audit_xid ON audit USING brin (xid) WITH (autosummarize = on);
CREATE INDEX ix_audit_subject ON audit (subject, position);
COMMENT ON TABLE audit IS 'Who did what when on which grounds. Append-only, sealed each minute.';
COMMENT ON COLUMN audit.xid IS 'Only the bound of the sealer''s scan, no part of the evidence.';

CREATE TABLE audit_seals (
    number bigint PRIMARY KEY,
    sealed_at timestamptz NOT NULL,
    size integer NOT NULL CHECK (size > 0),
    root bytea NOT NULL,
    previous bytea NOT NULL,
    chain bytea NOT NULL,
    settled bigint NOT NULL,
    floor bigint NOT NULL,
    cluster bigint NOT NULL
);

CREATE TABLE audit_leaves (
    position bigint PRIMARY KEY,
    seal bigint NOT NULL,
    hash bytea NOT NULL
);
CREATE INDEX ix_audit_leaves_seal ON audit_leaves
    USING brin (seal) WITH (pages_per_range = 16, autosummarize = on);
COMMENT ON COLUMN audit_leaves.seal IS
    'Its number in audit_seals: checked by the verifier, not by a key, which would cost as much as the hash.';

-- The service's clock: the database's own, or, in tests and the demo, a simulated one.

CREATE FUNCTION now() RETURNS timestamptz LANGUAGE sql STABLE
    AS 'SELECT statement_timestamp()';

CREATE TABLE simulated_time (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    "offset" interval NOT NULL DEFAULT '0',
    frozen_at timestamptz
);
INSERT INTO simulated_time DEFAULT VALUES;

-- Old firings may go, but for those of clocks: sealed evidence (C8). The runtime role may not delete
-- from the table; this function does it in the owner's name, and nothing that is younger than 400 days.

CREATE FUNCTION delete_old_firings(before timestamptz, max_rows int) RETURNS int
    LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT
    AS $$
    WITH deleted AS (
        DELETE FROM firings WHERE generation IN (
            SELECT generation FROM firings
            WHERE kind <> 'clock'
                AND fired_at <= least(before, statement_timestamp() - interval '400 days')
            ORDER BY fired_at LIMIT max_rows FOR UPDATE SKIP LOCKED)
        RETURNING 1)
    SELECT count(*)::int FROM deleted
    $$;

-- Which database this is, among those that might use the same Kafka. A restored one keeps it.

CREATE TABLE deployment (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    id uuid NOT NULL DEFAULT gen_random_uuid()
);
INSERT INTO deployment DEFAULT VALUES;
COMMENT ON TABLE deployment IS 'The identity of this database: its Kafka group carries it.';

-- What is evidence stays: the runtime role, which is named after the schema, may only add to it.

DO $$ BEGIN
    EXECUTE format(
        'REVOKE UPDATE, DELETE, TRUNCATE ON firings, audit, audit_seals, audit_leaves FROM %I',
        'opsdesk_' || current_schema());
    REVOKE EXECUTE ON FUNCTION delete_old_firings FROM PUBLIC;
    EXECUTE format('GRANT EXECUTE ON FUNCTION delete_old_firings TO %I',
        'opsdesk_' || current_schema());
    EXECUTE format(
        'REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON deployment FROM %I',
        'opsdesk_' || current_schema());
END $$;

-- What the contacts' role may do. Row-level security keeps it to the rows of opsdesk.customer, which
-- common.persistence.row_scope sets with each BEGIN; a table that is not opened to it stays shut.

CREATE FUNCTION open_to_contacts(name text, visible text, rights text DEFAULT 'SELECT') RETURNS void
    LANGUAGE plpgsql AS $$
DECLARE
    service CONSTANT text := 'opsdesk_' || current_schema();
BEGIN
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY of_the_service ON %I TO %I, %I USING (true)',
        name, service, service || '_owner');
    EXECUTE format('CREATE POLICY of_the_customer ON %I TO %I USING (%s)',
        name, service || '_contact', visible);
    EXECUTE format('GRANT %s ON %I TO %I', rights, name, service || '_contact');
END $$;
REVOKE EXECUTE ON FUNCTION open_to_contacts FROM PUBLIC;
COMMENT ON FUNCTION open_to_contacts IS
    'Of migrations: opens a table to the contacts'' role for the rows that `visible` names.';

SELECT open_to_contacts('idempotency',
    $$caller = (SELECT current_setting('opsdesk.caller', true))$$, 'SELECT, INSERT, UPDATE');
DO $$ BEGIN
    EXECUTE format('GRANT INSERT ON outbox, audit TO %I',
        'opsdesk_' || current_schema() || '_contact');
    EXECUTE format('GRANT SELECT ON simulated_time TO %I',
        'opsdesk_' || current_schema() || '_contact');
END $$;
