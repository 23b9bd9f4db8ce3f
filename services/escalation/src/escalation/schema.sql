-- The schema escalation as the migrations make it. Written by `make docs`; do not edit.

-- Sequences
-- ---------

CREATE SEQUENCE deadline_generations START 1;
CREATE SEQUENCE escalation_keys START 1;

-- Tables of escalation
-- --------------------

CREATE TABLE customers (
    id uuid NOT NULL,
    key text NOT NULL,
    name text NOT NULL,
    timezone text NOT NULL,
    retired boolean NOT NULL,
    CONSTRAINT customers_pkey PRIMARY KEY (id)
);

CREATE TABLE digest_items (
    id uuid NOT NULL,
    digest_id uuid NOT NULL,
    subject text NOT NULL,
    line text NOT NULL,
    at timestamptz NOT NULL,
    -- The case by which it was said; null while it waits.
    escalation_id uuid,
    CONSTRAINT digest_items_pkey PRIMARY KEY (id),
    CONSTRAINT digest_items_digest_id_fkey FOREIGN KEY (digest_id) REFERENCES digests(id),
    CONSTRAINT digest_items_escalation_id_fkey
        FOREIGN KEY (escalation_id) REFERENCES escalations(id)
);
CREATE INDEX ix_digest_items_said ON digest_items (escalation_id) WHERE escalation_id IS NOT NULL;
CREATE INDEX ix_digest_items_subject ON digest_items (subject) WHERE escalation_id IS NULL;
CREATE UNIQUE INDEX uq_digest_items_waiting ON digest_items (digest_id, subject)
    WHERE escalation_id IS NULL;

CREATE TABLE digests (
    id uuid NOT NULL,
    person text NOT NULL,
    CONSTRAINT digests_pkey PRIMARY KEY (id),
    CONSTRAINT digests_person_key UNIQUE (person)
);

CREATE TABLE environments (
    id uuid NOT NULL,
    key text NOT NULL,
    customer text NOT NULL,
    tier text NOT NULL,
    name text NOT NULL,
    retired boolean NOT NULL,
    CONSTRAINT environments_pkey PRIMARY KEY (id)
);
CREATE INDEX ix_environments_key ON environments (key);

CREATE TABLE escalations (
    id uuid NOT NULL,
    key text NOT NULL DEFAULT 'ESC-' || nextval('escalation_keys'::regclass),
    sequence bigint NOT NULL,
    opened_at timestamptz NOT NULL,
    trigger text NOT NULL,
    severity text NOT NULL,
    dedup_key text NOT NULL,
    title text NOT NULL,
    at timestamptz NOT NULL,
    ticket_kind text,
    service text,
    customer text,
    environment text,
    tier text,
    ticket_id uuid,
    ticket text,
    expected_breach_at timestamptz,
    policy_id uuid NOT NULL,
    status text NOT NULL,
    due_at timestamptz,
    round integer NOT NULL,
    fired_step integer NOT NULL,
    next_step integer NOT NULL,
    exhausted boolean NOT NULL,
    acknowledged_by text[] NOT NULL,
    snooze_requested_by text,
    snooze_until timestamptz,
    resolve_requested_by text,
    resolved_at timestamptz,
    CONSTRAINT escalations_pkey PRIMARY KEY (id),
    CONSTRAINT escalations_key_key UNIQUE (key),
    CONSTRAINT escalations_policy_id_fkey FOREIGN KEY (policy_id) REFERENCES policies(id),
    CONSTRAINT ck_escalations_due_at CHECK (due_at IS NULL OR status <> 'resolved'),
    CONSTRAINT ck_escalations_resolved_at CHECK ((status = 'resolved') = (resolved_at IS NOT NULL)),
    CONSTRAINT escalations_status_check
        CHECK (status IN ('open', 'acknowledged', 'snoozed', 'resolved'))
) WITH (fillfactor = 80);
CREATE INDEX ix_escalations_by_customer ON escalations (customer, opened_at DESC, id DESC)
    WHERE customer IS NOT NULL;
