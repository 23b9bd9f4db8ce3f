-- The schema delivery_gate as the migrations make it. Written by `make docs`; do not edit.

-- Sequences
-- ---------

CREATE SEQUENCE deadline_generations START 1;
CREATE SEQUENCE delivery_numbers START 1001;
CREATE SEQUENCE emergency_numbers START 1001;
CREATE SEQUENCE follow_up_numbers START 1001;

-- Tables of delivery_gate
-- -----------------------

CREATE TABLE approvals (
    delivery_id uuid NOT NULL,
    approved_by text NOT NULL,
    criteria_version integer NOT NULL,
    requested_by text NOT NULL,
    digest text NOT NULL,
    environment text NOT NULL,
    attempt integer NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT pk_approvals PRIMARY KEY (delivery_id, approved_by, criteria_version),
    CONSTRAINT fk_approvals_delivery_id_requested_by
        FOREIGN KEY (delivery_id, requested_by) REFERENCES deliveries(id, requested_by),
    CONSTRAINT ck_approvals_four_eyes CHECK (approved_by <> requested_by)
);
REVOKE UPDATE, DELETE ON approvals FROM opsdesk_delivery_gate;

CREATE OR REPLACE FUNCTION delivery_gate.refuse_one_person()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'delivery_gate'
AS $function$
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
END $function$;
CREATE TRIGGER two_persons_approve BEFORE INSERT OR UPDATE OF approved_by ON approvals
    FOR EACH ROW WHEN (new.approved_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('requested_by', 'approved_by');

CREATE OR REPLACE FUNCTION delivery_gate.refuse_second_approval()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF EXISTS (
        SELECT FROM approvals
        WHERE delivery_id = NEW.delivery_id AND criteria_version = NEW.criteria_version
            AND digest = NEW.digest AND attempt = NEW.attempt
            AND is_one_person(approved_by, NEW.approved_by))
    THEN
        RAISE EXCEPTION 'this person has approved already'
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END $function$;
CREATE TRIGGER two_persons_approve_twice BEFORE INSERT ON approvals
    FOR EACH ROW
    EXECUTE FUNCTION refuse_second_approval();

CREATE TABLE blockers (
    ticket_id uuid NOT NULL,
    ticket text NOT NULL,
    environment_id uuid,
    environment text,
    state text NOT NULL,
    confirmed boolean NOT NULL DEFAULT true,
    CONSTRAINT pk_blockers PRIMARY KEY (ticket_id),
    CONSTRAINT ck_blockers_state CHECK (state IN ('open', 'lowered', 'closed'))
);
CREATE INDEX ix_blockers_open ON blockers (environment_id) WHERE state = 'open';

CREATE TABLE checks (
    id uuid NOT NULL,
    "position" bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    version_id uuid NOT NULL,
    product text NOT NULL,
    digest text NOT NULL,
    kind text NOT NULL,
    result text NOT NULL,
    at timestamptz NOT NULL,
    evidence text,
    reported_by text NOT NULL,
    CONSTRAINT pk_checks PRIMARY KEY (id),
    CONSTRAINT fk_checks_version_id FOREIGN KEY (version_id) REFERENCES versions(id),
    CONSTRAINT ck_checks_result CHECK (result IN ('passed', 'failed', 'error'))
);
CREATE INDEX ix_checks_digest ON checks (product, digest, kind, at, "position");
REVOKE UPDATE, DELETE ON checks FROM opsdesk_delivery_gate;

-- For whom the portal may speak: no name, no address.
CREATE TABLE contacts (
    id uuid NOT NULL,
    customer text NOT NULL,
    address_digests text[] NOT NULL DEFAULT '{}'::text[],
    -- Number of the last event about the contact.
    sequence bigint NOT NULL,
    CONSTRAINT pk_contacts PRIMARY KEY (id)
);
CREATE INDEX ix_contacts_addresses ON contacts USING gin (address_digests);

CREATE TABLE criteria (
    version integer NOT NULL,
    body jsonb NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT pk_criteria PRIMARY KEY (version)
);

CREATE TABLE deliveries (
    id uuid NOT NULL,
    key text NOT NULL,
    sequence bigint NOT NULL,
    product text NOT NULL,
    version text,
    requested_digest text,
    version_id uuid,
    digest text,
    environment_id uuid NOT NULL,
    environment text NOT NULL,
    customer text NOT NULL,
    tier text NOT NULL,
    lifecycle text NOT NULL,
    readiness jsonb NOT NULL,
    attempt integer NOT NULL,
    counted boolean NOT NULL,
    requested_by text NOT NULL,
    requested_at timestamptz NOT NULL,
    state text NOT NULL,
    started_by text,
    started_at timestamptz,
    ended_at timestamptz,
    CONSTRAINT pk_deliveries PRIMARY KEY (id),
    CONSTRAINT uq_deliveries_id_requested_by UNIQUE (id, requested_by),
    CONSTRAINT uq_deliveries_key UNIQUE (key),
    CONSTRAINT fk_deliveries_environment_id
        FOREIGN KEY (environment_id) REFERENCES environments(id),
    CONSTRAINT fk_deliveries_product FOREIGN KEY (product) REFERENCES products(key),
    CONSTRAINT fk_deliveries_version_id FOREIGN KEY (version_id) REFERENCES versions(id),
    CONSTRAINT ck_deliveries_nothing_unversioned
        CHECK ((state NOT IN ('approved', 'delivering', 'verifying', 'delivered')) OR version_id IS
            NOT NULL AND digest IS NOT NULL),
    CONSTRAINT ck_deliveries_state
        CHECK (state IN ('evaluating', 'in_review', 'approved', 'delivering', 'verifying',
            'delivered', 'refused', 'rolled_back', 'superseded', 'withdrawn', 'expired'))
);
CREATE INDEX ix_deliveries_deferred ON deliveries (product, digest) WHERE state = 'evaluating';
CREATE INDEX ix_deliveries_delivered ON deliveries (product, digest) WHERE state = 'delivered';
CREATE INDEX ix_deliveries_in_review ON deliveries (requested_at, id)
    WHERE state IN ('in_review', 'approved');
CREATE INDEX ix_deliveries_requested_at ON deliveries (requested_at, id);
CREATE INDEX ix_deliveries_version ON deliveries (product, version, requested_at, id);
CREATE INDEX ix_deliveries_waiting ON deliveries (environment_id)
    WHERE state IN ('evaluating', 'in_review', 'approved');
CREATE UNIQUE INDEX uq_deliveries_attempt ON deliveries (environment_id, product, version, attempt)
    WHERE counted;
CREATE UNIQUE INDEX uq_deliveries_one_runs ON deliveries (environment_id)
    WHERE state IN ('delivering', 'verifying');

CREATE TABLE emergency_changes (
    id uuid NOT NULL,
    key text NOT NULL,
    sequence bigint NOT NULL,
    environment_id uuid NOT NULL,
    environment text NOT NULL,
    customer text NOT NULL,
    ticket_id uuid NOT NULL,
    ticket text NOT NULL,
    description text NOT NULL,
    requested_by text NOT NULL,
    requested_at timestamptz NOT NULL,
    state text NOT NULL,
    authorized_by text,
    authorized_at timestamptz,
    applied_by text,
    applied_at timestamptz,
    settled_by_delivery uuid,
    settled_at timestamptz,
    lapsed_at timestamptz,
    revoked_at timestamptz,
    revocation_reason text,
    blocker_ended_at timestamptz,
    CONSTRAINT pk_emergency_changes PRIMARY KEY (id),
    CONSTRAINT uq_emergency_changes_key UNIQUE (key),
    CONSTRAINT fk_emergency_changes_environment_id
        FOREIGN KEY (environment_id) REFERENCES environments(id),
    CONSTRAINT fk_emergency_changes_settled_by_delivery
        FOREIGN KEY (settled_by_delivery) REFERENCES deliveries(id),
    CONSTRAINT ck_emergency_changes_applied
        CHECK ((state NOT IN ('applied', 'settled', 'lapsed')) OR applied_by IS NOT NULL),
    CONSTRAINT ck_emergency_changes_authorized
        CHECK ((state NOT IN ('authorized', 'applied', 'settled', 'lapsed')) OR authorized_by IS
            NOT NULL),
    CONSTRAINT ck_emergency_changes_four_eyes CHECK (authorized_by <> requested_by),
    CONSTRAINT ck_emergency_changes_state
        CHECK (state IN ('requested', 'authorized', 'applied', 'settled', 'lapsed', 'revoked')),
    CONSTRAINT ck_emergency_changes_without_blocker CHECK (blocker_ended_at < applied_at)
);
CREATE INDEX ix_emergency_changes_ticket_id ON emergency_changes (ticket_id);
CREATE INDEX ix_emergency_changes_unapplied ON emergency_changes (id)
    WHERE state IN ('requested', 'authorized');
CREATE UNIQUE INDEX uq_emergency_changes_one_open ON emergency_changes (environment_id)
    WHERE state IN ('requested', 'authorized', 'applied');
CREATE TRIGGER two_persons_authorize BEFORE INSERT OR UPDATE OF authorized_by ON emergency_changes
    FOR EACH ROW WHEN (new.authorized_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('requested_by', 'authorized_by');

CREATE TABLE environments (
    id uuid NOT NULL,
    key text NOT NULL,
    sequence bigint NOT NULL,
    customer_id uuid NOT NULL,
    customer text NOT NULL,
    tier text NOT NULL,
    name text NOT NULL,
    retired boolean NOT NULL,
    debt_change_id uuid,
    debt_change text,
    debt_since timestamptz,
    debt_due_at timestamptz,
    debt_overdue_since timestamptz,
    drift_product text,
    drift_digest text,
    drift_since timestamptz,
    CONSTRAINT pk_environments PRIMARY KEY (id),
    CONSTRAINT uq_environments_key UNIQUE (key),
    CONSTRAINT ck_environments_debt_is_whole
        CHECK (num_nonnulls(debt_change_id, debt_change, debt_since, debt_due_at) IN (0, 4))
);
CREATE INDEX ix_environments_in_debt ON environments (debt_change_id)
    WHERE debt_change_id IS NOT NULL;
GRANT SELECT ON environments TO opsdesk_delivery_gate_contact;
ALTER TABLE environments FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON environments TO opsdesk_delivery_gate_contact USING ((customer = (
    SELECT current_setting('opsdesk.customer', true) AS current_setting)));
CREATE POLICY of_the_service ON environments TO opsdesk_delivery_gate, opsdesk_delivery_gate_owner
    USING (true);

CREATE TABLE follow_ups (
    id uuid NOT NULL,
    key text NOT NULL,
    sequence bigint NOT NULL,
    kind text NOT NULL,
    task text NOT NULL,
    delivery_id uuid,
    emergency_id uuid,
    environment_id uuid NOT NULL,
    environment text NOT NULL,
    held_product text,
    held_version text,
    held_digest text,
    opened_at timestamptz NOT NULL,
    state text NOT NULL,
    evidence text,
    closed_by text,
    closed_at timestamptz,
    confirmed_by text,
    confirmed_at timestamptz,
    -- Whose work it is; null: whoever asked for what was refused.
    owner text,
    due_at timestamptz,
    CONSTRAINT pk_follow_ups PRIMARY KEY (id),
    CONSTRAINT uq_follow_ups_key UNIQUE (key),
    CONSTRAINT fk_follow_ups_delivery_id FOREIGN KEY (delivery_id) REFERENCES deliveries(id),
    CONSTRAINT fk_follow_ups_emergency_id
        FOREIGN KEY (emergency_id) REFERENCES emergency_changes(id),
    CONSTRAINT fk_follow_ups_environment_id
        FOREIGN KEY (environment_id) REFERENCES environments(id),
    CONSTRAINT ck_follow_ups_confirmed
        CHECK ((state = 'confirmed') = (confirmed_by IS NOT NULL AND confirmed_at IS NOT NULL)),
    CONSTRAINT ck_follow_ups_evidence
        CHECK (state = 'open' OR num_nonnulls(evidence, closed_by, closed_at) = 3),
    CONSTRAINT ck_follow_ups_four_eyes CHECK (confirmed_by <> closed_by),
    CONSTRAINT ck_follow_ups_kind CHECK (kind IN ('documentation', 'investigation', 'retest')),
    CONSTRAINT ck_follow_ups_state CHECK (state IN ('open', 'closed', 'confirmed'))
);
CREATE INDEX ix_follow_ups_closed ON follow_ups (id) WHERE state = 'closed';
CREATE INDEX ix_follow_ups_delivery_id ON follow_ups (delivery_id);
CREATE INDEX ix_follow_ups_held_product ON follow_ups (held_product, opened_at, id);
CREATE INDEX ix_follow_ups_holding ON follow_ups (held_product) WHERE state IN ('open', 'closed');
CREATE INDEX ix_follow_ups_open ON follow_ups (id) WHERE state = 'open';
CREATE INDEX ix_follow_ups_opened_at ON follow_ups (opened_at, id);
CREATE INDEX ix_follow_ups_owner ON follow_ups (owner, opened_at, id);
CREATE UNIQUE INDEX uq_follow_ups_emergency_id ON follow_ups (emergency_id);
CREATE TRIGGER two_persons_confirm BEFORE INSERT OR UPDATE OF confirmed_by ON follow_ups
    FOR EACH ROW WHEN (new.confirmed_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('closed_by', 'confirmed_by');

-- Our people, to whom work may be given by their sub, and partners' people. No name, no
-- address.
CREATE TABLE people (
    id uuid NOT NULL,
    sub text NOT NULL,
    retired boolean NOT NULL,
    of_partner boolean NOT NULL,
    -- Number of the last event about the person.
    sequence bigint NOT NULL,
    CONSTRAINT pk_people PRIMARY KEY (id),
    CONSTRAINT uq_people_sub UNIQUE (sub)
);

CREATE TABLE products (
    id uuid NOT NULL,
    key text NOT NULL,
    name text NOT NULL,
    versions integer NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT pk_products PRIMARY KEY (id),
    CONSTRAINT uq_products_key UNIQUE (key)
);

CREATE TABLE running (
    environment_id uuid NOT NULL,
    product text NOT NULL,
    digest text NOT NULL,
    CONSTRAINT pk_running PRIMARY KEY (environment_id, product),
    CONSTRAINT fk_running_environment_id FOREIGN KEY (environment_id) REFERENCES environments(id)
);
GRANT SELECT ON running TO opsdesk_delivery_gate_contact;
ALTER TABLE running FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON running TO opsdesk_delivery_gate_contact USING ((EXISTS ( SELECT
    FROM environments WHERE (environments.id = running.environment_id))));
CREATE POLICY of_the_service ON running TO opsdesk_delivery_gate, opsdesk_delivery_gate_owner USING
    (true);

CREATE TABLE verdicts (
    id uuid NOT NULL,
    "position" bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    delivery_id uuid NOT NULL,
    customer text NOT NULL,
    outcome text NOT NULL,
    reasons jsonb NOT NULL,
    follow_ups jsonb NOT NULL,
    criteria_version integer NOT NULL,
    decided_by text NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT pk_verdicts PRIMARY KEY (id),
    CONSTRAINT uq_verdicts_position UNIQUE ("position"),
    CONSTRAINT fk_verdicts_delivery_id FOREIGN KEY (delivery_id) REFERENCES deliveries(id),
    CONSTRAINT ck_verdicts_no_bare_refusal
        CHECK (outcome <> 'refused' OR reasons <> '[]'::jsonb AND follow_ups <> '[]'::jsonb),
    CONSTRAINT ck_verdicts_outcome CHECK (outcome IN ('accepted', 'refused', 'deferred'))
);
CREATE INDEX ix_verdicts_delivery_id ON verdicts (delivery_id);
CREATE INDEX ix_verdicts_refused ON verdicts ("position") WHERE outcome = 'refused';
REVOKE UPDATE, DELETE ON verdicts FROM opsdesk_delivery_gate;

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
    CONSTRAINT fk_versions_product FOREIGN KEY (product) REFERENCES products(key),
    CONSTRAINT ck_versions_digest CHECK (digest ~ '^sha256:[0-9a-f]{64}$')
);
CREATE INDEX ix_versions_digest ON versions (product, digest);
CREATE INDEX ix_versions_registered_at ON versions (registered_at, id);
REVOKE UPDATE, DELETE ON versions FROM opsdesk_delivery_gate;

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
REVOKE UPDATE, DELETE ON audit FROM opsdesk_delivery_gate;
GRANT INSERT ON audit TO opsdesk_delivery_gate_contact;

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
REVOKE UPDATE, DELETE ON audit_leaves FROM opsdesk_delivery_gate;

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
REVOKE UPDATE, DELETE ON audit_seals FROM opsdesk_delivery_gate;

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
REVOKE INSERT, UPDATE, DELETE ON deployment FROM opsdesk_delivery_gate;

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
REVOKE UPDATE, DELETE ON firings FROM opsdesk_delivery_gate;

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
GRANT INSERT, SELECT, UPDATE ON idempotency TO opsdesk_delivery_gate_contact;
ALTER TABLE idempotency FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON idempotency TO opsdesk_delivery_gate_contact USING ((caller = (
    SELECT current_setting('opsdesk.caller', true) AS current_setting)));
CREATE POLICY of_the_service ON idempotency TO opsdesk_delivery_gate, opsdesk_delivery_gate_owner
    USING (true);

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
GRANT INSERT ON outbox TO opsdesk_delivery_gate_contact;

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
GRANT SELECT ON simulated_time TO opsdesk_delivery_gate_contact;

-- Services that told one sequence twice; their records wait until a person has decided.
CREATE TABLE stopped_sources (
    source text NOT NULL,
    stopped_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    subject text NOT NULL,
    sequence bigint NOT NULL,
    CONSTRAINT stopped_sources_pkey PRIMARY KEY (source)
);

-- The service's clock, delivery_gate.now() RETURNS timestamptz: `migrate` gives it the form that the
-- settings ask for (common.simulated_time).

-- Views for reports, which opsdesk_reporting reads
-- ------------------------------------------------

-- Deliveries: one row for each attempt to bring a version into an environment.
CREATE VIEW reporting.delivery_gate_deliveries AS SELECT
    -- uuid: id of the delivery
    id AS delivery_id,
    -- text: key of the delivery: DEL-3
    key AS delivery,
    -- text: key of the product
    product,
    -- text: version that was asked for; null where none was named
    version,
    -- text: key of the customer
    customer,
    -- text: key of the environment
    environment,
    -- text: tier of the environment: production, staging, test, development
    tier,
    -- integer: number of the attempt for this version and environment
    attempt,
    -- text: evaluating, in_review, approved, delivering, verifying, delivered, refused,
    -- rolled_back, superseded, withdrawn or expired
    state,
    -- timestamptz: instant at which it was asked for
    requested_at,
    -- timestamptz: instant at which it was begun; null before
    started_at,
    -- timestamptz: instant of its end, whatever it was; null before
    ended_at,
    -- bigint: seconds of elapsed time from the request to its beginning; null before
    extract(epoch FROM started_at - requested_at)::bigint AS review_seconds,
    -- bigint: seconds of elapsed time from its beginning to its end; null before
    extract(epoch FROM ended_at - started_at)::bigint AS delivery_seconds
FROM deliveries;

-- Causes of refusals: one row for each reason of each verdict that refused.
CREATE VIEW reporting.delivery_gate_refusals AS SELECT
    -- uuid: id of the verdict
    verdicts.id AS verdict_id,
    -- uuid: see delivery_gate_deliveries
    verdicts.delivery_id AS delivery_id,
    -- text: key of the product
    deliveries.product AS product,
    -- text: key of the customer
    verdicts.customer AS customer,
    -- text: why: a stable code
    given.reason ->> 'code' AS code,
    -- text: criterion that was not met; null where none was
    given.reason ->> 'criterion' AS criterion,
    -- integer: version of the criteria that held
    criteria_version,
    -- timestamptz: instant of the verdict
    verdicts.at AS at
FROM verdicts JOIN deliveries ON deliveries.id = verdicts.delivery_id CROSS JOIN LATERAL
    jsonb_array_elements(verdicts.reasons) AS given(reason) WHERE verdicts.outcome = 'refused';

-- Changes of an environment that no version held: one row each, with what they cost.
CREATE VIEW reporting.delivery_gate_emergency_changes AS SELECT
    -- uuid: id of the change
    id AS emergency_change_id,
    -- text: key of the change
    key AS emergency_change,
    -- text: key of the customer
    customer,
    -- text: key of the environment
    environment,
    -- uuid: see intake_tickets: the Blocker that it was for
    ticket_id,
    -- text: requested, authorized, applied, settled, lapsed or revoked
    state,
    -- timestamptz: instant at which it was asked for
    requested_at,
    -- timestamptz: instant at which a second person allowed it; null before
    authorized_at,
    -- timestamptz: instant at which it was done; null before
    applied_at,
    -- timestamptz: instant at which a delivered version held it; null before
    settled_at,
    -- bigint: seconds of elapsed time for which the environment ran what no version held; null
    -- while it does
    extract(epoch FROM coalesce(settled_at, lapsed_at) - applied_at)::bigint AS debt_seconds,
    -- timestamptz: instant at which the environment was ended first; null unless it was
    lapsed_at
FROM emergency_changes;

-- Environments that run what no version holds now: one row each.
CREATE VIEW reporting.delivery_gate_debts AS SELECT
    -- text: key of the environment
    key AS environment,
    -- uuid: see delivery_gate_emergency_changes
    debt_change_id AS emergency_change_id,
    -- timestamptz: instant from which on it is so
    debt_since AS since,
    -- timestamptz: instant until which a version must hold it
    debt_due_at AS due_at,
    -- boolean: whether that was missed
    debt_overdue_since IS NOT NULL AS overdue
FROM environments WHERE debt_change_id IS NOT NULL;

-- What refusals and emergency changes left to do: one row each.
CREATE VIEW reporting.delivery_gate_follow_ups AS SELECT
    -- uuid: id of the follow-up
    id AS follow_up_id,
    -- text: key of the follow-up
    key AS follow_up,
    -- text: documentation, investigation or retest
    kind,
    -- uuid: see delivery_gate_deliveries; null where it is of an emergency
    delivery_id,
    -- uuid: see delivery_gate_emergency_changes; null where it is of a delivery
    emergency_id AS emergency_change_id,
    -- text: key of the environment
    environment,
    -- text: open, closed or confirmed
    state,
    -- timestamptz: instant at which it came to be
    opened_at,
    -- timestamptz: instant at which it was said to be done; null before
    closed_at,
    -- timestamptz: instant at which a second person confirmed it; null before
    confirmed_at,
    -- bigint: seconds of elapsed time from opening to closing; null before
    extract(epoch FROM closed_at - opened_at)::bigint AS open_seconds
FROM follow_ups;

-- How often and how well is delivered (DORA): one row per month (in UTC), product and tier.
CREATE VIEW reporting.delivery_gate_deliveries_monthly AS SELECT
    -- text: month of the beginning, in UTC: 2030-01
    to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM') AS month,
    -- text: key of the product
    product,
    -- text: tier of the environment
    tier,
    -- bigint: deliveries that were begun
    count(*) AS started,
    -- bigint: those that ended well
    count(*) FILTER (WHERE state = 'delivered') AS delivered,
    -- bigint: those that were taken back
    count(*) FILTER (WHERE state = 'rolled_back') AS rolled_back,
    -- numeric: share that was taken back (0 to 1); null where none has ended
    count(*) FILTER (WHERE state = 'rolled_back')::numeric / nullif(count(*) FILTER (WHERE state IN ('delivered', 'rolled_back')), 0) AS failure_ratio,
    -- bigint: seconds from request to beginning, for half of them less
    percentile_disc(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM started_at - requested_at)::bigint) AS median_review_seconds,
    -- bigint: seconds from the beginning of a delivery that failed until it was taken back, for
    -- half of them less; null where none was (time to restore; that of Blockers is in
    -- escalation_restorations_monthly)
    percentile_disc(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM ended_at - started_at)::bigint) FILTER (WHERE state = 'rolled_back') AS median_restore_seconds
FROM deliveries WHERE started_at IS NOT NULL GROUP BY 1, product, tier;
