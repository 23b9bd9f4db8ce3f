-- The schema console as the migrations make it. Written by `make docs`; do not edit.

-- Sequences
-- ---------

CREATE SEQUENCE deadline_generations START 1;

-- Tables of console
-- -----------------

CREATE TABLE drafts (
    sub text NOT NULL,
    kind text NOT NULL,
    ref text NOT NULL,
    text text NOT NULL,
    contact uuid,
    saved_at timestamptz NOT NULL,
    CONSTRAINT drafts_pkey PRIMARY KEY (sub, kind, ref),
    CONSTRAINT ck_drafts_kind CHECK (kind IN ('reply', 'note', 'new'))
);
CREATE INDEX ix_drafts_contact ON drafts (contact) WHERE contact IS NOT NULL;
CREATE INDEX ix_drafts_ref ON drafts (ref);
CREATE INDEX ix_drafts_saved_at ON drafts (saved_at);

CREATE TABLE logout_tokens (
    token_id text NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT logout_tokens_pkey PRIMARY KEY (token_id)
);
CREATE INDEX ix_logout_tokens_expires_at ON logout_tokens (expires_at);

CREATE TABLE presence (
    ticket text NOT NULL,
    sub text NOT NULL,
    person_name text NOT NULL,
    doing text NOT NULL,
    seen_at timestamptz NOT NULL,
    CONSTRAINT presence_pkey PRIMARY KEY (ticket, sub),
    CONSTRAINT ck_presence_doing CHECK (doing IN ('looking', 'writing'))
);
CREATE INDEX ix_presence_seen_at ON presence (seen_at);

CREATE TABLE profiles (
    sub text NOT NULL,
    language text,
    zone text,
    single_keys boolean NOT NULL DEFAULT true,
    after_finishing text NOT NULL DEFAULT 'stay',
    changed_at timestamptz NOT NULL,
    CONSTRAINT profiles_pkey PRIMARY KEY (sub),
    CONSTRAINT ck_profiles_after_finishing CHECK (after_finishing IN ('stay', 'back', 'next')),
    CONSTRAINT ck_profiles_language CHECK (language IN ('en', 'nl', 'de'))
);

CREATE TABLE sessions (
    id uuid NOT NULL,
    name_hash bytea NOT NULL,
    sub text NOT NULL,
    person_name text NOT NULL,
    roles text[] NOT NULL,
    customer text,
    issuer_session text,
    language text,
    zone text,
    browser text NOT NULL,
    sealed bytea NOT NULL,
    access_expires_at timestamptz NOT NULL,
    started_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    CONSTRAINT sessions_pkey PRIMARY KEY (id),
    CONSTRAINT sessions_name_hash_key UNIQUE (name_hash),
    CONSTRAINT ck_sessions_ends CHECK (ends_at > started_at),
    CONSTRAINT ck_sessions_hash CHECK (octet_length(name_hash) = 32)
);
CREATE INDEX ix_sessions_ends_at ON sessions (ends_at);
CREATE INDEX ix_sessions_issuer_session ON sessions (issuer_session)
    WHERE issuer_session IS NOT NULL;
CREATE INDEX ix_sessions_sub ON sessions (sub);

-- Tables that every service has
-- -----------------------------

-- Digests of the addresses of accounts: from intake's directory, and from verified tokens.
CREATE TABLE account_addresses (
    account text NOT NULL,
    address_digest text NOT NULL,
    -- The account is a customer's contact: erased with them, unless it is also one of our own
    -- people's.
    of_contact boolean NOT NULL,
    CONSTRAINT account_addresses_pkey PRIMARY KEY (account, address_digest)
);
CREATE INDEX ix_account_addresses_digest ON account_addresses (address_digest, account);

-- Accounts that count for somebody else: contacts for who registered them until a second person
-- confirms it, machines for who answers for them.
CREATE TABLE account_owners (
    account text NOT NULL,
    owner text NOT NULL,
    CONSTRAINT account_owners_pkey PRIMARY KEY (account)
);

-- Who did what when on which grounds. Append-only, sealed each minute.
CREATE TABLE audit (
    "position" bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL,
    who text NOT NULL,
    behind text,
    action text NOT NULL,
    subject text NOT NULL,
    grounds jsonb NOT NULL DEFAULT '{}'::jsonb,
    -- Only the bound of the sealer's scan, no part of the evidence.
    xid bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    CONSTRAINT audit_pkey PRIMARY KEY ("position")
);
CREATE INDEX ix_audit_subject ON audit (subject, "position");
CREATE INDEX ix_audit_xid ON audit USING brin (xid) WITH (autosummarize='on');
REVOKE UPDATE, DELETE ON audit FROM opsdesk_console;
GRANT INSERT ON audit TO opsdesk_console_contact;

CREATE TABLE audit_leaves (
    "position" bigint NOT NULL,
    -- Its number in audit_seals: checked by the verifier, not by a key, which would cost as much as
    -- the hash.
    seal bigint NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT audit_leaves_pkey PRIMARY KEY ("position")
);
CREATE INDEX ix_audit_leaves_seal ON audit_leaves USING brin (seal) WITH (pages_per_range='16',
    autosummarize='on');