CREATE INDEX ix_escalations_by_environment ON escalations (environment, opened_at DESC, id DESC)
    WHERE environment IS NOT NULL;
CREATE INDEX ix_escalations_by_ticket ON escalations (ticket, opened_at DESC, id DESC)
    WHERE ticket IS NOT NULL;
CREATE INDEX ix_escalations_cause ON escalations (dedup_key, opened_at, id);
CREATE INDEX ix_escalations_list ON escalations (opened_at DESC, id DESC);
CREATE INDEX ix_escalations_ticket ON escalations (ticket_id) WHERE status <> 'resolved';
CREATE UNIQUE INDEX uq_escalations_unresolved ON escalations (dedup_key)
    WHERE status <> 'resolved';

CREATE TABLE matrices (
    version integer NOT NULL,
    rows jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    CONSTRAINT matrices_pkey PRIMARY KEY (version)
);

CREATE TABLE notifications (
    id uuid NOT NULL,
    key text NOT NULL,
    escalation_id uuid NOT NULL,
    purpose text NOT NULL,
    person text NOT NULL,
    channel text NOT NULL,
    address text NOT NULL,
    send_at timestamptz NOT NULL,
    state text NOT NULL,
    attempts integer NOT NULL,
    tried text[] NOT NULL,
    to_fallback boolean NOT NULL,
    -- Real time: the next attempt, or the end of the lease while one is being made.
    next_try_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    lease uuid,
    settled_at timestamptz,
    problem text,
    -- When the case was acknowledged by the link in this message, which is good for one time.
    link_used_at timestamptz,
    CONSTRAINT notifications_pkey PRIMARY KEY (id),
    CONSTRAINT notifications_escalation_id_key_key UNIQUE (escalation_id, key),
    CONSTRAINT notifications_escalation_id_fkey
        FOREIGN KEY (escalation_id) REFERENCES escalations(id),
    CONSTRAINT notifications_purpose_check
        CHECK (purpose IN ('page', 'exhausted', 'duty', 'all_clear')),
    CONSTRAINT notifications_state_check
        CHECK (state IN ('waiting', 'ready', 'sent', 'cancelled', 'failed'))
) WITH (fillfactor = 70);
CREATE INDEX ix_notifications_ready ON notifications (next_try_at) WHERE state = 'ready';

-- Staff as intake announces them; fallback is the contact for when nobody else can be notified.
CREATE TABLE people (
    sub text NOT NULL,
    name text NOT NULL,
    email text NOT NULL,
    timezone text NOT NULL,
    roles text[] NOT NULL,
    retired boolean NOT NULL,
    phone text,
    CONSTRAINT people_pkey PRIMARY KEY (sub)
);

CREATE TABLE personal_settings (
    sub text NOT NULL,
    channels jsonb NOT NULL,
    rules jsonb NOT NULL,
    -- Another's settings that pending_by asked for, until a second person asks for the same.
    pending jsonb,
    pending_by text,
    pending_at timestamptz,
    changed_by text,
    confirmed_by text,
    sequence bigint NOT NULL DEFAULT 1,
    CONSTRAINT personal_settings_pkey PRIMARY KEY (sub),
    CONSTRAINT ck_personal_settings_four_eyes CHECK (confirmed_by <> changed_by),
    CONSTRAINT ck_personal_settings_pending
        CHECK (num_nonnulls(pending, pending_by, pending_at) IN (0, 3))
);