REVOKE UPDATE, DELETE ON audit_leaves FROM opsdesk_console;

CREATE TABLE audit_seals (
    number bigint NOT NULL,
    sealed_at timestamptz NOT NULL,
    size integer NOT NULL,
    root bytea NOT NULL,
    previous bytea NOT NULL,
    chain bytea NOT NULL,
    settled bigint NOT NULL,
    floor bigint NOT NULL,
    cluster bigint NOT NULL,
    CONSTRAINT audit_seals_pkey PRIMARY KEY (number),
    CONSTRAINT audit_seals_size_check CHECK (size > 0)
);
REVOKE UPDATE, DELETE ON audit_seals FROM opsdesk_console;

-- The next record of each partition: reading goes on here. Kafka's offsets are for lag tools.
CREATE TABLE consumed_offsets (
    topic text NOT NULL,
    partition integer NOT NULL,
    "offset" bigint NOT NULL,
    CONSTRAINT consumed_offsets_pkey PRIMARY KEY (topic, partition)
) WITH (fillfactor = 50);

CREATE TABLE dead_letters (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    source text,
    subject text,
    sequence bigint,
    type text,
    topic text NOT NULL,
    partition integer NOT NULL,
    "offset" bigint NOT NULL,
    digest bytea NOT NULL,
    key bytea,
    headers jsonb NOT NULL,
    body bytea,
    code text NOT NULL,
    reason text NOT NULL,
    died_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    settled_at timestamptz,
    settled_as text,
    settled_because text,
    CONSTRAINT dead_letters_pkey PRIMARY KEY (id),
    CONSTRAINT dead_letters_topic_partition_offset_digest_key
        UNIQUE (topic, partition, "offset", digest),
    CONSTRAINT dead_letters_settled_as_check CHECK (settled_as IN ('replayed', 'skipped'))
);
CREATE INDEX ix_dead_letters_open ON dead_letters (id) WHERE settled_at IS NULL;
CREATE INDEX ix_dead_letters_settled ON dead_letters (settled_at) WHERE settled_at IS NOT NULL;

CREATE TABLE deadlines (
    kind text NOT NULL,
    subject uuid NOT NULL,
    due_at timestamptz,
    -- When to look again: never after due_at; earlier is lazy.
    wake_at timestamptz NOT NULL,
    generation bigint NOT NULL DEFAULT nextval('deadline_generations'::regclass),
    tries integer NOT NULL DEFAULT 0,
    problem text,
    -- The trace of what scheduled it; the firing continues it.
    traceparent text,
    CONSTRAINT deadlines_pkey PRIMARY KEY (kind, subject)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000,
    autovacuum_vacuum_cost_delay = 0);
CREATE INDEX ix_deadlines_wake ON deadlines (wake_at);

-- The identity of this database: its Kafka group carries it.
CREATE TABLE deployment (
    single boolean NOT NULL DEFAULT true,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    CONSTRAINT deployment_pkey PRIMARY KEY (single),
    CONSTRAINT deployment_single_check CHECK (single)
);
REVOKE INSERT, UPDATE, DELETE ON deployment FROM opsdesk_console;

-- Customers whose contacts are refused, whatever token they bring: what intake has announced as
-- ended.
CREATE TABLE ended_customers (
    customer_id uuid NOT NULL,
    key text NOT NULL,
    CONSTRAINT ended_customers_pkey PRIMARY KEY (customer_id)
);

-- Every deadline that fired, once: due, fired, lag.
CREATE TABLE firings (
    generation bigint NOT NULL,
    kind text NOT NULL,
    subject uuid NOT NULL,
    due_at timestamptz NOT NULL,
    fired_at timestamptz NOT NULL,
    lag interval NOT NULL,
    fired_without_events boolean NOT NULL,
    CONSTRAINT firings_pkey PRIMARY KEY (generation),
    CONSTRAINT ck_firings_not_early CHECK (fired_at >= due_at)
);
CREATE INDEX ix_firings_deletable ON firings (fired_at) WHERE kind <> 'clock';
CREATE INDEX ix_firings_subject ON firings (subject);
REVOKE UPDATE, DELETE ON firings FROM opsdesk_console;

CREATE TABLE idempotency (
    caller text NOT NULL,
    key text NOT NULL,
    request bytea NOT NULL,
    status integer NOT NULL,
    headers jsonb NOT NULL,
    body bytea NOT NULL,
    answered_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    CONSTRAINT idempotency_pkey PRIMARY KEY (caller, key)
);
CREATE INDEX ix_idempotency_answered_at ON idempotency (answered_at);
GRANT INSERT, SELECT, UPDATE ON idempotency TO opsdesk_console_contact;
ALTER TABLE idempotency FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON idempotency TO opsdesk_console_contact USING ((caller = ( SELECT
    current_setting('opsdesk.caller', true) AS current_setting)));
CREATE POLICY of_the_service ON idempotency TO opsdesk_console, opsdesk_console_owner USING (true);