CREATE OR REPLACE FUNCTION escalation.refuse_one_person()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'escalation'
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
CREATE TRIGGER two_persons_settings BEFORE INSERT OR UPDATE OF confirmed_by ON personal_settings
    FOR EACH ROW WHEN (new.confirmed_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('changed_by', 'confirmed_by');

CREATE TABLE policies (
    id uuid NOT NULL,
    key text NOT NULL,
    version integer NOT NULL,
    body jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    CONSTRAINT policies_pkey PRIMARY KEY (id),
    CONSTRAINT policies_key_version_key UNIQUE (key, version)
);

CREATE TABLE rotas (
    key text NOT NULL,
    version integer NOT NULL,
    body jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    CONSTRAINT rotas_pkey PRIMARY KEY (key, version)
);

CREATE TABLE services (
    id uuid NOT NULL,
    key text NOT NULL,
    retired boolean NOT NULL,
    CONSTRAINT services_pkey PRIMARY KEY (id)
);

CREATE TABLE timeline (
    escalation_id uuid NOT NULL,
    sequence bigint NOT NULL,
    at timestamptz NOT NULL,
    kind text NOT NULL,
    by text,
    confirmed_by text,
    detail jsonb NOT NULL,
    CONSTRAINT timeline_pkey PRIMARY KEY (escalation_id, sequence),
    CONSTRAINT timeline_escalation_id_fkey FOREIGN KEY (escalation_id) REFERENCES escalations(id),
    CONSTRAINT ck_timeline_two_people
        CHECK (confirmed_by IS NULL OR by IS NOT NULL AND confirmed_by <> by)
);
REVOKE UPDATE, DELETE ON timeline FROM opsdesk_escalation;
CREATE TRIGGER two_persons_quieten BEFORE INSERT OR UPDATE OF confirmed_by ON timeline
    FOR EACH ROW WHEN (new.confirmed_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('by', 'confirmed_by');

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
REVOKE UPDATE, DELETE ON audit FROM opsdesk_escalation;
GRANT INSERT ON audit TO opsdesk_escalation_contact;

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
REVOKE UPDATE, DELETE ON audit_leaves FROM opsdesk_escalation;

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
REVOKE UPDATE, DELETE ON audit_seals FROM opsdesk_escalation;

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
REVOKE INSERT, UPDATE, DELETE ON deployment FROM opsdesk_escalation;

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
REVOKE UPDATE, DELETE ON firings FROM opsdesk_escalation;

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
GRANT INSERT, SELECT, UPDATE ON idempotency TO opsdesk_escalation_contact;
ALTER TABLE idempotency FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON idempotency TO opsdesk_escalation_contact USING ((caller = (
    SELECT current_setting('opsdesk.caller', true) AS current_setting)));
CREATE POLICY of_the_service ON idempotency TO opsdesk_escalation, opsdesk_escalation_owner USING
    (true);

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
GRANT INSERT ON outbox TO opsdesk_escalation_contact;

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
GRANT SELECT ON simulated_time TO opsdesk_escalation_contact;

-- Services that told one sequence twice; their records wait until a person has decided.
CREATE TABLE stopped_sources (
    source text NOT NULL,
    stopped_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    subject text NOT NULL,
    sequence bigint NOT NULL,
    CONSTRAINT stopped_sources_pkey PRIMARY KEY (source)
);

-- The service's clock, escalation.now() RETURNS timestamptz: `migrate` gives it the form that the
-- settings ask for (common.simulated_time).

-- Views for reports, which opsdesk_reporting reads
-- ------------------------------------------------

-- Escalations: one row each, with how long it took until somebody took it and until it ended.
CREATE VIEW reporting.escalation_escalations AS SELECT
    -- uuid: id of the escalation
    id AS escalation_id,
    -- text: key of the escalation: ESC-7
    key AS escalation,
    -- text: what happened: clock_breached, blocker_raised, …
    trigger,
    -- text: how urgent it is, as the policy sees it
    severity,
    -- text: key of the customer; null where it is about none
    customer,
    -- text: key of the environment; null where it is about none
    environment,
    -- text: tier of the environment: production, staging, test, development
    tier,
    -- text: key of the service; null where it is about none
    service,
    -- uuid: see intake_tickets; null where it is about none
    ticket_id,
    -- text: open, acknowledged, snoozed or resolved
    status,
    -- timestamptz: instant at which it was opened
    opened_at,
    -- timestamptz: instant at which somebody took it for the first time; null before
    taken.acknowledged_at AS acknowledged_at,
    -- bigint: seconds of elapsed time from opening to the first acknowledgement; null before
    extract(epoch FROM taken.acknowledged_at - opened_at)::bigint AS acknowledge_seconds,
    -- bigint: times that somebody took it
    taken.acknowledgements AS acknowledgements,
    -- boolean: whether all steps were fired and nobody took it
    exhausted,
    -- integer: times that the steps of the policy were gone through
    round AS rounds,
    -- timestamptz: instant at which it ended; null before
    resolved_at,
    -- bigint: seconds of elapsed time from opening to its end; null before
    extract(epoch FROM resolved_at - opened_at)::bigint AS resolve_seconds
FROM escalations LEFT JOIN LATERAL (SELECT min(at) AS acknowledged_at, count(*) AS acknowledgements
    FROM timeline WHERE timeline.escalation_id = escalations.id AND timeline.kind = 'acknowledged')
    AS taken ON true;

-- Messages to our own people about escalations: one row each.
CREATE VIEW reporting.escalation_notifications AS SELECT
    -- uuid: id of the message
    id AS notification_id,
    -- uuid: see escalation_escalations
    escalation_id,
    -- text: page, exhausted, duty or all_clear
    purpose,
    -- text: sub of who was to be reached
    person,
    -- text: how: email, webhook
    channel,
    -- text: waiting, ready, sent, cancelled or failed
    state,
    -- timestamptz: instant at which it was due
    send_at,
    -- timestamptz: instant of real time at which it was sent or given up; null before
    settled_at,
    -- integer: times that it was tried
    attempts,
    -- boolean: whether it went to the last resort, since nobody else could be
    to_fallback
FROM notifications;

-- Pages for each person: one row per day (in UTC) and person who was paged.
CREATE VIEW reporting.escalation_pages_daily AS SELECT
    -- date: day in UTC
    (send_at AT TIME ZONE 'UTC')::date AS day,
    -- text: sub of who was paged
    person,
    -- bigint: pages that were sent
    count(*) AS pages,
    -- bigint: those between 22 and 6 o'clock in UTC; see the person's own zone before you judge
    count(*) FILTER (WHERE extract(hour FROM send_at AT TIME ZONE 'UTC') NOT BETWEEN 6 AND 21) AS at_night
FROM notifications WHERE purpose = 'page' AND state = 'sent' GROUP BY 1, person;

-- How long Blockers lasted (DORA: time to restore): one row per month (in UTC), tier, service
-- and customer.
CREATE VIEW reporting.escalation_restorations_monthly AS SELECT
    -- text: month in which they were raised, in UTC: 2030-01
    to_char(opened_at AT TIME ZONE 'UTC', 'YYYY-MM') AS month,
    -- text: tier of the environment; null where it is about none
    tier,
    -- text: key of the service; null where it is about none
    service,
    -- text: key of the customer; null where it is about none
    customer,
    -- bigint: Blockers that were raised
    count(*) AS raised,
    -- bigint: those that are over
    count(resolved_at) AS ended,
    -- bigint: seconds of elapsed time from opening to end, for half of them less; null where none
    -- has ended
    percentile_disc(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM resolved_at - opened_at)::bigint) FILTER (WHERE resolved_at IS NOT NULL) AS median_restore_seconds,
    -- bigint: seconds of elapsed time of the longest; null where none has ended
    extract(epoch FROM max(resolved_at - opened_at))::bigint AS longest_restore_seconds
FROM escalations WHERE trigger = 'blocker_raised' GROUP BY 1, tier, service, customer;