CREATE TABLE inbox (
    source text NOT NULL,
    subject text NOT NULL,
    -- The last event of the subject that took effect here.
    sequence bigint NOT NULL,
    -- The sequence that was put aside as dead; later ones wait.
    dead_at bigint,
    -- The ce_id of that last event: another one is a fork.
    event_id uuid,
    CONSTRAINT inbox_pkey PRIMARY KEY (source, subject)
) WITH (fillfactor = 80);

-- Subjects of which a service, this or another, lost later events with a restored backup.
CREATE TABLE lost_history (
    source text NOT NULL,
    subject text NOT NULL,
    name text,
    is_known boolean NOT NULL,
    stored_sequence bigint NOT NULL,
    published_sequence bigint NOT NULL,
    -- The event about the loss; the next one follows it.
    restored_sequence bigint NOT NULL,
    events jsonb NOT NULL,
    found_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    CONSTRAINT lost_history_pkey PRIMARY KEY (source, subject, restored_sequence)
);

-- Events not yet on Kafka; the relay deletes them once acknowledged.
CREATE TABLE outbox (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    event_id uuid NOT NULL,
    topic text NOT NULL,
    key text NOT NULL,
    type text NOT NULL,
    source text NOT NULL,
    subject text NOT NULL,
    sequence bigint NOT NULL,
    at text NOT NULL,
    traceparent text,
    body text NOT NULL,
    -- topic, partition N or key: what Kafka does not take at present.
    held_by text,
    held_at timestamptz,
    problem text,
    CONSTRAINT ck_outbox_held CHECK ((held_by IS NULL) = (held_at IS NULL)),
    CONSTRAINT outbox_sequence_check CHECK (sequence > 0)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000,
    autovacuum_vacuum_cost_delay = 0);
CREATE UNIQUE INDEX ix_outbox_free ON outbox (id) WHERE held_by IS NULL;
CREATE UNIQUE INDEX ix_outbox_held ON outbox (topic, held_by, id) WHERE held_by IS NOT NULL;
GRANT INSERT ON outbox TO opsdesk_console_contact;

CREATE TABLE parked (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    source text NOT NULL,
    subject text NOT NULL,
    sequence bigint NOT NULL,
    waits_source text,
    waits_subject text,
    topic text NOT NULL,
    partition integer NOT NULL,
    "offset" bigint NOT NULL,
    key bytea,
    headers jsonb NOT NULL,
    body bytea,
    parked_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    -- How often it was tried in vain; it is not before retry_at.
    attempts integer NOT NULL DEFAULT 0,
    retry_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    -- What of our own operation it failed with, if it did.
    problem text,
    CONSTRAINT parked_pkey PRIMARY KEY (id),
    CONSTRAINT parked_source_subject_sequence_key UNIQUE (source, subject, sequence)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000,
    autovacuum_vacuum_cost_delay = 0);
CREATE INDEX ix_parked_parked_at ON parked (parked_at);
CREATE INDEX ix_parked_problem ON parked (id) WHERE problem IS NOT NULL;
CREATE INDEX ix_parked_waits ON parked (waits_source, waits_subject, source, subject);

-- Runs of the command `restored`. The service does not start while one has not ended.
CREATE TABLE restorations (
    started_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    started_by text NOT NULL,
    ended_at timestamptz
);
CREATE UNIQUE INDEX uq_restorations_unfinished ON restorations ((true)) WHERE ended_at IS NULL;

-- Persons (sub) and clients whose tokens issued until an instant no longer hold.
CREATE TABLE revoked_callers (
    kind text NOT NULL,
    name text NOT NULL,
    issued_until timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_by text NOT NULL,
    CONSTRAINT revoked_callers_pkey PRIMARY KEY (kind, name),
    CONSTRAINT revoked_callers_kind_check CHECK (kind IN ('person', 'client'))
);
CREATE INDEX ix_revoked_callers_expires_at ON revoked_callers (expires_at);

CREATE TABLE revoked_tokens (
    jti text NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    revoked_by text NOT NULL,
    CONSTRAINT revoked_tokens_pkey PRIMARY KEY (jti)
);
CREATE INDEX ix_revoked_tokens_expires_at ON revoked_tokens (expires_at);

CREATE TABLE simulated_time (
    single boolean NOT NULL DEFAULT true,
    "offset" interval NOT NULL DEFAULT '00:00:00'::interval,
    frozen_at timestamptz,
    CONSTRAINT simulated_time_pkey PRIMARY KEY (single),
    CONSTRAINT simulated_time_single_check CHECK (single)
);
GRANT SELECT ON simulated_time TO opsdesk_console_contact;

-- Services that told one sequence twice; their records wait until a person has decided.
CREATE TABLE stopped_sources (
    source text NOT NULL,
    stopped_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    subject text NOT NULL,
    sequence bigint NOT NULL,
    CONSTRAINT stopped_sources_pkey PRIMARY KEY (source)
);

-- The service's clock, console.now() RETURNS timestamptz: `migrate` gives it the form that the
-- settings ask for (common.simulated_time).

-- Views for reports, which opsdesk_reporting reads
-- ------------------------------------------------
