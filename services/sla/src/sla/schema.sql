-- The schema sla as the migrations make it. Written by `make docs`; do not edit.

-- Sequences
-- ---------

CREATE SEQUENCE action_item_numbers START 1;
CREATE SEQUENCE deadline_generations START 1;
CREATE SEQUENCE fact_positions START 1;
CREATE SEQUENCE maintenance_numbers START 1;
CREATE SEQUENCE outage_numbers START 1;
CREATE SEQUENCE time_entry_numbers START 1;
CREATE SEQUENCE waiver_numbers START 1;

-- Tables of sla
-- -------------

CREATE TABLE action_items (
    id uuid NOT NULL,
    key text NOT NULL,
    customer_id uuid NOT NULL,
    review_id uuid NOT NULL,
    month text NOT NULL,
    title text NOT NULL,
    criterion text NOT NULL,
    owner text NOT NULL,
    due date NOT NULL,
    agreed_by text NOT NULL,
    agreed_at timestamptz NOT NULL,
    state text NOT NULL,
    done_by text,
    done_at timestamptz,
    evidence text,
    verified_by text,
    verified_at timestamptz,
    sequence bigint NOT NULL,
    CONSTRAINT action_items_pkey PRIMARY KEY (id),
    CONSTRAINT action_items_key_key UNIQUE (key),
    CONSTRAINT action_items_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(id),
    CONSTRAINT action_items_review_id_fkey FOREIGN KEY (review_id) REFERENCES reviews(id),
    CONSTRAINT action_items_state_check CHECK (state IN ('open', 'done', 'verified')),
    CONSTRAINT ck_action_items_done CHECK ((state = 'open') = (done_by IS NULL)),
    CONSTRAINT ck_action_items_done_at CHECK ((done_by IS NULL) = (done_at IS NULL)),
    CONSTRAINT ck_action_items_done_by_owner CHECK (done_by = owner),
    CONSTRAINT ck_action_items_evidence CHECK ((done_by IS NULL) = (evidence IS NULL)),
    CONSTRAINT ck_action_items_four_eyes CHECK (verified_by <> done_by),
    CONSTRAINT ck_action_items_owner_four_eyes CHECK (verified_by <> owner),
    CONSTRAINT ck_action_items_verified CHECK ((state = 'verified') = (verified_by IS NOT NULL)),
    CONSTRAINT ck_action_items_verified_at CHECK ((verified_by IS NULL) = (verified_at IS NULL))
);
CREATE INDEX ix_action_items_customer ON action_items (customer_id, month);
CREATE INDEX ix_action_items_list ON action_items (due, id);
CREATE INDEX ix_action_items_open ON action_items (due, id) WHERE state <> 'verified';
CREATE INDEX ix_action_items_owner ON action_items (owner) WHERE state = 'open';
CREATE INDEX ix_action_items_to_verify ON action_items (id) WHERE state = 'done';
GRANT SELECT ON action_items TO opsdesk_sla_contact;
ALTER TABLE action_items FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON action_items TO opsdesk_sla_contact USING ((customer_id = ( SELECT
    own_customer() AS own_customer)));
CREATE POLICY of_the_service ON action_items TO opsdesk_sla, opsdesk_sla_owner USING (true);

CREATE OR REPLACE FUNCTION sla.refuse_one_person()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'sla'
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
CREATE TRIGGER two_persons_verify_action BEFORE INSERT OR UPDATE OF verified_by ON action_items
    FOR EACH ROW WHEN (new.verified_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('done_by', 'verified_by');
CREATE TRIGGER two_persons_verify_owner BEFORE INSERT OR UPDATE OF verified_by ON action_items
    FOR EACH ROW WHEN (new.verified_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('owner', 'verified_by');

CREATE OR REPLACE FUNCTION sla.record_versions()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'sla'
 SET "TimeZone" TO 'UTC'
 SET extra_float_digits TO '1'
 SET "IntervalStyle" TO 'postgres'
 SET bytea_output TO 'hex'
AS $function$ BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO fact_versions (relation, operation, body, written_by)
        SELECT TG_TABLE_NAME, 'delete', to_jsonb(gone), session_user FROM gone;
    ELSE
        INSERT INTO fact_versions (relation, operation, body, written_by)
        SELECT TG_TABLE_NAME, lower(TG_OP), to_jsonb(written), session_user FROM written;
    END IF;
    RETURN NULL;
END $function$;
CREATE TRIGGER versions_of_deletes AFTER DELETE ON action_items
    REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();
CREATE TRIGGER versions_of_inserts AFTER INSERT ON action_items
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();
CREATE TRIGGER versions_of_updates AFTER UPDATE ON action_items
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();

CREATE TABLE agreement_comments (
    id uuid NOT NULL,
    version_id uuid NOT NULL,
    created_by text NOT NULL,
    side text NOT NULL,
    created_at timestamptz NOT NULL,
    comment text NOT NULL,
    CONSTRAINT agreement_comments_pkey PRIMARY KEY (id),
    CONSTRAINT agreement_comments_version_id_fkey
        FOREIGN KEY (version_id) REFERENCES agreement_versions(id),
    CONSTRAINT agreement_comments_side_check CHECK (side IN ('own', 'counterparty'))
);
CREATE INDEX ix_agreement_comments_version ON agreement_comments (version_id, id);
REVOKE UPDATE, DELETE ON agreement_comments FROM opsdesk_sla;
GRANT INSERT, SELECT ON agreement_comments TO opsdesk_sla_contact;
ALTER TABLE agreement_comments FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON agreement_comments TO opsdesk_sla_contact USING ((EXISTS ( SELECT
    FROM (agreement_versions JOIN agreements ON ((agreements.id =
    agreement_versions.agreement_id))) WHERE ((agreement_versions.id =
    agreement_comments.version_id) AND (agreements.customer_id = ( SELECT own_customer() AS
    own_customer))))));
CREATE POLICY of_the_service ON agreement_comments TO opsdesk_sla, opsdesk_sla_owner USING (true);

CREATE OR REPLACE FUNCTION sla.record_rewriting()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'sla'
AS $function$ BEGIN
    INSERT INTO fact_versions (relation, operation, body, written_by)
    VALUES (TG_TABLE_NAME, CASE TG_OP WHEN 'UPDATE' THEN 'update' ELSE 'delete' END, '{}', session_user);
    RETURN NULL;
END $function$;
CREATE TRIGGER versions_of_deletes AFTER DELETE ON agreement_comments
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_rewriting();

CREATE OR REPLACE FUNCTION sla.record_erasable_versions()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'sla'
 SET "TimeZone" TO 'UTC'
 SET extra_float_digits TO '1'
 SET "IntervalStyle" TO 'postgres'
 SET bytea_output TO 'hex'
AS $function$
DECLARE
    erasable text := TG_ARGV[0];
    whole jsonb;
    key jsonb := '{}';
    version jsonb;
    at_position bigint;
    fresh_salt bytea;
BEGIN
    FOR whole IN SELECT to_jsonb(written) FROM written LOOP
        version := whole - erasable;
        IF erasable = 'figures' THEN
            version := version || jsonb_build_object(erasable, without_titles(whole -> erasable));
        END IF;
        FOR nth IN 1 .. TG_NARGS - 1 LOOP
            key := key || jsonb_build_object(TG_ARGV[nth], whole -> TG_ARGV[nth]);
        END LOOP;
        DELETE FROM fact_salts WHERE position IN (
            SELECT position FROM fact_versions WHERE relation = TG_TABLE_NAME AND body @> key);
        fresh_salt := uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());
        IF whole -> erasable = '"[erased]"' THEN
            version := whole;
        ELSE
            version := version || jsonb_build_object('commitment', encode(sha256(
                fresh_salt || convert_to((whole -> erasable)::text, 'UTF8')), 'hex'));
        END IF;
        INSERT INTO fact_versions (relation, operation, body, written_by)
        VALUES (TG_TABLE_NAME, lower(TG_OP), version, session_user) RETURNING position INTO at_position;
        IF version ? 'commitment' THEN
            INSERT INTO fact_salts VALUES (at_position, fresh_salt);
        END IF;
    END LOOP;
    RETURN NULL;
END $function$;
CREATE TRIGGER versions_of_inserts AFTER INSERT ON agreement_comments
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_erasable_versions('comment', 'id');
CREATE TRIGGER versions_of_updates AFTER UPDATE ON agreement_comments
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_erasable_versions('comment', 'id');

CREATE TABLE agreement_versions (
    id uuid NOT NULL,
    agreement_id uuid NOT NULL,
    version integer NOT NULL,
    supersedes integer,
    state text NOT NULL DEFAULT 'draft',
    -- By key; none named: all services.
    services text[] NOT NULL DEFAULT '{}'::text[],
    -- All whom it covers; none named: everybody (ola, uc and the house-wide default).
    customers uuid[] NOT NULL DEFAULT '{}'::uuid[],
    valid_from timestamptz NOT NULL,
    valid_until timestamptz,
    promises jsonb NOT NULL,
    -- The calendars with their dated coverage extensions, by priority; null without any.
    coverage jsonb,
    -- The later calendar versions that it follows, by priority; null while it follows none.
    followed jsonb,
    -- Its calendars of before, each with the instant until which it was that; null without any.
    calendar_history jsonb,
    customer_signs boolean NOT NULL DEFAULT false,
    drafted_by text NOT NULL,
    drafted_at timestamptz NOT NULL,
    approved_by text,
    approved_at timestamptz,
    -- For the other side: a contact of the customer, or the second of our own people.
    countersigned_by text,
    countersigned_at timestamptz,
    -- The customer whose contact countersigned: that of the agreement; null of our own people.
    countersigned_for uuid,
    published_by text,
    published_at timestamptz,
    -- Who would not sign the draft as it is; null once it is changed or proposed again.
    declined_by text,
    declined_at timestamptz,
    CONSTRAINT agreement_versions_pkey PRIMARY KEY (id),
    CONSTRAINT agreement_versions_agreement_id_version_key UNIQUE (agreement_id, version),
    CONSTRAINT ex_agreement_versions_one_at_a_time
        EXCLUDE USING gist (int8range(uuid_hash_extended(agreement_id, 0::bigint),
            uuid_hash_extended(agreement_id, 0::bigint), '[]') WITH &&, tstzrange(valid_from,
            valid_until) WITH &&) WHERE (state IN ('published', 'superseded')),
    CONSTRAINT agreement_versions_agreement_id_fkey
        FOREIGN KEY (agreement_id) REFERENCES agreements(id),
    CONSTRAINT fk_agreement_versions_party
        FOREIGN KEY (agreement_id, countersigned_for) REFERENCES agreements(id, customer_id),
    CONSTRAINT agreement_versions_state_check
        CHECK (state IN ('draft', 'proposed', 'agreed', 'published', 'superseded', 'withdrawn')),
    CONSTRAINT agreement_versions_version_check CHECK (version > 0),
    CONSTRAINT ck_agreement_versions_approval_four_eyes CHECK (approved_by <> countersigned_by),
    CONSTRAINT ck_agreement_versions_approved_at
        CHECK ((approved_by IS NULL) = (approved_at IS NULL)),
    CONSTRAINT ck_agreement_versions_countersigned_at
        CHECK ((countersigned_by IS NULL) = (countersigned_at IS NULL)),
    CONSTRAINT ck_agreement_versions_declined CHECK (declined_by IS NULL OR state = 'draft'),
    CONSTRAINT ck_agreement_versions_declined_at
        CHECK ((declined_by IS NULL) = (declined_at IS NULL)),
    CONSTRAINT ck_agreement_versions_party
        CHECK ((countersigned_for IS NULL OR countersigned_by IS NOT NULL) AND (NOT customer_signs
            OR countersigned_by IS NULL OR countersigned_for IS NOT NULL)),
    CONSTRAINT ck_agreement_versions_publication_four_eyes CHECK (drafted_by <> published_by),
    CONSTRAINT ck_agreement_versions_published
        CHECK ((state NOT IN ('published', 'superseded')) OR published_by IS NOT NULL),
    CONSTRAINT ck_agreement_versions_published_at
        CHECK ((published_by IS NULL) = (published_at IS NULL)),
    CONSTRAINT ck_agreement_versions_signed
        CHECK ((state IN ('draft', 'proposed', 'withdrawn')) OR approved_by IS NOT NULL AND
            countersigned_by IS NOT NULL),
    CONSTRAINT ck_agreement_versions_supersedes CHECK (supersedes < version),
    CONSTRAINT ck_agreement_versions_valid_until CHECK (valid_until > valid_from)
);
CREATE INDEX ix_agreement_versions_customers ON agreement_versions USING gin (customers)
    WHERE published_at IS NOT NULL;
CREATE INDEX ix_agreement_versions_declined ON agreement_versions (drafted_by)
    WHERE declined_at IS NOT NULL;
CREATE INDEX ix_agreement_versions_to_sign ON agreement_versions (agreement_id)
    WHERE state IN ('proposed', 'agreed');
GRANT UPDATE (state) ON agreement_versions TO opsdesk_sla_contact;
GRANT UPDATE (customer_signs) ON agreement_versions TO opsdesk_sla_contact;
GRANT UPDATE (approved_by) ON agreement_versions TO opsdesk_sla_contact;
GRANT UPDATE (approved_at) ON agreement_versions TO opsdesk_sla_contact;
GRANT UPDATE (countersigned_by) ON agreement_versions TO opsdesk_sla_contact;
GRANT UPDATE (countersigned_at) ON agreement_versions TO opsdesk_sla_contact;
GRANT UPDATE (countersigned_for) ON agreement_versions TO opsdesk_sla_contact;
GRANT UPDATE (published_by) ON agreement_versions TO opsdesk_sla_contact;
GRANT UPDATE (published_at) ON agreement_versions TO opsdesk_sla_contact;
GRANT UPDATE (declined_by) ON agreement_versions TO opsdesk_sla_contact;
GRANT UPDATE (declined_at) ON agreement_versions TO opsdesk_sla_contact;
GRANT SELECT ON agreement_versions TO opsdesk_sla_contact;
ALTER TABLE agreement_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON agreement_versions TO opsdesk_sla_contact USING ((((( SELECT
    own_customer() AS own_customer) = ANY (customers)) AND ((published_at IS NOT NULL) OR
    (customer_signs AND (state IN ('proposed', 'agreed'))))) OR ((customers = '{}'::uuid[]) AND
    (published_at IS NOT NULL) AND ( SELECT is_for_a_customer() AS is_for_a_customer) AND
    is_house_default(agreement_id))));
CREATE POLICY of_the_partner ON agreement_versions FOR SELECT TO opsdesk_sla_contact USING ((((
    SELECT own_partner() AS own_partner) IS NOT NULL) AND (published_at IS NOT NULL) AND
    is_own_contract(agreement_id)));
CREATE POLICY of_the_service ON agreement_versions TO opsdesk_sla, opsdesk_sla_owner USING (true);
CREATE TRIGGER two_persons_publish BEFORE INSERT OR UPDATE OF published_by ON agreement_versions
    FOR EACH ROW WHEN (new.published_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('drafted_by', 'published_by');
CREATE TRIGGER two_persons_sign BEFORE INSERT OR UPDATE OF countersigned_by ON agreement_versions
    FOR EACH ROW WHEN (new.countersigned_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('approved_by', 'countersigned_by');
CREATE TRIGGER two_persons_sign_own BEFORE INSERT OR UPDATE OF approved_by ON agreement_versions
    FOR EACH ROW WHEN (new.approved_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('countersigned_by', 'approved_by');
CREATE TRIGGER versions_of_deletes AFTER DELETE ON agreement_versions
    REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();
CREATE TRIGGER versions_of_inserts AFTER INSERT ON agreement_versions
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();
CREATE TRIGGER versions_of_updates AFTER UPDATE ON agreement_versions
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();

CREATE TABLE agreements (
    id uuid NOT NULL,
    key text NOT NULL,
    contract text NOT NULL,
    -- With whom it is made; null of an sla: the house-wide default, for customers without their
    -- own.
    customer_id uuid,
    partner text,
    team text,
    termination_requested_by text,
    termination_requested_at timestamptz,
    termination_reason text,
    -- Deactivated by another person than the one who asked: it cancels open clocks (C10).
    ended_by text,
    ended_at timestamptz,
    sequence bigint NOT NULL,
    CONSTRAINT agreements_pkey PRIMARY KEY (id),
    CONSTRAINT agreements_key_key UNIQUE (key),
    CONSTRAINT uq_agreements_party UNIQUE (id, customer_id),
    CONSTRAINT agreements_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(id),
    CONSTRAINT agreements_contract_check CHECK (contract IN ('sla', 'ola', 'uc')),
    CONSTRAINT ck_agreements_ended CHECK (ended_by IS NULL OR termination_requested_by IS NOT NULL),
    CONSTRAINT ck_agreements_ended_at CHECK ((ended_by IS NULL) = (ended_at IS NULL)),
    CONSTRAINT ck_agreements_four_eyes CHECK (termination_requested_by <> ended_by),
    CONSTRAINT ck_agreements_partner CHECK (partner IS NULL OR contract = 'uc'),
    CONSTRAINT ck_agreements_team CHECK (team IS NULL OR contract = 'ola'),
    CONSTRAINT ck_agreements_termination_reason
        CHECK ((termination_requested_by IS NULL) = (termination_reason IS NULL)),
    CONSTRAINT ck_agreements_termination_requested_at
        CHECK ((termination_requested_by IS NULL) = (termination_requested_at IS NULL))
);
CREATE INDEX ix_agreements_to_terminate ON agreements (id)
    WHERE termination_requested_by IS NOT NULL AND ended_at IS NULL;
GRANT UPDATE (sequence) ON agreements TO opsdesk_sla_contact;
GRANT SELECT ON agreements TO opsdesk_sla_contact;
ALTER TABLE agreements FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON agreements TO opsdesk_sla_contact USING (((contract = 'sla') AND
    (EXISTS ( SELECT FROM agreement_versions WHERE (agreement_versions.agreement_id =
    agreements.id)))));
CREATE POLICY of_the_partner ON agreements FOR SELECT TO opsdesk_sla_contact USING (((contract =
    'uc') AND (partner = ( SELECT own_partner() AS own_partner))));
CREATE POLICY of_the_service ON agreements TO opsdesk_sla, opsdesk_sla_owner USING (true);
CREATE TRIGGER two_persons_terminate BEFORE INSERT OR UPDATE OF ended_by ON agreements
    FOR EACH ROW WHEN (new.ended_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('termination_requested_by', 'ended_by');
CREATE TRIGGER versions_of_deletes AFTER DELETE ON agreements
    REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();
CREATE TRIGGER versions_of_inserts AFTER INSERT ON agreements
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();
CREATE TRIGGER versions_of_updates AFTER UPDATE ON agreements
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();

CREATE TABLE availability_budgets (
    id uuid NOT NULL,
    agreement text NOT NULL,
    customer_id uuid NOT NULL,
    month date NOT NULL,
    sequence bigint NOT NULL,
    CONSTRAINT availability_budgets_pkey PRIMARY KEY (id),
    CONSTRAINT availability_budgets_agreement_customer_id_month_key
        UNIQUE (agreement, customer_id, month),
    CONSTRAINT availability_budgets_month_check CHECK (EXTRACT(day FROM month) = 1::numeric)
);

-- The warnings that were sent, one per threshold of a budget (R3).
CREATE TABLE availability_warnings (
    budget_id uuid NOT NULL,
    share numeric NOT NULL,
    reached_at timestamptz NOT NULL,
    known_at timestamptz NOT NULL,
    CONSTRAINT availability_warnings_pkey PRIMARY KEY (budget_id, share),
    CONSTRAINT availability_warnings_budget_id_fkey
        FOREIGN KEY (budget_id) REFERENCES availability_budgets(id)
);
REVOKE UPDATE, DELETE ON availability_warnings FROM opsdesk_sla;

-- Why a promise was breached, in people's words; the last counts.
CREATE TABLE breach_comments (
    clock_id uuid NOT NULL,
    number integer NOT NULL,
    text text NOT NULL,
    by text NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT breach_comments_pkey PRIMARY KEY (clock_id, number),
    CONSTRAINT breach_comments_clock_id_fkey FOREIGN KEY (clock_id) REFERENCES clocks(id),
    CONSTRAINT breach_comments_number_check CHECK (number > 0)
);
REVOKE UPDATE, DELETE ON breach_comments FROM opsdesk_sla;
CREATE TRIGGER versions_of_deletes AFTER DELETE ON breach_comments
    REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();
CREATE TRIGGER versions_of_inserts AFTER INSERT ON breach_comments
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();
CREATE TRIGGER versions_of_updates AFTER UPDATE ON breach_comments
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();

-- The clocks that a bulk update has found and not changed yet.
CREATE TABLE bulk_update_items (
    bulk_update_id uuid NOT NULL,
    clock_id uuid NOT NULL,
    CONSTRAINT bulk_update_items_pkey PRIMARY KEY (bulk_update_id, clock_id),
    CONSTRAINT bulk_update_items_bulk_update_id_fkey
        FOREIGN KEY (bulk_update_id) REFERENCES bulk_updates(id),
    CONSTRAINT bulk_update_items_clock_id_fkey FOREIGN KEY (clock_id) REFERENCES clocks(id)
);

-- A change of all open clocks of an agreement, carried out in batches by the timers.
CREATE TABLE bulk_updates (
    id uuid NOT NULL,
    agreement_id uuid NOT NULL,
    kind text NOT NULL,
    version_id uuid,
    reason text NOT NULL,
    decided_by text NOT NULL,
    decided_at timestamptz NOT NULL,
    -- Who published the version that clocks move to, or asked for the end: another person (R1).
    confirmed_by text,
    looks integer NOT NULL DEFAULT 0,
    changed integer NOT NULL DEFAULT 0,
    done_at timestamptz,
    -- From when on the clocks are changed; null: from the decision on.
    effective_at timestamptz,
    CONSTRAINT bulk_updates_pkey PRIMARY KEY (id),
    CONSTRAINT bulk_updates_agreement_id_fkey FOREIGN KEY (agreement_id) REFERENCES agreements(id),
    CONSTRAINT bulk_updates_version_id_fkey
        FOREIGN KEY (version_id) REFERENCES agreement_versions(id),
    CONSTRAINT ck_bulk_updates_four_eyes CHECK (decided_by <> confirmed_by),
    CONSTRAINT ck_bulk_updates_kind
        CHECK (kind IN ('cancel', 'move', 'extend', 'shorten', 'calendar')),
    CONSTRAINT ck_bulk_updates_stood_for CHECK (kind = 'extend' OR confirmed_by IS NOT NULL),
    CONSTRAINT ck_bulk_updates_version CHECK (kind <> 'move' OR version_id IS NOT NULL)
);
CREATE INDEX ix_bulk_updates_agreement ON bulk_updates (agreement_id, id);
CREATE TRIGGER two_persons_bulk_update BEFORE INSERT OR UPDATE OF confirmed_by ON bulk_updates
    FOR EACH ROW WHEN (new.confirmed_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('decided_by', 'confirmed_by');
CREATE TRIGGER versions_of_deletes AFTER DELETE ON bulk_updates
    REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();
CREATE TRIGGER versions_of_inserts AFTER INSERT ON bulk_updates
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();
CREATE TRIGGER versions_of_updates AFTER UPDATE ON bulk_updates
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();

CREATE TABLE calendars (
    id uuid NOT NULL,
    key text NOT NULL,
    version integer NOT NULL,
    definition jsonb NOT NULL,
    -- The zone's offsets and tz release when the version was made: a later release moves nothing.
    zone jsonb NOT NULL,
    -- Of an import: the host, the digest of the feed, how its timed events were read.
    source jsonb,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    -- A later version is proposed by one person and published by another; it holds from
    -- effective_from on.
    state text NOT NULL DEFAULT 'in_effect',
    -- From when on agreements follow it; null: a calendar of one agreement, which nobody else
    -- follows.
    effective_from timestamptz,
    published_by text,
    published_at timestamptz,
    CONSTRAINT calendars_pkey PRIMARY KEY (id),
    CONSTRAINT calendars_key_version_key UNIQUE (key, version),
    CONSTRAINT calendars_state_check
        CHECK (state IN ('proposed', 'published', 'in_effect', 'withdrawn')),
    CONSTRAINT calendars_version_check CHECK (version > 0),
    CONSTRAINT ck_calendars_effective CHECK (effective_from IS NOT NULL OR state = 'in_effect'),
    CONSTRAINT ck_calendars_four_eyes CHECK (published_by <> created_by),
    CONSTRAINT ck_calendars_published_at CHECK ((published_by IS NULL) = (published_at IS NULL))
);
CREATE INDEX ix_calendars_proposed ON calendars (id) WHERE state = 'proposed';
GRANT SELECT ON calendars TO opsdesk_sla_contact;
CREATE TRIGGER two_persons_publish_calendar BEFORE INSERT OR UPDATE OF published_by ON calendars
    FOR EACH ROW WHEN (new.published_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('created_by', 'published_by');
CREATE TRIGGER versions_of_deletes AFTER DELETE ON calendars
    REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();
CREATE TRIGGER versions_of_inserts AFTER INSERT ON calendars
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();
CREATE TRIGGER versions_of_updates AFTER UPDATE ON calendars
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();

CREATE TABLE capacity_forecasts (
    series_id uuid NOT NULL,
    computed_on date NOT NULL,
    outlook jsonb NOT NULL,
    CONSTRAINT capacity_forecasts_pkey PRIMARY KEY (series_id, computed_on),
    CONSTRAINT capacity_forecasts_series_id_fkey FOREIGN KEY (series_id) REFERENCES series(id)
);
GRANT SELECT ON capacity_forecasts TO opsdesk_sla_contact;
ALTER TABLE capacity_forecasts FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON capacity_forecasts TO opsdesk_sla_contact USING ((EXISTS ( SELECT
    FROM series WHERE (series.id = capacity_forecasts.series_id))));
CREATE POLICY of_the_service ON capacity_forecasts TO opsdesk_sla, opsdesk_sla_owner USING (true);

-- Clocks by the day on which they were met or breached.
CREATE TABLE clock_figures (
    span text NOT NULL,
    customer_id uuid NOT NULL,
    day date NOT NULL,
    service text NOT NULL,
    priority text NOT NULL,
    kind text NOT NULL,
    metric text NOT NULL,
    contract text NOT NULL,
    agreement text NOT NULL,
    met integer NOT NULL,
    breached integer NOT NULL,
    waived integer NOT NULL,
    CONSTRAINT clock_figures_pkey
        PRIMARY KEY (span, customer_id, day, service, priority, kind, metric, contract, agreement),
    CONSTRAINT clock_figures_span_check
        CHECK (span IN ('day', 'month', 'total', 'service', 'priority', 'kind'))
) WITH (fillfactor = 80);
CREATE INDEX ix_clock_figures_all ON clock_figures (span, day)
    WHERE customer_id = '00000000-0000-0000-0000-000000000000'::uuid;
CREATE INDEX ix_clock_figures_each ON clock_figures (span, day)
    WHERE customer_id <> '00000000-0000-0000-0000-000000000000'::uuid;
GRANT SELECT ON clock_figures TO opsdesk_sla_contact;
ALTER TABLE clock_figures FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON clock_figures TO opsdesk_sla_contact USING ((customer_id = (
    SELECT own_customer() AS own_customer)));
CREATE POLICY of_the_partner ON clock_figures FOR SELECT TO opsdesk_sla_contact USING (((contract =
    'uc') AND (( SELECT own_partner() AS own_partner) IS NOT NULL) AND (agreement IN ( SELECT
    agreements.key FROM agreements))));
CREATE POLICY of_the_service ON clock_figures TO opsdesk_sla, opsdesk_sla_owner USING (true);

-- The inputs of each clock, in order; folded, they give the clock (C9).
CREATE TABLE clock_inputs (
    clock_id uuid NOT NULL,
    ordinal integer NOT NULL,
    kind text NOT NULL,
    at timestamptz NOT NULL,
    known_at timestamptz NOT NULL,
    body text,
    fired_without_events boolean NOT NULL DEFAULT false,
    "position" bigint NOT NULL DEFAULT nextval('fact_positions'::regclass),
    xid bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    CONSTRAINT clock_inputs_pkey PRIMARY KEY (clock_id, ordinal),
    CONSTRAINT clock_inputs_clock_id_fkey FOREIGN KEY (clock_id) REFERENCES clocks(id)
);
CREATE INDEX ix_clock_inputs_fired ON clock_inputs (known_at) WHERE kind = 'fired';
CREATE INDEX ix_clock_inputs_position ON clock_inputs USING brin ("position", xid) WITH
    (autosummarize='on');
REVOKE UPDATE, DELETE ON clock_inputs FROM opsdesk_sla;
GRANT SELECT ON clock_inputs TO opsdesk_sla_contact;
ALTER TABLE clock_inputs FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON clock_inputs TO opsdesk_sla_contact USING ((EXISTS ( SELECT FROM
    clocks WHERE (clocks.id = clock_inputs.clock_id))));
CREATE POLICY of_the_service ON clock_inputs TO opsdesk_sla, opsdesk_sla_owner USING (true);

CREATE OR REPLACE FUNCTION sla.record_count()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'sla'
AS $function$ BEGIN
    INSERT INTO fact_versions (relation, operation, body, written_by)
    SELECT TG_TABLE_NAME, 'insert', jsonb_build_object('rows', count(*)), session_user
    FROM written HAVING count(*) > 0;
    RETURN NULL;
END $function$;
CREATE TRIGGER counts_of_inserts AFTER INSERT ON clock_inputs
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_count();
CREATE TRIGGER counts_of_rewriting AFTER DELETE OR UPDATE ON clock_inputs
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_rewriting();

CREATE TABLE clocks (
    id uuid NOT NULL,
    ticket_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    sequence bigint NOT NULL,
    ordinal integer NOT NULL,
    -- The forwarding of the ticket that the clock belongs to, from 1; 0: a promise to the customer.
    forwarding smallint NOT NULL DEFAULT 0,
    contract text NOT NULL DEFAULT 'sla',
    partner text,
    -- Of a clock of a partner or second level; null: that of the ticket.
    agreement_version uuid,
    agreement text,
    -- The service of the ticket of an open customer clock, empty where the ticket names none. Null
    -- for clocks of suppliers and for clocks that are not open.
    service text,
    metric text NOT NULL,
    state text NOT NULL,
    deadline timestamptz,
    breached_at timestamptz,
    -- For the index: one byte per entry, where a mostly null instant takes 16.
    breached boolean NOT NULL GENERATED ALWAYS AS (breached_at IS NOT NULL) STORED,
    outcome text,
    outcome_at timestamptz,
    stopped_at timestamptz,
    -- Counted time of its longest cycle, once it has stopped; null before.
    elapsed_seconds bigint,
    next_at timestamptz,
    -- The clock after its last input, as canonical JSON.
    state_json text NOT NULL,
    CONSTRAINT clocks_pkey PRIMARY KEY (id),
    CONSTRAINT clocks_ticket_id_forwarding_metric_key UNIQUE (ticket_id, forwarding, metric),
    CONSTRAINT clocks_agreement_version_fkey
        FOREIGN KEY (agreement_version) REFERENCES agreement_versions(id),
    CONSTRAINT clocks_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES tickets(id),
    CONSTRAINT ck_clocks_agreement_version CHECK ((contract = 'sla') = (agreement_version IS NULL)),
    CONSTRAINT ck_clocks_forwarding CHECK ((contract = 'sla') = (forwarding = 0)),
    CONSTRAINT ck_clocks_outcome_at CHECK ((outcome IS NULL) = (outcome_at IS NULL)),
    CONSTRAINT ck_clocks_partner CHECK ((contract = 'uc') = (partner IS NOT NULL)),
    CONSTRAINT clocks_contract_check CHECK (contract IN ('sla', 'ola', 'uc')),
    CONSTRAINT clocks_forwarding_check CHECK (forwarding >= 0),
    CONSTRAINT clocks_outcome_check CHECK (outcome IN ('met', 'breached', 'waived'))
) WITH (fillfactor = 97, autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_vacuum_insert_scale_factor = 0.02);
CREATE INDEX ix_clocks_agreement_version ON clocks (agreement_version)
    WHERE agreement_version IS NOT NULL;
CREATE INDEX ix_clocks_behind ON clocks (contract, deadline, id)
    WHERE contract <> 'sla' AND (state IN ('running', 'paused'));
CREATE INDEX ix_clocks_decided ON clocks (customer_id, outcome_at) WHERE outcome IS NOT NULL;
CREATE INDEX ix_clocks_outcome ON clocks (outcome_at) WHERE outcome IS NOT NULL;
CREATE INDEX ix_clocks_past ON clocks (state, deadline, id)
    WHERE state NOT IN ('running', 'paused');
CREATE INDEX ix_clocks_past_of ON clocks (customer_id, state, deadline, id)
    WHERE state NOT IN ('running', 'paused');
-- Paused clocks have no deadline and come after all running ones: they have a queue of their
-- own.
CREATE INDEX ix_clocks_paused ON clocks (deadline, id) WHERE state = 'paused';
CREATE INDEX ix_clocks_paused_of ON clocks (customer_id, deadline, id) WHERE state = 'paused';
-- Without the id: few clocks have the same deadline, and they are sorted when they are read.
CREATE INDEX ix_clocks_queue ON clocks (deadline) WHERE state IN ('running', 'paused');
CREATE INDEX ix_clocks_queue_of ON clocks (customer_id, deadline) INCLUDE (service, breached,
    outcome)
    WHERE state IN ('running', 'paused');
CREATE INDEX ix_clocks_stopped ON clocks (customer_id, stopped_at) WHERE stopped_at IS NOT NULL;
GRANT SELECT ON clocks TO opsdesk_sla_contact;
ALTER TABLE clocks FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON clocks TO opsdesk_sla_contact USING (((customer_id = ( SELECT
    own_customer() AS own_customer)) AND (contract = 'sla')));
CREATE POLICY of_the_partner ON clocks FOR SELECT TO opsdesk_sla_contact USING (((contract = 'uc')
    AND (partner = ( SELECT own_partner() AS own_partner))));
CREATE POLICY of_the_service ON clocks TO opsdesk_sla, opsdesk_sla_owner USING (true);

CREATE OR REPLACE FUNCTION sla.mark_measured()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN
    INSERT INTO sla.dirty_days (customer_id, at)
    SELECT DISTINCT whose, date_trunc('minute', at)
    FROM was JOIN became USING (id) CROSS JOIN LATERAL (VALUES
        (was.customer_id, was.outcome_at), (was.customer_id, was.stopped_at),
        (became.customer_id, became.outcome_at), (became.customer_id, became.stopped_at)
    ) AS instants (whose, at)
    WHERE at IS NOT NULL
        AND (was.customer_id, was.outcome, was.outcome_at, was.stopped_at, was.elapsed_seconds,
            was.agreement) IS DISTINCT FROM (became.customer_id, became.outcome,
            became.outcome_at, became.stopped_at, became.elapsed_seconds, became.agreement);
    RETURN NULL;
END $function$;
CREATE TRIGGER mark_measured AFTER UPDATE ON clocks
    REFERENCING OLD TABLE AS was NEW TABLE AS became
    FOR EACH STATEMENT
    EXECUTE FUNCTION mark_measured();

CREATE OR REPLACE FUNCTION sla.name_service()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN
    NEW.service := (SELECT coalesce(service, '') FROM sla.tickets WHERE id = NEW.ticket_id);
    RETURN NEW;
END $function$;
CREATE TRIGGER name_service BEFORE INSERT ON clocks
    FOR EACH ROW WHEN (new.contract = 'sla' AND new.service IS NULL)
    EXECUTE FUNCTION name_service();
CREATE TRIGGER name_service_again BEFORE UPDATE ON clocks
    FOR EACH ROW WHEN (new.contract = 'sla' AND (new.state IN ('running', 'paused')) AND (old.state
        NOT IN ('running', 'paused')))
    EXECUTE FUNCTION name_service();

-- Contacts of customers, for the portal: without names and addresses.
CREATE TABLE contacts (
    id uuid NOT NULL,
    customer text NOT NULL,
    address_digests text[] NOT NULL DEFAULT '{}'::text[],
    sequence bigint NOT NULL,
    CONSTRAINT contacts_pkey PRIMARY KEY (id)
);
CREATE INDEX ix_contacts_addresses ON contacts USING gin (address_digests);

-- Extra hours around a go-live or milestone; clocks follow them.
CREATE TABLE coverage_extensions (
    id uuid NOT NULL,
    agreement_id uuid NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    priorities text[] NOT NULL,
    reason text NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    ended_by text,
    ended_at timestamptz,
    -- From here on it does not count after all; at its start: it was withdrawn before it began.
    ended_from timestamptz,
    ending text,
    CONSTRAINT coverage_extensions_pkey PRIMARY KEY (id),
    CONSTRAINT coverage_extensions_agreement_id_fkey
        FOREIGN KEY (agreement_id) REFERENCES agreements(id),
    CONSTRAINT ck_coverage_extensions_ended
        CHECK ((num_nulls(ended_by, ended_at, ended_from, ending) IN (0, 4)) AND ended_from >=
            starts_at AND ended_from < ends_at AND ended_from >= ended_at),
    CONSTRAINT ck_coverage_extensions_ends_at CHECK (ends_at > starts_at),
    CONSTRAINT ck_coverage_extensions_four_eyes CHECK (ended_by <> created_by)
);
CREATE INDEX ix_coverage_extensions_agreement ON coverage_extensions (agreement_id, starts_at, id);
GRANT SELECT ON coverage_extensions TO opsdesk_sla_contact;
ALTER TABLE coverage_extensions FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON coverage_extensions TO opsdesk_sla_contact USING ((EXISTS ( SELECT
    FROM agreements WHERE (agreements.id = coverage_extensions.agreement_id))));
CREATE POLICY of_the_service ON coverage_extensions TO opsdesk_sla, opsdesk_sla_owner USING (true);
CREATE TRIGGER two_persons_end_cover BEFORE INSERT OR UPDATE OF ended_by ON coverage_extensions
    FOR EACH ROW WHEN (new.ended_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('created_by', 'ended_by');
CREATE TRIGGER versions_of_deletes AFTER DELETE ON coverage_extensions
    REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();
CREATE TRIGGER versions_of_inserts AFTER INSERT ON coverage_extensions
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();
CREATE TRIGGER versions_of_updates AFTER UPDATE ON coverage_extensions
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();

CREATE TABLE customers (
    id uuid NOT NULL,
    key text NOT NULL,
    name text NOT NULL,
    timezone text NOT NULL,
    language text NOT NULL DEFAULT 'en',
    -- The zone in which days are counted: the customer's, or UTC where PostgreSQL does not know it.
    day_zone text NOT NULL DEFAULT 'UTC',
    tier text,
    retired boolean NOT NULL DEFAULT false,
    sequence bigint NOT NULL,
    CONSTRAINT customers_pkey PRIMARY KEY (id),
    CONSTRAINT customers_key_key UNIQUE (key)
);
GRANT SELECT ON customers TO opsdesk_sla_contact;
ALTER TABLE customers FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON customers TO opsdesk_sla_contact USING ((key = ( SELECT
    current_setting('opsdesk.customer', true) AS current_setting)));
CREATE POLICY of_the_service ON customers TO opsdesk_sla, opsdesk_sla_owner USING (true);

CREATE OR REPLACE FUNCTION sla.mark_moved()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN
    INSERT INTO sla.dirty_days (customer_id, at)
    SELECT DISTINCT NEW.id, date_trunc('minute', at) + away * interval '1 day'
    FROM (
        SELECT unnest(ARRAY[opened_at, ended_at]) AS at
        FROM sla.tickets WHERE customer_id = NEW.id
        UNION SELECT at FROM sla.ticket_state_changes WHERE customer_id = NEW.id
        UNION SELECT unnest(ARRAY[outcome_at, stopped_at])
        FROM sla.clocks WHERE customer_id = NEW.id
    ) AS instants CROSS JOIN generate_series(-2, 2) AS away
    WHERE at IS NOT NULL;
    RETURN NULL;
END $function$;
CREATE TRIGGER mark_moved AFTER UPDATE ON customers
    FOR EACH ROW WHEN (old.day_zone <> new.day_zone)
    EXECUTE FUNCTION mark_moved();

-- As delivery-gate last told of each: what is coming, what came.
CREATE TABLE deliveries (
    id uuid NOT NULL,
    key text NOT NULL,
    customer text NOT NULL,
    product text NOT NULL,
    version text NOT NULL,
    environment text NOT NULL,
    state text NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT deliveries_pkey PRIMARY KEY (id)
);
CREATE INDEX ix_deliveries_customer ON deliveries (customer, at);

-- Days of customers, by an instant on them, whose figures are to be counted again.
CREATE TABLE dirty_days (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    customer_id uuid NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT dirty_days_pkey PRIMARY KEY (id)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000,
    autovacuum_vacuum_cost_delay = 0);
GRANT SELECT ON dirty_days TO opsdesk_sla_contact;
ALTER TABLE dirty_days FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON dirty_days TO opsdesk_sla_contact USING ((customer_id = ( SELECT
    own_customer() AS own_customer)));
CREATE POLICY of_the_partner ON dirty_days FOR SELECT TO opsdesk_sla_contact USING ((( SELECT
    own_partner() AS own_partner) IS NOT NULL));
CREATE POLICY of_the_service ON dirty_days TO opsdesk_sla, opsdesk_sla_owner USING (true);

CREATE TABLE environments (
    id uuid NOT NULL,
    key text NOT NULL,
    customer_id uuid NOT NULL,
    tier text NOT NULL,
    retired boolean NOT NULL DEFAULT false,
    sequence bigint NOT NULL,
    CONSTRAINT environments_pkey PRIMARY KEY (id),
    CONSTRAINT environments_key_key UNIQUE (key)
);
GRANT SELECT ON environments TO opsdesk_sla_contact;
ALTER TABLE environments FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON environments TO opsdesk_sla_contact USING ((customer_id = ( SELECT
    own_customer() AS own_customer)));
CREATE POLICY of_the_service ON environments TO opsdesk_sla, opsdesk_sla_owner USING (true);

-- The heads that were published on the topic opsdesk.evidence, each with the time-stamp of an
-- authority where one is set.
CREATE TABLE fact_anchors (
    id uuid NOT NULL,
    number bigint NOT NULL,
    seal bigint NOT NULL,
    chain bytea NOT NULL,
    anchored_at timestamptz NOT NULL,
    timestamp_token bytea,
    -- Why there is no time-stamp; null where none is asked for.
    timestamp_problem text,
    CONSTRAINT fact_anchors_pkey PRIMARY KEY (id),
    CONSTRAINT fact_anchors_number_key UNIQUE (number),
    CONSTRAINT fact_anchors_seal_fkey FOREIGN KEY (seal) REFERENCES fact_seals(number),
    CONSTRAINT fact_anchors_number_check CHECK (number > 0)
);
REVOKE UPDATE, DELETE ON fact_anchors FROM opsdesk_sla;
GRANT UPDATE (timestamp_token) ON fact_anchors TO opsdesk_sla;
GRANT UPDATE (timestamp_problem) ON fact_anchors TO opsdesk_sla;

-- What a version promises of a text that may be erased is a digest over a salt and the text;
-- the erasure takes both away.
CREATE TABLE fact_salts (
    "position" bigint NOT NULL,
    salt bytea NOT NULL,
    CONSTRAINT fact_salts_pkey PRIMARY KEY ("position"),
    CONSTRAINT fact_salts_position_fkey
        FOREIGN KEY ("position") REFERENCES fact_versions("position"),
    CONSTRAINT fact_salts_salt_check CHECK (length(salt) = 32)
);
REVOKE INSERT, UPDATE, DELETE ON fact_salts FROM opsdesk_sla;

-- A hash chain over the facts of about a minute, a table each: see
-- sla/evidence/domain/fact_verifier.py.
CREATE TABLE fact_seals (
    number bigint NOT NULL,
    sealed_at timestamptz NOT NULL,
    -- Null: nothing new; the seal says that the service was there.
    relation text,
    layout smallint NOT NULL,
    size integer NOT NULL,
    positions int8multirange NOT NULL,
    -- The hashes of the sealed rows in the order of positions, joined.
    leaves bytea NOT NULL,
    audit_head text NOT NULL,
    -- What PostgreSQL has counted of UPDATE and DELETE in tables in which nothing is ever changed.
    rewritten jsonb NOT NULL,
    -- Which transactions had ended: what they wrote is sealed here or before, all others later.
    snapshot text NOT NULL,
    floor bigint NOT NULL,
    cluster bigint NOT NULL,
    previous bytea NOT NULL,
    chain bytea NOT NULL,
    CONSTRAINT fact_seals_pkey PRIMARY KEY (number),
    CONSTRAINT ck_fact_seals_leaves CHECK (length(leaves) = (32 * size)),
    CONSTRAINT ck_fact_seals_relation CHECK ((relation IS NULL) = (size = 0)),
    CONSTRAINT fact_seals_number_check CHECK (number > 0),
    CONSTRAINT fact_seals_size_check CHECK (size >= 0)
);
REVOKE UPDATE, DELETE ON fact_seals FROM opsdesk_sla;

-- What each row of the tables of facts was when it was written, by whom, in which transaction.
-- For tables with very many rows: how many rows a statement wrote.
CREATE TABLE fact_versions (
    "position" bigint NOT NULL DEFAULT nextval('fact_positions'::regclass),
    relation text NOT NULL,
    operation text NOT NULL,
    body jsonb NOT NULL,
    written_by text NOT NULL,
    xid bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    CONSTRAINT fact_versions_pkey PRIMARY KEY ("position"),
    CONSTRAINT fact_versions_operation_check CHECK (operation IN ('insert', 'update', 'delete'))
);
CREATE INDEX ix_fact_versions_relation ON fact_versions (relation, "position");
CREATE INDEX ix_fact_versions_xid ON fact_versions USING brin (xid) WITH (autosummarize='on');
REVOKE INSERT, UPDATE, DELETE ON fact_versions FROM opsdesk_sla;

CREATE TABLE forecast_acknowledgements (
    forecast_id uuid NOT NULL,
    sub text NOT NULL,
    at timestamptz NOT NULL,
    outlook text NOT NULL,
    note text,
    CONSTRAINT forecast_acknowledgements_pkey PRIMARY KEY (forecast_id, sub, at),
    CONSTRAINT forecast_acknowledgements_forecast_id_fkey
        FOREIGN KEY (forecast_id) REFERENCES forecasts(id)
);
REVOKE UPDATE, DELETE ON forecast_acknowledgements FROM opsdesk_sla;

-- The first forecast in each quarter of the target, which is scored.
CREATE TABLE forecast_marks (
    clock_id uuid NOT NULL,
    cycle integer NOT NULL,
    quarter smallint NOT NULL,
    metric text NOT NULL,
    probability real NOT NULL,
    created_at timestamptz NOT NULL,
    breached boolean,
    settled_at timestamptz,
    CONSTRAINT forecast_marks_pkey PRIMARY KEY (clock_id, cycle, quarter),
    CONSTRAINT forecast_marks_clock_id_fkey FOREIGN KEY (clock_id) REFERENCES clocks(id),
    CONSTRAINT ck_forecast_marks_settled_at CHECK ((breached IS NULL) = (settled_at IS NULL))
);

-- The present or last round of forecasts, one row, locked by whoever makes forecasts.
CREATE TABLE forecast_rounds (
    single boolean NOT NULL DEFAULT true,
    id uuid NOT NULL,
    began_at timestamptz,
    done boolean NOT NULL DEFAULT true,
    walked_deadline timestamptz,
    walked_id uuid,
    ahead jsonb NOT NULL DEFAULT '{}'::jsonb,
    usual jsonb NOT NULL DEFAULT '{}'::jsonb,
    CONSTRAINT forecast_rounds_pkey PRIMARY KEY (single),
    CONSTRAINT forecast_rounds_single_check CHECK (single)
);

CREATE TABLE forecast_scores (
    day date NOT NULL,
    metric text NOT NULL,
    quarter smallint NOT NULL,
    bin smallint NOT NULL,
    forecasts bigint NOT NULL,
    expected float8 NOT NULL,
    breached bigint NOT NULL,
    -- Sum of (probability - outcome)^2; divided by forecasts it is the Brier score.
    squares float8 NOT NULL,
    CONSTRAINT forecast_scores_pkey PRIMARY KEY (day, metric, quarter, bin)
);

CREATE TABLE forecast_subscriptions (
    id uuid NOT NULL,
    sub text NOT NULL,
    customer text,
    service text,
    outlook text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT forecast_subscriptions_pkey PRIMARY KEY (id),
    CONSTRAINT forecast_subscriptions_outlook_check
        CHECK (outlook IN ('at_risk', 'likely_to_breach'))
);
CREATE INDEX ix_forecast_subscriptions_sub ON forecast_subscriptions (sub, id);
CREATE UNIQUE INDEX uq_forecast_subscriptions ON forecast_subscriptions (sub, COALESCE(customer,
    ''), COALESCE(service, ''));

CREATE TABLE forecasts (
    id uuid NOT NULL,
    clock_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    -- Whether its promise is neither met nor breached.
    open boolean NOT NULL DEFAULT true,
    outlook text NOT NULL,
    probability real NOT NULL,
    expected_breach_at timestamptz,
    metric text NOT NULL,
    priority text NOT NULL,
    kind text NOT NULL,
    cycle integer NOT NULL,
    quarter smallint NOT NULL,
    elapsed_seconds bigint NOT NULL,
    target_seconds bigint NOT NULL,
    ahead integer,
    usual real NOT NULL,
    known integer NOT NULL,
    breach_share real,
    level smallint NOT NULL,
    prior float8,
    prior_level smallint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    sequence bigint NOT NULL DEFAULT 0,
    CONSTRAINT forecasts_pkey PRIMARY KEY (id),
    CONSTRAINT forecasts_clock_id_key UNIQUE (clock_id),
    CONSTRAINT forecasts_clock_id_fkey FOREIGN KEY (clock_id) REFERENCES clocks(id),
    CONSTRAINT forecasts_outlook_check CHECK (outlook IN ('safe', 'at_risk', 'likely_to_breach')),
    CONSTRAINT forecasts_probability_check
        CHECK (probability >= 0::float8 AND probability <= 1::float8),
    CONSTRAINT forecasts_quarter_check CHECK (quarter >= 0 AND quarter <= 3)
) WITH (fillfactor = 80);
CREATE INDEX ix_forecasts_open ON forecasts (expected_breach_at, id)
    WHERE open AND (outlook IN ('at_risk', 'likely_to_breach'));
GRANT SELECT ON forecasts TO opsdesk_sla_contact;
ALTER TABLE forecasts FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON forecasts TO opsdesk_sla_contact USING ((customer_id = ( SELECT
    own_customer() AS own_customer)));
CREATE POLICY of_the_service ON forecasts TO opsdesk_sla, opsdesk_sla_owner USING (true);

-- The warnings that were sent of a goal in a month, each once (R3).
CREATE TABLE goal_warnings (
    id uuid NOT NULL,
    agreement text NOT NULL,
    month text NOT NULL,
    goal text NOT NULL,
    at_risk_at timestamptz,
    lost_at timestamptz,
    sequence bigint NOT NULL,
    CONSTRAINT goal_warnings_pkey PRIMARY KEY (id),
    CONSTRAINT goal_warnings_agreement_month_goal_key UNIQUE (agreement, month, goal),
    CONSTRAINT ck_goal_warnings_sequence
        CHECK (sequence >= ((at_risk_at IS NOT NULL)::integer + (lost_at IS NOT NULL)::integer)),
    CONSTRAINT goal_warnings_month_check CHECK (month ~ '^[0-9]{4}-[0-9]{2}$')
);
REVOKE DELETE ON goal_warnings FROM opsdesk_sla;

-- How clocks ended since the last fold. Rows are appended without waiting, folded into
-- handling_times, and deleted.
CREATE TABLE handling_time_changes (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    clock_id uuid NOT NULL,
    cycle integer NOT NULL,
    metric text NOT NULL,
    priority text NOT NULL,
    kind text NOT NULL,
    month date NOT NULL,
    bin smallint NOT NULL,
    stopped smallint NOT NULL,
    censored smallint NOT NULL,
    breached boolean,
    at timestamptz NOT NULL,
    CONSTRAINT handling_time_changes_pkey PRIMARY KEY (id)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

CREATE TABLE handling_times (
    metric text NOT NULL,
    priority text NOT NULL,
    kind text NOT NULL,
    month date NOT NULL,
    -- Counted time up to 60 * (2 ^ ((bin + 1) / 8) - 1) seconds: nine per cent wide.
    bin smallint NOT NULL,
    stopped bigint NOT NULL,
    censored bigint NOT NULL,
    CONSTRAINT handling_times_pkey PRIMARY KEY (month, metric, priority, kind, bin),
    CONSTRAINT handling_times_bin_check CHECK (bin >= 0),
    CONSTRAINT handling_times_month_check CHECK (month = date_trunc('month', month::timestamptz))
);

-- A row a minute from each replica whose timers are alive: from since (null: its first) to at.
CREATE TABLE heartbeats (
    run uuid NOT NULL,
    at timestamptz NOT NULL,
    since timestamptz,
    looks integer NOT NULL,
    -- The longest real time between two looks at what is due.
    longest interval NOT NULL,
    CONSTRAINT heartbeats_pkey PRIMARY KEY (run, at),
    CONSTRAINT ck_heartbeats_since CHECK (since <= at)
);
CREATE INDEX ix_heartbeats_at ON heartbeats (at);
REVOKE UPDATE, DELETE ON heartbeats FROM opsdesk_sla;
CREATE TRIGGER versions_of_deletes AFTER DELETE ON heartbeats
    REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();
CREATE TRIGGER versions_of_inserts AFTER INSERT ON heartbeats
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();
CREATE TRIGGER versions_of_updates AFTER UPDATE ON heartbeats
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();

CREATE TABLE maintenance_windows (
    id uuid NOT NULL,
    key text NOT NULL,
    customer_id uuid,
    customer text,
    environment text,
    service text,
    title text NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    announced_by text NOT NULL,
    announced_at timestamptz NOT NULL,
    agreed_by text,
    -- Agreed by a second person before it starts; only then its downtime does not count (C12).
    agreed_at timestamptz,
    cancelled_by text,
    cancelled_at timestamptz,
    sequence bigint NOT NULL,
    moved_by text,
    moved_at timestamptz,
    CONSTRAINT maintenance_windows_pkey PRIMARY KEY (id),
    CONSTRAINT maintenance_windows_key_key UNIQUE (key),
    CONSTRAINT ck_maintenance_windows_agreed_at CHECK ((agreed_by IS NULL) = (agreed_at IS NULL)),
    CONSTRAINT ck_maintenance_windows_agreed_before CHECK (agreed_at < starts_at),
    CONSTRAINT ck_maintenance_windows_cancelled_at
        CHECK ((cancelled_by IS NULL) = (cancelled_at IS NULL)),
    CONSTRAINT ck_maintenance_windows_ends_at CHECK (ends_at > starts_at),
    CONSTRAINT ck_maintenance_windows_four_eyes CHECK (agreed_by <> announced_by),
    CONSTRAINT ck_maintenance_windows_moved_at
        CHECK ((moved_by IS NULL) = (moved_at IS NULL) AND agreed_at >= moved_at),
    CONSTRAINT ck_maintenance_windows_moved_four_eyes CHECK (agreed_by <> moved_by),
    CONSTRAINT ck_maintenance_windows_scope CHECK (environment IS NOT NULL OR service IS NOT NULL)
);
CREATE INDEX ix_maintenance_windows_agreed ON maintenance_windows (ends_at)
    WHERE agreed_at IS NOT NULL;
CREATE INDEX ix_maintenance_windows_listed ON maintenance_windows (starts_at, id);
CREATE INDEX ix_maintenance_windows_to_agree ON maintenance_windows (starts_at)
    WHERE agreed_at IS NULL AND cancelled_at IS NULL;
REVOKE DELETE ON maintenance_windows FROM opsdesk_sla;
GRANT SELECT, UPDATE ON maintenance_windows TO opsdesk_sla_contact;
ALTER TABLE maintenance_windows FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON maintenance_windows TO opsdesk_sla_contact USING (((customer_id =
    ( SELECT own_customer() AS own_customer)) OR ((customer_id IS NULL) AND ( SELECT
    is_for_a_customer() AS is_for_a_customer))));
CREATE POLICY of_the_service ON maintenance_windows TO opsdesk_sla, opsdesk_sla_owner USING (true);
CREATE TRIGGER two_persons_agree BEFORE INSERT OR UPDATE OF agreed_by ON maintenance_windows
    FOR EACH ROW WHEN (new.agreed_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('announced_by', 'agreed_by');
CREATE TRIGGER two_persons_move BEFORE INSERT OR UPDATE OF agreed_by ON maintenance_windows
    FOR EACH ROW WHEN (new.agreed_by IS NOT NULL AND new.moved_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('moved_by', 'agreed_by');
CREATE TRIGGER versions_of_deletes AFTER DELETE ON maintenance_windows
    REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();
CREATE TRIGGER versions_of_inserts AFTER INSERT ON maintenance_windows
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();
CREATE TRIGGER versions_of_updates AFTER UPDATE ON maintenance_windows
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();

CREATE TABLE measured_promises (
    series_id uuid NOT NULL,
    version integer NOT NULL,
    valid_from timestamptz NOT NULL,
    better text NOT NULL,
    statistic text NOT NULL,
    target float8 NOT NULL,
    baseline float8,
    agreed_by text NOT NULL,
    agreed_at timestamptz NOT NULL,
    CONSTRAINT measured_promises_pkey PRIMARY KEY (series_id, version),
    CONSTRAINT measured_promises_series_id_valid_from_key UNIQUE (series_id, valid_from),
    CONSTRAINT measured_promises_series_id_fkey FOREIGN KEY (series_id) REFERENCES series(id),
    CONSTRAINT measured_promises_better_check CHECK (better IN ('lower', 'higher')),
    CONSTRAINT measured_promises_statistic_check
        CHECK (statistic IN ('mean', 'median', 'p95', 'max', 'min', 'last')),
    CONSTRAINT measured_promises_version_check CHECK (version > 0)
);
REVOKE UPDATE, DELETE ON measured_promises FROM opsdesk_sla;
GRANT SELECT ON measured_promises TO opsdesk_sla_contact;
ALTER TABLE measured_promises FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON measured_promises TO opsdesk_sla_contact USING ((EXISTS ( SELECT
    FROM series WHERE (series.id = measured_promises.series_id))));
CREATE POLICY of_the_service ON measured_promises TO opsdesk_sla, opsdesk_sla_owner USING (true);
CREATE TRIGGER versions_of_deletes AFTER DELETE ON measured_promises
    REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();
CREATE TRIGGER versions_of_inserts AFTER INSERT ON measured_promises
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();
CREATE TRIGGER versions_of_updates AFTER UPDATE ON measured_promises
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();

CREATE TABLE outage_corrections (
    id uuid NOT NULL,
    outage_id uuid NOT NULL,
    started_at timestamptz,
    ended_at timestamptz,
    reopened boolean NOT NULL,
    effect text,
    counts boolean,
    reason text NOT NULL,
    state text NOT NULL,
    requested_by text NOT NULL,
    requested_at timestamptz NOT NULL,
    decided_by text,
    decided_at timestamptz,
    CONSTRAINT outage_corrections_pkey PRIMARY KEY (id),
    CONSTRAINT outage_corrections_outage_id_fkey FOREIGN KEY (outage_id) REFERENCES outages(id),
    CONSTRAINT ck_outage_corrections_decided CHECK ((state = 'requested') = (decided_by IS NULL)),
    CONSTRAINT ck_outage_corrections_decided_at CHECK ((decided_by IS NULL) = (decided_at IS NULL)),
    CONSTRAINT ck_outage_corrections_four_eyes CHECK (decided_by <> requested_by),
    CONSTRAINT outage_corrections_state_check
        CHECK (state IN ('requested', 'confirmed', 'refused'))
);
CREATE INDEX ix_outage_corrections_outage ON outage_corrections (outage_id, requested_at);
CREATE INDEX ix_outage_corrections_undecided ON outage_corrections (outage_id)
    WHERE state = 'requested';
REVOKE DELETE ON outage_corrections FROM opsdesk_sla;
CREATE TRIGGER two_persons_decide BEFORE INSERT OR UPDATE OF decided_by ON outage_corrections
    FOR EACH ROW WHEN (new.decided_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('requested_by', 'decided_by');
CREATE TRIGGER versions_of_deletes AFTER DELETE ON outage_corrections
    REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();
CREATE TRIGGER versions_of_inserts AFTER INSERT ON outage_corrections
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();
CREATE TRIGGER versions_of_updates AFTER UPDATE ON outage_corrections
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();

CREATE TABLE outage_records (
    outage_id uuid NOT NULL,
    ordinal integer NOT NULL,
    kind text NOT NULL,
    effect text NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at timestamptz,
    counts boolean NOT NULL,
    known_at timestamptz NOT NULL,
    created_by text NOT NULL,
    confirmed_by text,
    reason text,
    superseded_by text,
    CONSTRAINT outage_records_pkey PRIMARY KEY (outage_id, ordinal),
    CONSTRAINT outage_records_outage_id_fkey FOREIGN KEY (outage_id) REFERENCES outages(id),
    CONSTRAINT ck_outage_records_corrected
        CHECK (kind <> 'corrected' OR confirmed_by IS NOT NULL AND reason IS NOT NULL),
    CONSTRAINT ck_outage_records_four_eyes CHECK (confirmed_by <> created_by),
    CONSTRAINT outage_records_kind_check
        CHECK (kind IN ('started', 'ended', 'corrected', 'superseded')),
    CONSTRAINT outage_records_ordinal_check CHECK (ordinal > 0)
);
CREATE INDEX ix_outage_records_known ON outage_records (known_at);
REVOKE UPDATE, DELETE ON outage_records FROM opsdesk_sla;
GRANT SELECT ON outage_records TO opsdesk_sla_contact;
ALTER TABLE outage_records FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON outage_records TO opsdesk_sla_contact USING ((EXISTS ( SELECT FROM
    outages WHERE (outages.id = outage_records.outage_id))));
CREATE POLICY of_the_service ON outage_records TO opsdesk_sla, opsdesk_sla_owner USING (true);
CREATE TRIGGER two_persons_correct BEFORE INSERT OR UPDATE OF confirmed_by ON outage_records
    FOR EACH ROW WHEN (new.confirmed_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('created_by', 'confirmed_by');
CREATE TRIGGER versions_of_deletes AFTER DELETE ON outage_records
    REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();
CREATE TRIGGER versions_of_inserts AFTER INSERT ON outage_records
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();
CREATE TRIGGER versions_of_updates AFTER UPDATE ON outage_records
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();

-- Rules by which nothing would be an outage: they wait until a second person confirms them.
CREATE TABLE outage_rule_requests (
    id uuid NOT NULL,
    -- The version that they would replace; a later version makes the request void.
    based_on integer NOT NULL,
    rules jsonb NOT NULL,
    requested_by text NOT NULL,
    requested_at timestamptz NOT NULL,
    CONSTRAINT outage_rule_requests_pkey PRIMARY KEY (id)
);
CREATE INDEX ix_outage_rule_requests_version ON outage_rule_requests (based_on, id);
REVOKE UPDATE, DELETE ON outage_rule_requests FROM opsdesk_sla;
CREATE TRIGGER versions_of_deletes AFTER DELETE ON outage_rule_requests
    REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();
CREATE TRIGGER versions_of_inserts AFTER INSERT ON outage_rule_requests
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();
CREATE TRIGGER versions_of_updates AFTER UPDATE ON outage_rule_requests
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();

-- Which alerts and tickets count as outages; the last version is valid.
CREATE TABLE outage_rules (
    version integer NOT NULL,
    rules jsonb NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    confirmed_by text,
    CONSTRAINT outage_rules_pkey PRIMARY KEY (version),
    CONSTRAINT ck_outage_rules_four_eyes CHECK (confirmed_by <> created_by),
    CONSTRAINT ck_outage_rules_silence
        CHECK (confirmed_by IS NOT NULL OR jsonb_path_exists(rules, '$[*]?(@."effect" !=
            null)'::jsonpath))
);
REVOKE UPDATE, DELETE ON outage_rules FROM opsdesk_sla;
CREATE TRIGGER two_persons_silence BEFORE INSERT OR UPDATE OF confirmed_by ON outage_rules
    FOR EACH ROW WHEN (new.confirmed_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('created_by', 'confirmed_by');
CREATE TRIGGER versions_of_deletes AFTER DELETE ON outage_rules
    REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();
CREATE TRIGGER versions_of_inserts AFTER INSERT ON outage_rules
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();
CREATE TRIGGER versions_of_updates AFTER UPDATE ON outage_rules
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();

-- Each outage as of its last record in outage_records.
CREATE TABLE outages (
    id uuid NOT NULL,
    key text NOT NULL,
    customer_id uuid,
    customer text,
    environment text,
    service text,
    source text NOT NULL,
    source_id uuid,
    ticket_id uuid,
    effect text NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at timestamptz,
    until timestamptz GENERATED ALWAYS AS (COALESCE(ended_at, 'infinity'::timestamptz)) STORED,
    -- False: it was not an outage, as was found later.
    counts boolean NOT NULL,
    ordinal integer NOT NULL,
    sequence bigint NOT NULL,
    -- What whoever reported it by hand said; for staff alone.
    reason text,
    -- The key of the outage that monitoring measured, as which it counts.
    superseded_by text,
    CONSTRAINT outages_pkey PRIMARY KEY (id),
    CONSTRAINT outages_key_key UNIQUE (key),
    CONSTRAINT ck_outages_ended_at CHECK (ended_at >= started_at),
    CONSTRAINT ck_outages_scope CHECK (environment IS NOT NULL OR service IS NOT NULL),
    CONSTRAINT outages_effect_check CHECK (effect IN ('down', 'degraded')),
    CONSTRAINT outages_source_check CHECK (source IN ('monitoring', 'ticket', 'manual'))
);
CREATE INDEX ix_outages_customer ON outages (customer_id, started_at, id);
CREATE INDEX ix_outages_environment ON outages (environment, started_at, id);
CREATE INDEX ix_outages_listed ON outages (started_at, id);
CREATE INDEX ix_outages_open ON outages (started_at, id) WHERE ended_at IS NULL AND counts;
CREATE INDEX ix_outages_service ON outages (service, started_at, id);
CREATE INDEX ix_outages_source ON outages (source_id);
CREATE INDEX ix_outages_ticket ON outages (ticket_id) WHERE ended_at IS NULL;
CREATE INDEX ix_outages_time ON outages (customer_id, until, started_at) WHERE counts;
CREATE UNIQUE INDEX uq_outages_alert ON outages (source_id)
    WHERE source = 'monitoring' AND ended_at IS NULL AND counts;
CREATE UNIQUE INDEX uq_outages_by_hand ON outages (customer_id, environment, service) NULLS NOT
    DISTINCT
    WHERE source = 'manual' AND ended_at IS NULL AND counts;
CREATE UNIQUE INDEX uq_outages_by_ticket ON outages (source_id)
    WHERE source = 'ticket' AND ended_at IS NULL AND counts;
REVOKE DELETE ON outages FROM opsdesk_sla;
GRANT SELECT ON outages TO opsdesk_sla_contact;
ALTER TABLE outages FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON outages TO opsdesk_sla_contact USING (((customer_id = ( SELECT
    own_customer() AS own_customer)) OR ((customer_id IS NULL) AND ( SELECT is_for_a_customer() AS
    is_for_a_customer))));
CREATE POLICY of_the_service ON outages TO opsdesk_sla, opsdesk_sla_owner USING (true);
CREATE TRIGGER versions_of_deletes AFTER DELETE ON outages
    REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();
CREATE TRIGGER versions_of_inserts AFTER INSERT ON outages
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();
CREATE TRIGGER versions_of_updates AFTER UPDATE ON outages
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();

CREATE TABLE partners (
    id uuid NOT NULL,
    key text NOT NULL,
    name text NOT NULL,
    retired boolean NOT NULL DEFAULT false,
    sequence bigint NOT NULL,
    CONSTRAINT partners_pkey PRIMARY KEY (id),
    CONSTRAINT partners_key_key UNIQUE (key)
);
GRANT SELECT ON partners TO opsdesk_sla_contact;
ALTER TABLE partners FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON partners TO opsdesk_sla_contact USING ((key = ( SELECT
    own_partner() AS own_partner)));
CREATE POLICY of_the_service ON partners TO opsdesk_sla, opsdesk_sla_owner USING (true);

-- Inputs of tickets, kept for clocks that start later: after triage, or when a promise is
-- added.
CREATE TABLE pending_inputs (
    ticket_id uuid NOT NULL,
    ordinal integer NOT NULL,
    kind text NOT NULL,
    at timestamptz NOT NULL,
    forwarded_to text,
    partner text,
    -- The contract whose clocks it concerns; null: all.
    contract text,
    -- The account of who of our people acted; null: the customer.
    acted_by text,
    CONSTRAINT pending_inputs_pkey PRIMARY KEY (ticket_id, ordinal),
    CONSTRAINT pending_inputs_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES tickets(id),
    CONSTRAINT ck_pending_inputs_forwarded
        CHECK ((kind = 'forwarded') = (forwarded_to IS NOT NULL)),
    CONSTRAINT pending_inputs_contract_check CHECK (contract IN ('sla', 'ola', 'uc')),
    CONSTRAINT pending_inputs_forwarded_to_check
        CHECK (forwarded_to IN ('second_level', 'partner'))
);

-- Staff, whom requests may name by their sub, and papers by their name: no address.
CREATE TABLE people (
    id uuid NOT NULL,
    sub text NOT NULL,
    name text NOT NULL DEFAULT '',
    retired boolean NOT NULL,
    of_partner boolean NOT NULL,
    sequence bigint NOT NULL,
    CONSTRAINT people_pkey PRIMARY KEY (id),
    CONSTRAINT people_sub_key UNIQUE (sub)
);
GRANT SELECT (sub) ON people TO opsdesk_sla_contact;
GRANT SELECT (name) ON people TO opsdesk_sla_contact;

CREATE TABLE punctuality_horizon (
    single boolean NOT NULL DEFAULT true,
    noted_at timestamptz,
    -- Transactions from this one on began after noted_at; once the earlier ones have ended, nothing
    -- from before noted_at can appear any more.
    xid bigint,
    cluster bigint,
    CONSTRAINT punctuality_horizon_pkey PRIMARY KEY (single),
    CONSTRAINT punctuality_horizon_single_check CHECK (single)
);

-- A hash chain over each day's firings and heartbeats: see sla/punctuality/domain/verifier.py.
CREATE TABLE punctuality_seals (
    number bigint NOT NULL,
    day date NOT NULL,
    closes boolean NOT NULL,
    sealed_at timestamptz NOT NULL,
    size integer NOT NULL,
    leaves bytea NOT NULL,
    previous bytea NOT NULL,
    chain bytea NOT NULL,
    until_at timestamptz NOT NULL,
    until_name text NOT NULL,
    CONSTRAINT punctuality_seals_pkey PRIMARY KEY (number),
    CONSTRAINT ck_punctuality_seals_leaves CHECK (length(leaves) = (32 * size))
);
CREATE INDEX ix_punctuality_seals_day ON punctuality_seals (day, number);
REVOKE UPDATE, DELETE ON punctuality_seals FROM opsdesk_sla;

-- Customer null: for all who have no card of their own.
CREATE TABLE rate_cards (
    id uuid NOT NULL,
    customer_id uuid,
    version integer NOT NULL,
    currency text NOT NULL,
    -- Hundredths of the currency for an hour, by name of the rate.
    rates jsonb NOT NULL,
    valid_from date NOT NULL,
    valid_until date,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT rate_cards_pkey PRIMARY KEY (id),
    CONSTRAINT rate_cards_customer_id_version_key UNIQUE NULLS NOT DISTINCT (customer_id, version),
    CONSTRAINT ex_rate_cards_one_at_a_time
        EXCLUDE USING gist (int8range(uuid_hash_extended(COALESCE(customer_id,
            '00000000-0000-0000-0000-000000000000'::uuid), 0::bigint),
            uuid_hash_extended(COALESCE(customer_id, '00000000-0000-0000-0000-000000000000'::uuid),
            0::bigint), '[]') WITH &&, daterange(valid_from, valid_until) WITH &&),
    CONSTRAINT rate_cards_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(id),
    CONSTRAINT ck_rate_cards_valid_until CHECK (valid_until > valid_from),
    CONSTRAINT rate_cards_currency_check CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT rate_cards_version_check CHECK (version > 0)
);

CREATE OR REPLACE FUNCTION sla.mark_priced()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN
    INSERT INTO sla.dirty_days (customer_id, at)
    SELECT DISTINCT worked.customer_id,
        (worked.day + interval '12 hours') AT TIME ZONE customer.day_zone
    FROM sla.time_entries worked JOIN sla.customers customer ON customer.id = worked.customer_id
    WHERE (NEW.customer_id IS NULL OR NEW.customer_id = worked.customer_id)
        AND worked.day >= NEW.valid_from;
    RETURN NULL;
END $function$;
CREATE TRIGGER mark_priced AFTER INSERT OR UPDATE ON rate_cards
    FOR EACH ROW
    EXECUTE FUNCTION mark_priced();
CREATE TRIGGER versions_of_deletes AFTER DELETE ON rate_cards
    REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();
CREATE TRIGGER versions_of_inserts AFTER INSERT ON rate_cards
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();
CREATE TRIGGER versions_of_updates AFTER UPDATE ON rate_cards
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();

-- Reserved hours of a month: locked while work is recorded.
CREATE TABLE reserved_hours_accounts (
    id uuid NOT NULL,
    agreement_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    month date NOT NULL,
    warned_at timestamptz,
    sequence bigint NOT NULL,
    CONSTRAINT reserved_hours_accounts_pkey PRIMARY KEY (id),
    CONSTRAINT reserved_hours_accounts_agreement_id_customer_id_month_key
        UNIQUE (agreement_id, customer_id, month),
    CONSTRAINT reserved_hours_accounts_agreement_id_fkey
        FOREIGN KEY (agreement_id) REFERENCES agreements(id),
    CONSTRAINT reserved_hours_accounts_month_check CHECK (EXTRACT(day FROM month) = 1::numeric)
);
GRANT SELECT ON reserved_hours_accounts TO opsdesk_sla_contact;
ALTER TABLE reserved_hours_accounts FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON reserved_hours_accounts TO opsdesk_sla_contact USING ((customer_id
    = ( SELECT own_customer() AS own_customer)));
CREATE POLICY of_the_service ON reserved_hours_accounts TO opsdesk_sla, opsdesk_sla_owner USING
    (true);

-- Changes that are planned on a month's reserved hours, as intake announces them; the work
-- itself is time_entries.
CREATE TABLE reserved_hours_bookings (
    ticket_id uuid NOT NULL,
    agreement_id uuid,
    customer_id uuid NOT NULL,
    month date NOT NULL,
    minutes integer NOT NULL,
    CONSTRAINT reserved_hours_bookings_pkey PRIMARY KEY (ticket_id),
    CONSTRAINT reserved_hours_bookings_agreement_id_fkey
        FOREIGN KEY (agreement_id) REFERENCES agreements(id),
    CONSTRAINT reserved_hours_bookings_minutes_check CHECK (minutes > 0),
    CONSTRAINT reserved_hours_bookings_month_check CHECK (EXTRACT(day FROM month) = 1::numeric)
);
CREATE INDEX ix_reserved_hours_bookings_month ON reserved_hours_bookings (customer_id, month);
GRANT SELECT ON reserved_hours_bookings TO opsdesk_sla_contact;
ALTER TABLE reserved_hours_bookings FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON reserved_hours_bookings TO opsdesk_sla_contact USING ((customer_id
    = ( SELECT own_customer() AS own_customer)));
CREATE POLICY of_the_service ON reserved_hours_bookings TO opsdesk_sla, opsdesk_sla_owner USING
    (true);

CREATE TABLE review_agenda (
    review_id uuid NOT NULL,
    number integer NOT NULL,
    title text NOT NULL,
    by text NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT review_agenda_pkey PRIMARY KEY (review_id, number),
    CONSTRAINT review_agenda_review_id_fkey FOREIGN KEY (review_id) REFERENCES reviews(id),
    CONSTRAINT review_agenda_number_check CHECK (number > 0)
);
GRANT SELECT ON review_agenda TO opsdesk_sla_contact;
ALTER TABLE review_agenda FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON review_agenda TO opsdesk_sla_contact USING ((EXISTS ( SELECT FROM
    reviews WHERE (reviews.id = review_agenda.review_id))));
CREATE POLICY of_the_service ON review_agenda TO opsdesk_sla, opsdesk_sla_owner USING (true);
CREATE TRIGGER versions_of_deletes AFTER DELETE ON review_agenda
    REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();
CREATE TRIGGER versions_of_inserts AFTER INSERT ON review_agenda
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();
CREATE TRIGGER versions_of_updates AFTER UPDATE ON review_agenda
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();

-- Who is told of a customer's reviews; without a row, the delivery managers.
CREATE TABLE review_audiences (
    customer_id uuid NOT NULL,
    people text[] NOT NULL,
    contacts uuid[] NOT NULL,
    set_by text NOT NULL,
    set_at timestamptz NOT NULL,
    CONSTRAINT review_audiences_pkey PRIMARY KEY (customer_id),
    CONSTRAINT review_audiences_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(id)
);
CREATE TRIGGER versions_of_deletes AFTER DELETE ON review_audiences
    REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();
CREATE TRIGGER versions_of_inserts AFTER INSERT ON review_audiences
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();
CREATE TRIGGER versions_of_updates AFTER UPDATE ON review_audiences
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();

CREATE TABLE review_editions (
    review_id uuid NOT NULL,
    edition integer NOT NULL,
    figures jsonb NOT NULL,
    -- Why there is a later edition than the first.
    reason text,
    generated_by text NOT NULL,
    generated_at timestamptz NOT NULL,
    published_by text NOT NULL,
    published_at timestamptz NOT NULL,
    CONSTRAINT review_editions_pkey PRIMARY KEY (review_id, edition),
    CONSTRAINT review_editions_review_id_fkey FOREIGN KEY (review_id) REFERENCES reviews(id),
    CONSTRAINT ck_review_editions_four_eyes CHECK (published_by <> generated_by),
    CONSTRAINT ck_review_editions_reason CHECK ((edition = 1) = (reason IS NULL)),
    CONSTRAINT review_editions_edition_check CHECK (edition > 0)
);
REVOKE UPDATE, DELETE ON review_editions FROM opsdesk_sla;
GRANT SELECT ON review_editions TO opsdesk_sla_contact;
ALTER TABLE review_editions FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON review_editions TO opsdesk_sla_contact USING ((EXISTS ( SELECT
    FROM reviews WHERE (reviews.id = review_editions.review_id))));
CREATE POLICY of_the_service ON review_editions TO opsdesk_sla, opsdesk_sla_owner USING (true);
CREATE TRIGGER two_persons_publish_review BEFORE INSERT OR UPDATE OF published_by ON
    review_editions
    FOR EACH ROW WHEN (new.published_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('generated_by', 'published_by');
CREATE TRIGGER versions_of_deletes AFTER DELETE ON review_editions
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_rewriting();
CREATE TRIGGER versions_of_inserts AFTER INSERT ON review_editions
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_erasable_versions('figures', 'review_id', 'edition');
CREATE TRIGGER versions_of_updates AFTER UPDATE ON review_editions
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_erasable_versions('figures', 'review_id', 'edition');

CREATE TABLE review_minutes (
    review_id uuid NOT NULL,
    number integer NOT NULL,
    text text NOT NULL,
    by text NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT review_minutes_pkey PRIMARY KEY (review_id, number),
    CONSTRAINT review_minutes_review_id_fkey FOREIGN KEY (review_id) REFERENCES reviews(id),
    CONSTRAINT review_minutes_number_check CHECK (number > 0)
);
REVOKE UPDATE, DELETE ON review_minutes FROM opsdesk_sla;
GRANT SELECT ON review_minutes TO opsdesk_sla_contact;
ALTER TABLE review_minutes FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON review_minutes TO opsdesk_sla_contact USING ((EXISTS ( SELECT FROM
    reviews WHERE (reviews.id = review_minutes.review_id))));
CREATE POLICY of_the_service ON review_minutes TO opsdesk_sla, opsdesk_sla_owner USING (true);
CREATE TRIGGER versions_of_deletes AFTER DELETE ON review_minutes
    REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();
CREATE TRIGGER versions_of_inserts AFTER INSERT ON review_minutes
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();
CREATE TRIGGER versions_of_updates AFTER UPDATE ON review_minutes
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();

CREATE TABLE review_schedules (
    customer_id uuid NOT NULL,
    -- The next month to be drawn up, when it is over in the customer's zone.
    month text NOT NULL,
    CONSTRAINT review_schedules_pkey PRIMARY KEY (customer_id),
    CONSTRAINT review_schedules_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(id),
    CONSTRAINT review_schedules_month_check CHECK (month ~ '^[0-9]{4}-[0-9]{2}$')
);

CREATE TABLE reviews (
    id uuid NOT NULL,
    key text NOT NULL,
    customer_id uuid NOT NULL,
    month text NOT NULL,
    -- As drawn last; what was published is in the editions.
    figures jsonb NOT NULL,
    generated_by text NOT NULL,
    generated_at timestamptz NOT NULL,
    -- The newest published one; 0 while nothing is published.
    edition integer NOT NULL DEFAULT 0,
    sequence bigint NOT NULL,
    CONSTRAINT reviews_pkey PRIMARY KEY (id),
    CONSTRAINT reviews_customer_id_month_key UNIQUE (customer_id, month),
    CONSTRAINT reviews_key_key UNIQUE (key),
    CONSTRAINT reviews_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(id),
    CONSTRAINT reviews_edition_check CHECK (edition >= 0),
    CONSTRAINT reviews_month_check CHECK (month ~ '^[0-9]{4}-[0-9]{2}$')
);
CREATE INDEX ix_reviews_list ON reviews (month DESC, id);
GRANT SELECT ON reviews TO opsdesk_sla_contact;
ALTER TABLE reviews FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON reviews TO opsdesk_sla_contact USING (((customer_id = ( SELECT
    own_customer() AS own_customer)) AND (edition > 0)));
CREATE POLICY of_the_service ON reviews TO opsdesk_sla, opsdesk_sla_owner USING (true);

CREATE TABLE sample_days (
    series_id uuid NOT NULL,
    -- The date in UTC.
    day date NOT NULL,
    count integer NOT NULL,
    total float8 NOT NULL,
    low float8 NOT NULL,
    peak float8 NOT NULL,
    CONSTRAINT sample_days_pkey PRIMARY KEY (series_id, day),
    CONSTRAINT sample_days_series_id_fkey FOREIGN KEY (series_id) REFERENCES series(id)
);
GRANT SELECT ON sample_days TO opsdesk_sla_contact;
ALTER TABLE sample_days FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON sample_days TO opsdesk_sla_contact USING ((EXISTS ( SELECT FROM
    series WHERE (series.id = sample_days.series_id))));
CREATE POLICY of_the_service ON sample_days TO opsdesk_sla, opsdesk_sla_owner USING (true);

CREATE TABLE samples (
    series_id uuid NOT NULL,
    at timestamptz NOT NULL,
    value float8 NOT NULL,
    "position" bigint NOT NULL DEFAULT nextval('fact_positions'::regclass),
    xid bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    CONSTRAINT samples_pkey PRIMARY KEY (series_id, at),
    CONSTRAINT samples_series_id_fkey FOREIGN KEY (series_id) REFERENCES series(id)
);
CREATE INDEX ix_samples_position ON samples USING brin ("position", xid) WITH (autosummarize='on');
REVOKE UPDATE, DELETE ON samples FROM opsdesk_sla;
GRANT SELECT ON samples TO opsdesk_sla_contact;
ALTER TABLE samples FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON samples TO opsdesk_sla_contact USING ((EXISTS ( SELECT FROM series
    WHERE (series.id = samples.series_id))));
CREATE POLICY of_the_service ON samples TO opsdesk_sla, opsdesk_sla_owner USING (true);
CREATE TRIGGER counts_of_inserts AFTER INSERT ON samples
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_count();
CREATE TRIGGER counts_of_rewriting AFTER DELETE OR UPDATE ON samples
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_rewriting();

CREATE TABLE series (
    id uuid NOT NULL,
    key text NOT NULL,
    name text NOT NULL,
    unit text NOT NULL,
    customer_id uuid,
    service text,
    environment text,
    sample_interval_seconds integer,
    -- How near usage is to its limit; each change is published once.
    limit_status text NOT NULL DEFAULT 'ok',
    sequence bigint NOT NULL DEFAULT 0,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT series_pkey PRIMARY KEY (id),
    CONSTRAINT series_key_key UNIQUE (key),
    CONSTRAINT series_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(id),
    CONSTRAINT series_limit_status_check CHECK (limit_status IN ('ok', 'approaching', 'reached')),
    CONSTRAINT series_sample_interval_seconds_check CHECK (sample_interval_seconds > 0)
);
CREATE INDEX ix_series_customer ON series (customer_id, key);
GRANT SELECT ON series TO opsdesk_sla_contact;
ALTER TABLE series FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON series TO opsdesk_sla_contact USING ((customer_id = ( SELECT
    own_customer() AS own_customer)));
CREATE POLICY of_the_service ON series TO opsdesk_sla, opsdesk_sla_owner USING (true);
CREATE TRIGGER versions_of_deletes AFTER DELETE ON series
    REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();
CREATE TRIGGER versions_of_inserts AFTER INSERT ON series
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();
CREATE TRIGGER versions_of_updates AFTER UPDATE ON series
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();

-- Services that are or were degraded by what they run on. Empty caused_by: restored.
CREATE TABLE service_conditions (
    id uuid NOT NULL,
    customer_id uuid,
    customer text,
    environment text,
    service text NOT NULL,
    caused_by text[] NOT NULL,
    since timestamptz,
    sequence bigint NOT NULL,
    CONSTRAINT service_conditions_pkey PRIMARY KEY (id),
    CONSTRAINT uq_service_conditions_scope
        UNIQUE NULLS NOT DISTINCT (customer_id, environment, service)
);

CREATE TABLE service_versions (
    id uuid NOT NULL,
    service_id uuid NOT NULL,
    version integer NOT NULL,
    name text NOT NULL,
    owner text NOT NULL,
    description text NOT NULL,
    hours uuid,
    -- List price of a month, in the currency's unit.
    price numeric(14,2),
    currency text,
    -- The keys of the customers who bought it.
    sold_to text[] NOT NULL,
    -- Needs: of the nodes any_of (kind/key), at_least so many must work.
    runs_on jsonb NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT service_versions_pkey PRIMARY KEY (id),
    CONSTRAINT service_versions_service_id_version_key UNIQUE (service_id, version),
    CONSTRAINT service_versions_hours_fkey FOREIGN KEY (hours) REFERENCES calendars(id),
    CONSTRAINT service_versions_service_id_fkey FOREIGN KEY (service_id) REFERENCES services(id),
    CONSTRAINT ck_service_versions_price CHECK ((price IS NULL) = (currency IS NULL)),
    CONSTRAINT service_versions_currency_check CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT service_versions_price_check CHECK (price >= 0::numeric),
    CONSTRAINT service_versions_version_check CHECK (version > 0)
);
CREATE INDEX ix_service_versions_sold_to ON service_versions USING gin (sold_to);
REVOKE UPDATE, DELETE ON service_versions FROM opsdesk_sla;
GRANT SELECT ON service_versions TO opsdesk_sla_contact;
CREATE TRIGGER versions_of_deletes AFTER DELETE ON service_versions
    REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();
CREATE TRIGGER versions_of_inserts AFTER INSERT ON service_versions
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();
CREATE TRIGGER versions_of_updates AFTER UPDATE ON service_versions
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();

CREATE TABLE services (
    id uuid NOT NULL,
    key text NOT NULL,
    newest uuid NOT NULL,
    retired_at timestamptz,
    sequence bigint NOT NULL,
    CONSTRAINT services_pkey PRIMARY KEY (id),
    CONSTRAINT services_key_key UNIQUE (key),
    CONSTRAINT services_newest_fkey
        FOREIGN KEY (newest) REFERENCES service_versions(id) DEFERRABLE INITIALLY DEFERRED
);
GRANT SELECT ON services TO opsdesk_sla_contact;
CREATE TRIGGER versions_of_deletes AFTER DELETE ON services
    REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();
CREATE TRIGGER versions_of_inserts AFTER INSERT ON services
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();
CREATE TRIGGER versions_of_updates AFTER UPDATE ON services
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();

CREATE TABLE teams (
    id uuid NOT NULL,
    key text NOT NULL,
    name text NOT NULL,
    retired boolean NOT NULL DEFAULT false,
    sequence bigint NOT NULL,
    CONSTRAINT teams_pkey PRIMARY KEY (id),
    CONSTRAINT teams_key_key UNIQUE (key)
);

-- Per day or month (its first day); total: a month, services, priorities and kinds together.
-- Customer 0: all of them.
CREATE TABLE ticket_figures (
    span text NOT NULL,
    customer_id uuid NOT NULL,
    day date NOT NULL,
    service text NOT NULL,
    priority text NOT NULL,
    kind text NOT NULL,
    opened integer NOT NULL,
    resolved integer NOT NULL,
    rejected integer NOT NULL,
    reopened integer NOT NULL,
    merged integer NOT NULL,
    -- Became open: opened, rejected, reopened.
    entered integer NOT NULL,
    -- Were open no more: resolved, merged.
    gone integer NOT NULL,
    -- Sum of opened_at (epoch seconds) of what entered, minus that of what is gone: for mean ages.
    opened_epochs bigint NOT NULL,
    -- Of those opened then, how many are open now.
    still_open integer NOT NULL,
    CONSTRAINT ticket_figures_pkey PRIMARY KEY (span, customer_id, day, service, priority, kind),
    CONSTRAINT ticket_figures_span_check
        CHECK (span IN ('day', 'month', 'total', 'service', 'priority', 'kind'))
) WITH (fillfactor = 80);
CREATE INDEX ix_ticket_figures_all ON ticket_figures (span, day)
    WHERE customer_id = '00000000-0000-0000-0000-000000000000'::uuid;
CREATE INDEX ix_ticket_figures_each ON ticket_figures (span, day)
    WHERE customer_id <> '00000000-0000-0000-0000-000000000000'::uuid;
CREATE INDEX ix_ticket_figures_open ON ticket_figures (customer_id, day)
    WHERE span = 'day' AND still_open > 0;
GRANT SELECT ON ticket_figures TO opsdesk_sla_contact;
ALTER TABLE ticket_figures FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON ticket_figures TO opsdesk_sla_contact USING ((customer_id = (
    SELECT own_customer() AS own_customer)));
CREATE POLICY of_the_service ON ticket_figures TO opsdesk_sla, opsdesk_sla_owner USING (true);

-- How a ticket ended and was reopened, in the order of its events.
CREATE TABLE ticket_state_changes (
    ticket_id uuid NOT NULL,
    -- The sequence of the ticket's event.
    ordinal bigint NOT NULL,
    kind text NOT NULL,
    at timestamptz NOT NULL,
    -- The customer of the ticket; null in triage.
    customer_id uuid,
    -- The change of the number of open tickets.
    change smallint NOT NULL,
    CONSTRAINT ticket_state_changes_pkey PRIMARY KEY (ticket_id, ordinal),
    CONSTRAINT ticket_state_changes_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES tickets(id),
    CONSTRAINT ticket_state_changes_change_check CHECK (change >= '-1'::integer AND change <= 1),
    CONSTRAINT ticket_state_changes_kind_check
        CHECK (kind IN ('resolved', 'rejected', 'reopened', 'merged', 'unmerged'))
);
CREATE INDEX ix_ticket_state_changes_at ON ticket_state_changes (customer_id, at);
REVOKE UPDATE, DELETE ON ticket_state_changes FROM opsdesk_sla;
GRANT UPDATE (customer_id) ON ticket_state_changes TO opsdesk_sla;
GRANT SELECT ON ticket_state_changes TO opsdesk_sla_contact;
ALTER TABLE ticket_state_changes FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON ticket_state_changes TO opsdesk_sla_contact USING ((customer_id =
    ( SELECT own_customer() AS own_customer)));
CREATE POLICY of_the_service ON ticket_state_changes TO opsdesk_sla, opsdesk_sla_owner USING
    (true);

CREATE OR REPLACE FUNCTION sla.mark_state_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN
    INSERT INTO sla.dirty_days (customer_id, at)
    SELECT DISTINCT customer_id, date_trunc('minute', at) FROM added
    WHERE customer_id IS NOT NULL;
    RETURN NULL;
END $function$;
CREATE TRIGGER mark_state_change AFTER INSERT ON ticket_state_changes
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT
    EXECUTE FUNCTION mark_state_change();

CREATE TABLE tickets (
    id uuid NOT NULL,
    key text NOT NULL,
    title text NOT NULL,
    kind text NOT NULL,
    priority text NOT NULL,
    customer_id uuid,
    customer text,
    environment text,
    service text,
    agreement_version uuid,
    agreement text,
    opened_at timestamptz NOT NULL,
    -- Null while the ticket is open, also after a reopening.
    ended_at timestamptz,
    ended_as text,
    -- State, assignee and team as intake last said them: for the queue, no clock depends on them.
    state text NOT NULL DEFAULT 'new',
    assignee text,
    team text,
    -- As it was when the ticket was opened; targets may name it.
    environment_tier text,
    -- By which the ticket came; targets may name it.
    channel text,
    -- As it was when the ticket was opened; targets may name it.
    customer_tier text,
    -- Those that count for its promises, with a space between them: of the opening, and later ones
    -- that made none weaker.
    tags text,
    CONSTRAINT tickets_pkey PRIMARY KEY (id),
    CONSTRAINT tickets_key_key UNIQUE (key),
    CONSTRAINT tickets_agreement_version_fkey
        FOREIGN KEY (agreement_version) REFERENCES agreement_versions(id),
    CONSTRAINT ck_tickets_ended CHECK ((ended_at IS NULL) = (ended_as IS NULL)),
    CONSTRAINT tickets_ended_as_check CHECK (ended_as IN ('resolved', 'merged'))
);
CREATE INDEX ix_tickets_agreement_version ON tickets (agreement_version, id);
CREATE INDEX ix_tickets_ended ON tickets (customer_id, ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX ix_tickets_open ON tickets (customer_id, service) WHERE ended_at IS NULL;
CREATE INDEX ix_tickets_opened ON tickets (customer_id, opened_at);
GRANT SELECT ON tickets TO opsdesk_sla_contact;
ALTER TABLE tickets FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON tickets TO opsdesk_sla_contact USING ((customer_id = ( SELECT
    own_customer() AS own_customer)));
CREATE POLICY of_the_partner ON tickets FOR SELECT TO opsdesk_sla_contact USING (((( SELECT
    own_partner() AS own_partner) IS NOT NULL) AND (EXISTS ( SELECT FROM clocks WHERE
    (clocks.ticket_id = tickets.id)))));
CREATE POLICY of_the_service ON tickets TO opsdesk_sla, opsdesk_sla_owner USING (true);

CREATE OR REPLACE FUNCTION sla.mark_opened()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN
    INSERT INTO sla.dirty_days (customer_id, at)
    SELECT DISTINCT customer_id, date_trunc('minute', opened_at) FROM added
    WHERE customer_id IS NOT NULL;
    RETURN NULL;
END $function$;
CREATE TRIGGER mark_opened AFTER INSERT ON tickets
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT
    EXECUTE FUNCTION mark_opened();

CREATE OR REPLACE FUNCTION sla.mark_ticket()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN
    UPDATE sla.ticket_state_changes state_change SET customer_id = became.customer_id
    FROM became JOIN was USING (id)
    WHERE state_change.ticket_id = id AND was.customer_id IS DISTINCT FROM became.customer_id;
    INSERT INTO sla.dirty_days (customer_id, at)
    WITH counted_otherwise AS MATERIALIZED (
        SELECT became.id, ARRAY[was.customer_id, became.customer_id] AS customers,
            ARRAY[was.opened_at, became.opened_at] AS opened
        FROM was JOIN became USING (id)
        WHERE (was.customer_id, was.service, was.priority, was.kind, was.opened_at,
            was.agreement) IS DISTINCT FROM (became.customer_id, became.service,
            became.priority, became.kind, became.opened_at, became.agreement)
    ), instants AS (
        SELECT customers, unnest(opened) AS at FROM counted_otherwise
        UNION ALL
        SELECT customers, state_change.at FROM counted_otherwise
        JOIN sla.ticket_state_changes state_change ON state_change.ticket_id = id
        UNION ALL
        SELECT customers, unnest(ARRAY[clock.outcome_at, clock.stopped_at])
        FROM counted_otherwise o JOIN sla.clocks clock ON clock.ticket_id = o.id
        UNION ALL
        SELECT ARRAY[became.customer_id], unnest(ARRAY[became.opened_at, was.ended_at,
            became.ended_at]) FROM was JOIN became USING (id)
        WHERE (was.ended_at, was.ended_as) IS DISTINCT FROM (became.ended_at, became.ended_as)
    )
    SELECT DISTINCT customer_id, date_trunc('minute', at)
    FROM instants CROSS JOIN unnest(customers) AS mine (customer_id)
    WHERE at IS NOT NULL AND customer_id IS NOT NULL;
    RETURN NULL;
END $function$;
CREATE TRIGGER mark_ticket AFTER UPDATE ON tickets
    REFERENCING OLD TABLE AS was NEW TABLE AS became
    FOR EACH STATEMENT
    EXECUTE FUNCTION mark_ticket();

CREATE OR REPLACE FUNCTION sla.mark_worked_ticket()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN
    INSERT INTO sla.dirty_days (customer_id, at)
    SELECT DISTINCT worked.customer_id,
        (worked.day + interval '12 hours') AT TIME ZONE customer.day_zone
    FROM was JOIN became USING (id) JOIN sla.time_entries worked ON worked.ticket_id = became.id
    JOIN sla.customers customer ON customer.id = worked.customer_id
    WHERE (was.service, was.priority, was.kind)
        IS DISTINCT FROM (became.service, became.priority, became.kind);
    RETURN NULL;
END $function$;
CREATE TRIGGER mark_worked_ticket AFTER UPDATE ON tickets
    REFERENCING OLD TABLE AS was NEW TABLE AS became
    FOR EACH STATEMENT
    EXECUTE FUNCTION mark_worked_ticket();

CREATE OR REPLACE FUNCTION sla.name_service_of_clocks()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN
    UPDATE sla.clocks SET service = coalesce(NEW.service, '')
    WHERE ticket_id = NEW.id AND contract = 'sla' AND state IN ('running', 'paused');
    RETURN NULL;
END $function$;
CREATE TRIGGER name_service_of_clocks AFTER UPDATE OF service ON tickets
    FOR EACH ROW WHEN (old.service IS DISTINCT FROM new.service)
    EXECUTE FUNCTION name_service_of_clocks();

-- A correction is a record of its own: the difference in minutes.
CREATE TABLE time_entries (
    id uuid NOT NULL,
    key text NOT NULL,
    ticket_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    -- That of the ticket when the work was recorded.
    agreement_id uuid,
    person text NOT NULL,
    minutes integer NOT NULL,
    day date NOT NULL,
    rate text NOT NULL,
    corrects uuid,
    reason text,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT time_entries_pkey PRIMARY KEY (id),
    CONSTRAINT time_entries_key_key UNIQUE (key),
    CONSTRAINT time_entries_corrects_fkey FOREIGN KEY (corrects) REFERENCES time_entries(id),
    CONSTRAINT time_entries_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES tickets(id),
    CONSTRAINT ck_time_entries_minutes_positive CHECK (corrects IS NOT NULL OR minutes > 0),
    CONSTRAINT ck_time_entries_reason CHECK ((corrects IS NULL) = (reason IS NULL)),
    CONSTRAINT time_entries_minutes_check
        CHECK (minutes >= '-1440'::integer AND minutes <= 1440 AND minutes <> 0)
);
CREATE INDEX ix_time_entries_agreement ON time_entries (agreement_id, customer_id, day);
CREATE INDEX ix_time_entries_corrects ON time_entries (corrects) WHERE corrects IS NOT NULL;
CREATE INDEX ix_time_entries_customer ON time_entries (customer_id, day);
CREATE INDEX ix_time_entries_ticket ON time_entries (ticket_id, id);
REVOKE UPDATE, DELETE ON time_entries FROM opsdesk_sla;
GRANT SELECT ON time_entries TO opsdesk_sla_contact;
ALTER TABLE time_entries FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON time_entries TO opsdesk_sla_contact USING ((customer_id = ( SELECT
    own_customer() AS own_customer)));
CREATE POLICY of_the_service ON time_entries TO opsdesk_sla, opsdesk_sla_owner USING (true);

CREATE OR REPLACE FUNCTION sla.mark_worked()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN
    INSERT INTO sla.dirty_days (customer_id, at)
    SELECT DISTINCT worked.customer_id,
        (worked.day + interval '12 hours') AT TIME ZONE customer.day_zone
    FROM added worked JOIN sla.customers customer ON customer.id = worked.customer_id;
    RETURN NULL;
END $function$;
CREATE TRIGGER mark_worked AFTER INSERT ON time_entries
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT
    EXECUTE FUNCTION mark_worked();
CREATE TRIGGER versions_of_deletes AFTER DELETE ON time_entries
    REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();
CREATE TRIGGER versions_of_inserts AFTER INSERT ON time_entries
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();
CREATE TRIGGER versions_of_updates AFTER UPDATE ON time_entries
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();

CREATE TABLE time_entry_figures (
    span text NOT NULL,
    customer_id uuid NOT NULL,
    day date NOT NULL,
    service text NOT NULL,
    priority text NOT NULL,
    kind text NOT NULL,
    rate text NOT NULL,
    -- Empty: no card of that day has this rate.
    currency text NOT NULL,
    minutes bigint NOT NULL,
    -- Hundredths of the currency.
    cents bigint NOT NULL,
    CONSTRAINT time_entry_figures_pkey
        PRIMARY KEY (span, customer_id, day, service, priority, kind, rate, currency),
    CONSTRAINT time_entry_figures_span_check
        CHECK (span IN ('day', 'month', 'total', 'service', 'priority', 'kind'))
) WITH (fillfactor = 80);
CREATE INDEX ix_time_entry_figures_all ON time_entry_figures (span, day)
    WHERE customer_id = '00000000-0000-0000-0000-000000000000'::uuid;
CREATE INDEX ix_time_entry_figures_each ON time_entry_figures (span, day)
    WHERE customer_id <> '00000000-0000-0000-0000-000000000000'::uuid;
GRANT SELECT ON time_entry_figures TO opsdesk_sla_contact;
ALTER TABLE time_entry_figures FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON time_entry_figures TO opsdesk_sla_contact USING ((customer_id = (
    SELECT own_customer() AS own_customer)));
CREATE POLICY of_the_service ON time_entry_figures TO opsdesk_sla, opsdesk_sla_owner USING (true);

-- How long what ended on the day took: a histogram.
CREATE TABLE time_figures (
    span text NOT NULL,
    customer_id uuid NOT NULL,
    day date NOT NULL,
    service text NOT NULL,
    priority text NOT NULL,
    kind text NOT NULL,
    metric text NOT NULL,
    contract text NOT NULL,
    agreement text NOT NULL,
    -- 0: under a second; else 1 + floor(log of the seconds to the base 1.1).
    bucket smallint NOT NULL,
    ended integer NOT NULL,
    seconds bigint NOT NULL,
    CONSTRAINT time_figures_pkey
        PRIMARY KEY (span, customer_id, day, service, priority, kind, metric, contract, agreement,
            bucket),
    CONSTRAINT time_figures_span_check CHECK (span IN ('day', 'month', 'total'))
) WITH (fillfactor = 80);
CREATE INDEX ix_time_figures_all ON time_figures (span, metric, day)
    WHERE customer_id = '00000000-0000-0000-0000-000000000000'::uuid;
CREATE INDEX ix_time_figures_each ON time_figures (span, metric, day)
    WHERE customer_id <> '00000000-0000-0000-0000-000000000000'::uuid;
GRANT SELECT ON time_figures TO opsdesk_sla_contact;
ALTER TABLE time_figures FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON time_figures TO opsdesk_sla_contact USING ((customer_id = ( SELECT
    own_customer() AS own_customer)));
CREATE POLICY of_the_partner ON time_figures FOR SELECT TO opsdesk_sla_contact USING (((contract =
    'uc') AND (( SELECT own_partner() AS own_partner) IS NOT NULL) AND (agreement IN ( SELECT
    agreements.key FROM agreements))));
CREATE POLICY of_the_service ON time_figures TO opsdesk_sla, opsdesk_sla_owner USING (true);

-- Histograms of time_figures, a row each. Days are those of all customers together (0) alone.
CREATE TABLE time_sums (
    span text NOT NULL,
    customer_id uuid NOT NULL,
    day date NOT NULL,
    service text NOT NULL,
    priority text NOT NULL,
    kind text NOT NULL,
    -- Which of service, priority and kind it tells apart; the others are together, and empty.
    apart text NOT NULL,
    metric text NOT NULL,
    contract text NOT NULL,
    agreement text NOT NULL,
    buckets smallint[] NOT NULL,
    -- How many ended in each of the buckets, in their order.
    ended integer[] NOT NULL,
    seconds bigint NOT NULL,
    CONSTRAINT time_sums_pkey
        PRIMARY KEY (span, customer_id, day, service, priority, kind, apart, metric, contract,
            agreement),
    CONSTRAINT ck_time_sums_ended CHECK (cardinality(ended) = cardinality(buckets)),
    CONSTRAINT time_sums_apart_check CHECK (apart IN ('', 'service', 'priority', 'kind')),
    CONSTRAINT time_sums_span_check CHECK (span IN ('day', 'month'))
) WITH (fillfactor = 80);
-- Of many customers; one, and all of them together, are found by the primary key.
CREATE INDEX ix_time_sums_each ON time_sums (metric, apart, span, service, priority, kind, day)
    WHERE customer_id <> '00000000-0000-0000-0000-000000000000'::uuid;
GRANT SELECT ON time_sums TO opsdesk_sla_contact;
ALTER TABLE time_sums FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON time_sums TO opsdesk_sla_contact USING ((customer_id = ( SELECT
    own_customer() AS own_customer)));
CREATE POLICY of_the_partner ON time_sums FOR SELECT TO opsdesk_sla_contact USING (((contract =
    'uc') AND (( SELECT own_partner() AS own_partner) IS NOT NULL) AND (agreement IN ( SELECT
    agreements.key FROM agreements))));
CREATE POLICY of_the_service ON time_sums TO opsdesk_sla, opsdesk_sla_owner USING (true);

CREATE TABLE usage_limits (
    series_id uuid NOT NULL,
    version integer NOT NULL,
    valid_from timestamptz NOT NULL,
    "limit" float8 NOT NULL,
    reached text NOT NULL,
    plan_ahead_seconds integer NOT NULL,
    set_by text NOT NULL,
    set_at timestamptz NOT NULL,
    CONSTRAINT usage_limits_pkey PRIMARY KEY (series_id, version),
    CONSTRAINT usage_limits_series_id_fkey FOREIGN KEY (series_id) REFERENCES series(id),
    CONSTRAINT usage_limits_plan_ahead_seconds_check CHECK (plan_ahead_seconds > 0),
    CONSTRAINT usage_limits_reached_check CHECK (reached IN ('from_below', 'from_above')),
    CONSTRAINT usage_limits_version_check CHECK (version > 0)
);
REVOKE UPDATE, DELETE ON usage_limits FROM opsdesk_sla;
GRANT SELECT ON usage_limits TO opsdesk_sla_contact;
ALTER TABLE usage_limits FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON usage_limits TO opsdesk_sla_contact USING ((EXISTS ( SELECT FROM
    series WHERE (series.id = usage_limits.series_id))));
CREATE POLICY of_the_service ON usage_limits TO opsdesk_sla, opsdesk_sla_owner USING (true);
CREATE TRIGGER versions_of_deletes AFTER DELETE ON usage_limits
    REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();
CREATE TRIGGER versions_of_inserts AFTER INSERT ON usage_limits
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();
CREATE TRIGGER versions_of_updates AFTER UPDATE ON usage_limits
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();

CREATE TABLE waivers (
    id uuid NOT NULL,
    key text NOT NULL,
    clock_id uuid,
    customer_id uuid,
    customer text,
    service text,
    -- With ends_at: the period whose breaches it covers; null for a waiver of a clock.
    starts_at timestamptz,
    ends_at timestamptz,
    reason text NOT NULL,
    requested_by text NOT NULL,
    requested_at timestamptz NOT NULL,
    reminded_at timestamptz,
    expires_at timestamptz NOT NULL,
    state text NOT NULL,
    decided_by text,
    decided_at timestamptz,
    decision_reason text,
    late boolean NOT NULL DEFAULT false,
    ended_by text,
    ended_at timestamptz,
    end_reason text,
    sequence bigint NOT NULL,
    CONSTRAINT waivers_pkey PRIMARY KEY (id),
    CONSTRAINT waivers_key_key UNIQUE (key),
    CONSTRAINT waivers_clock_id_fkey FOREIGN KEY (clock_id) REFERENCES clocks(id),
    CONSTRAINT waivers_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(id),
    CONSTRAINT ck_waivers_decided
        CHECK ( CASE     WHEN state IN ('requested', 'withdrawn') THEN decided_by IS NULL     WHEN
            state IN ('approved', 'refused', 'revoked') THEN decided_by IS NOT NULL     ELSE true
            END),
    CONSTRAINT ck_waivers_decided_at CHECK ((decided_by IS NULL) = (decided_at IS NULL)),
    CONSTRAINT ck_waivers_ended
        CHECK ((state IN ('withdrawn', 'revoked')) = (ended_by IS NOT NULL) AND (ended_by IS NULL)
            = (ended_at IS NULL) AND (state <> 'withdrawn' OR ended_by = requested_by)),
    CONSTRAINT ck_waivers_four_eyes CHECK (requested_by <> decided_by),
    CONSTRAINT ck_waivers_scope
        CHECK ((clock_id IS NULL) = (starts_at IS NOT NULL) AND (starts_at IS NULL) = (ends_at IS
            NULL) AND (clock_id IS NOT NULL OR customer_id IS NOT NULL) AND ends_at > starts_at),
    CONSTRAINT ck_waivers_state
        CHECK (state IN ('requested', 'approved', 'refused', 'withdrawn', 'revoked', 'expired'))
);
CREATE INDEX ix_waivers_clock ON waivers (clock_id);
CREATE INDEX ix_waivers_customer ON waivers (customer_id, requested_at, id);
CREATE INDEX ix_waivers_list ON waivers (requested_at, id);
CREATE INDEX ix_waivers_open ON waivers (requested_at, id) WHERE state = 'requested';
CREATE INDEX ix_waivers_standing ON waivers (customer_id, ends_at)
    WHERE clock_id IS NULL AND decided_at IS NOT NULL;
GRANT SELECT ON waivers TO opsdesk_sla_contact;
ALTER TABLE waivers FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON waivers TO opsdesk_sla_contact USING (((customer_id = ( SELECT
    own_customer() AS own_customer)) OR (EXISTS ( SELECT FROM clocks WHERE (clocks.id =
    waivers.clock_id)))));
CREATE POLICY of_the_service ON waivers TO opsdesk_sla, opsdesk_sla_owner USING (true);
CREATE TRIGGER two_persons_decide_waiver BEFORE INSERT OR UPDATE OF decided_by ON waivers
    FOR EACH ROW WHEN (new.decided_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('requested_by', 'decided_by');
CREATE TRIGGER versions_of_deletes AFTER DELETE ON waivers
    REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();
CREATE TRIGGER versions_of_inserts AFTER INSERT ON waivers
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();
CREATE TRIGGER versions_of_updates AFTER UPDATE ON waivers
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();

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
REVOKE UPDATE, DELETE ON audit FROM opsdesk_sla;
GRANT INSERT ON audit TO opsdesk_sla_contact;

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
REVOKE UPDATE, DELETE ON audit_leaves FROM opsdesk_sla;

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
REVOKE UPDATE, DELETE ON audit_seals FROM opsdesk_sla;

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
REVOKE INSERT, UPDATE, DELETE ON deployment FROM opsdesk_sla;

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
CREATE INDEX ix_firings_fired_at ON firings USING brin (fired_at) WITH (autosummarize='on');
CREATE INDEX ix_firings_subject ON firings (subject);
REVOKE UPDATE, DELETE ON firings FROM opsdesk_sla;

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
GRANT INSERT, SELECT, UPDATE ON idempotency TO opsdesk_sla_contact;
ALTER TABLE idempotency FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON idempotency TO opsdesk_sla_contact USING ((caller = ( SELECT
    current_setting('opsdesk.caller', true) AS current_setting)));
CREATE POLICY of_the_service ON idempotency TO opsdesk_sla, opsdesk_sla_owner USING (true);

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
GRANT INSERT ON outbox TO opsdesk_sla_contact;

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

CREATE OR REPLACE FUNCTION sla.record_versions()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'sla'
 SET "TimeZone" TO 'UTC'
 SET extra_float_digits TO '1'
 SET "IntervalStyle" TO 'postgres'
 SET bytea_output TO 'hex'
AS $function$ BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO fact_versions (relation, operation, body, written_by)
        SELECT TG_TABLE_NAME, 'delete', to_jsonb(gone), session_user FROM gone;
    ELSE
        INSERT INTO fact_versions (relation, operation, body, written_by)
        SELECT TG_TABLE_NAME, lower(TG_OP), to_jsonb(written), session_user FROM written;
    END IF;
    RETURN NULL;
END $function$;
CREATE TRIGGER versions_of_deletes AFTER DELETE ON restorations
    REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();
CREATE TRIGGER versions_of_inserts AFTER INSERT ON restorations
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();
CREATE TRIGGER versions_of_updates AFTER UPDATE ON restorations
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT
    EXECUTE FUNCTION record_versions();

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
GRANT SELECT ON simulated_time TO opsdesk_sla_contact;

-- Services that told one sequence twice; their records wait until a person has decided.
CREATE TABLE stopped_sources (
    source text NOT NULL,
    stopped_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    subject text NOT NULL,
    sequence bigint NOT NULL,
    CONSTRAINT stopped_sources_pkey PRIMARY KEY (source)
);

-- The service's clock, sla.now() RETURNS timestamptz: `migrate` gives it the form that the
-- settings ask for (common.simulated_time).

-- Views for reports, which opsdesk_reporting reads
-- ------------------------------------------------

-- Tickets, as sla knows them: one row each.
CREATE VIEW reporting.sla_tickets AS SELECT
    -- uuid: id of the ticket, the same in every service
    id AS ticket_id,
    -- text: what people call it: OPS-1042
    key AS ticket,
    -- uuid: null in triage
    customer_id,
    -- text: key of the customer
    customer,
    -- text: key of the environment
    environment,
    -- text: key of the service
    service,
    -- text: present one: blocker, critical, major, minor, trivial
    priority,
    -- text: incident, service_request, change_request, problem, question
    kind,
    -- timestamptz: instant; may lie before it was written down
    opened_at,
    -- timestamptz: instant of its resolution or merging; null while it is open
    ended_at,
    -- text: resolved or merged; null while it is open
    ended_as,
    -- bigint: from opening to end, by the clock on the wall; null while it is open
    extract(epoch FROM ended_at - opened_at)::bigint AS duration_seconds,
    -- text: key of the agreement that covers it; null where none does
    agreement,
    -- uuid: see sla_agreements
    agreement_version AS agreement_version_id
FROM tickets;

-- How tickets ended and began again: one row per change.
CREATE VIEW reporting.sla_ticket_state_changes AS SELECT
    -- uuid: see sla_tickets
    ticket_id,
    -- bigint: rises within the ticket
    ordinal,
    -- text: resolved, rejected (by the second person), reopened, merged, unmerged
    kind,
    -- timestamptz: instant
    at,
    -- uuid: null in triage
    customer_id,
    -- smallint: by how many the open tickets became more: -1, 0, 1
    change AS backlog_change
FROM ticket_state_changes;

-- Clocks: one row per promise on a ticket.
CREATE VIEW reporting.sla_clocks AS SELECT
    -- uuid: id of the clock
    id AS clock_id,
    -- uuid: see sla_tickets
    ticket_id,
    -- uuid: customer of the ticket
    customer_id,
    -- text: first_response, next_reply, update, workaround, resolution
    metric,
    -- text: not_started, running, paused, stopped, no_target, cancelled
    state,
    -- timestamptz: instant at which the promise breaks; null while paused
    deadline,
    -- timestamptz: instant; null unless stopped
    stopped_at,
    -- bigint: counted (working) time of its longest cycle; null unless stopped
    elapsed_seconds,
    -- timestamptz: instant of the breach that holds; null where there is none
    breached_at,
    -- text: met, breached, or waived (a waiver covers the breach); null: still open
    outcome,
    -- timestamptz: instant at which it was met or breached
    outcome_at,
    -- text: sla: promised to the customer; ola, uc: to us, by second level, a partner
    contract,
    -- text: key of the partner whose promise it is; null unless uc
    partner
FROM clocks;

-- Warnings and breaches as they fired, also those that were taken back: one row each.
CREATE VIEW reporting.sla_clock_firings AS SELECT
    -- uuid: see sla_clocks
    clock_id,
    -- integer: rises within the clock
    ordinal,
    -- text: breach, warning_50 (percent), warning_3600s_before
    body::json #>> '{firing,0}' AS kind,
    -- timestamptz: instant at which it was due
    at AS due_at,
    -- timestamptz: instant at which it fired
    known_at AS fired_at,
    -- float8: from due to fired, with fractions
    extract(epoch FROM known_at - at)::float8 AS lag_seconds,
    -- text: deadline, or which change moved it into the past
    body::json #>> '{firing,3}' AS reason,
    -- boolean: whether sla could not hear of tickets when it fired
    fired_without_events
FROM clock_inputs WHERE kind = 'fired';

-- Outages, as they are known now: one row each.
CREATE VIEW reporting.sla_outages AS SELECT
    -- uuid: id of the outage
    id AS outage_id,
    -- text: what people call it: OUT-17
    key AS outage,
    -- uuid: null: of everybody
    customer_id,
    -- text: key of the customer
    customer,
    -- text: key of the environment
    environment,
    -- text: key of the service
    service,
    -- text: monitoring, ticket, manual
    source,
    -- text: down or degraded; only down counts against availability
    effect,
    -- timestamptz: instant
    started_at,
    -- timestamptz: instant; null while it lasts
    ended_at,
    -- boolean: false: it was none, as was found later
    counts
FROM outages;

-- Booked work: one row per record; a correction is a record of the difference.
CREATE VIEW reporting.sla_time_entries AS SELECT
    -- uuid: id of the record
    id AS time_entry_id,
    -- text: what people call it: WRK-17
    key AS time_entry,
    -- uuid: see sla_tickets
    ticket_id,
    -- uuid: customer of the ticket
    customer_id,
    -- uuid: the agreement against whose reserved hours it counts; null: none
    agreement_id,
    -- text: sub of who worked
    person,
    -- integer: of work; may be negative in a correction
    minutes,
    -- date: date of the work
    day,
    -- text: name of the rate in the rate card
    rate,
    -- uuid: the record that this one corrects; null: it is none
    corrects,
    -- timestamptz: instant
    created_at
FROM time_entries;

-- Customers: one row each.
CREATE VIEW reporting.sla_customers AS SELECT
    -- uuid: id of the customer, the same in every service
    id AS customer_id,
    -- text: key, as people say it aloud
    key AS customer,
    -- text: name of the company
    name,
    -- text: time zone in which their days are counted
    day_zone,
    -- boolean: whether they are customers no more
    retired
FROM customers;

-- Versions of agreements: one row each.
CREATE VIEW reporting.sla_agreements AS SELECT
    -- uuid: id of the version
    v.id AS agreement_version_id,
    -- text: key of the agreement
    a.key AS agreement,
    -- integer: counts from 1
    v.version AS version,
    -- text: sla (customer), ola (own team), uc (partner)
    a.contract AS contract,
    -- uuid: customer with whom it is made; null where it serves all
    a.customer_id AS customer_id,
    -- text: the other side of a uc
    a.partner AS partner,
    -- text: the other side of an ola
    a.team AS team,
    -- text: draft, proposed, agreed, published, superseded, withdrawn
    v.state AS state,
    -- timestamptz: instant
    v.valid_from AS valid_from,
    -- timestamptz: instant, not included; null: without end
    v.valid_until AS valid_until,
    -- text[]: keys of the services; none: all of them
    v.services AS services,
    -- float8: promised share of the service time, 0 to 1; null: none
    (v.promises ->> 'availability')::float8 AS availability,
    -- bigint: hours reserved per month; null: none
    (v.promises ->> 'reserved_seconds')::bigint AS reserved_seconds,
    -- timestamptz: instant; null before
    v.published_at AS published_at
FROM agreement_versions v JOIN agreements a ON a.id = v.agreement_id;

-- Waivers, the general manager's approvals of violations: one row each.
CREATE VIEW reporting.sla_waivers AS SELECT
    -- uuid: id of the waiver
    id AS waiver_id,
    -- text: what people call it: WVR-17
    key AS waiver,
    -- uuid: see sla_clocks; null where it covers a period
    clock_id,
    -- text: key of the customer
    customer,
    -- text: key of the service; null of a period that covers all
    service,
    -- timestamptz: instant; of a period: the first at which a breach is covered
    starts_at,
    -- timestamptz: instant; of a period: a breach at or after it is not covered
    ends_at,
    -- text: sub of who asked
    requested_by,
    -- timestamptz: instant
    requested_at,
    -- timestamptz: instant; a breach at or after it is not covered
    expires_at,
    -- text: requested, approved, refused, or as it ended
    state,
    -- text: sub of the general manager; never who asked
    decided_by,
    -- timestamptz: instant
    decided_at,
    -- boolean: approved after the deadline: it changed nothing
    late,
    -- timestamptz: instant at which it was revoked or withdrawn
    ended_at
FROM waivers;

-- How many tickets came and went: one row per customer, day, service, priority and kind.
CREATE VIEW reporting.sla_daily_tickets AS SELECT
    -- uuid: see sla_customers
    customer_id,
    -- date: date, in the customer's own zone (sla_customers.day_zone)
    day,
    -- text: key of the service; '' for none
    service,
    -- text: present one of the tickets
    priority,
    -- text: kind of the tickets
    kind,
    -- integer: tickets
    opened,
    -- integer: resolutions
    resolved,
    -- integer: resolutions that the second person did not accept
    rejected,
    -- integer: tickets opened again by the customer
    reopened,
    -- integer: tickets merged into others
    merged,
    -- integer: by how many the open tickets became more
    entered - gone AS backlog_change,
    -- integer: of those opened on this day: open now
    still_open
FROM ticket_figures WHERE span = 'day' AND customer_id <> '00000000-0000-0000-0000-000000000000';

-- How many promises were kept: one row per customer, day (of the outcome), service, priority,
-- kind, metric, contract and agreement.
CREATE VIEW reporting.sla_daily_clocks AS SELECT
    -- uuid: see sla_customers
    customer_id,
    -- date: date, in the customer's own zone (sla_customers.day_zone)
    day,
    -- text: key of the service; '' for none
    service,
    -- text: present one of the tickets
    priority,
    -- text: kind of the tickets
    kind,
    -- text: what was promised
    metric,
    -- text: sla, ola or uc
    contract,
    -- text: key of the agreement
    agreement,
    -- integer: clocks
    met,
    -- integer: clocks, without those that are waived
    breached,
    -- integer: clocks whose breach was approved before the deadline
    waived
FROM clock_figures WHERE span = 'day' AND customer_id <> '00000000-0000-0000-0000-000000000000';

-- How long it took: a histogram, one row per customer, day (of the end), service, priority,
-- kind, metric, contract, agreement and bucket. Add up buckets over anything, then take a
-- percentile.
CREATE VIEW reporting.sla_daily_times AS SELECT
    -- uuid: see sla_customers
    customer_id,
    -- date: date, in the customer's own zone (sla_customers.day_zone)
    day,
    -- text: key of the service; '' for none
    service,
    -- text: present one of the tickets
    priority,
    -- text: kind of the tickets
    kind,
    -- text: what was promised; lifetime: opening to resolution, by the wall clock
    metric,
    -- text: sla, ola or uc; '' for lifetime
    contract,
    -- text: key of the agreement; '' for lifetime
    agreement,
    -- float8: where the bucket begins; it ends 10 % higher (the first one at 1 s)
    CASE WHEN bucket = 0 THEN 0 ELSE 1.1::float8 ^ (bucket - 1) END AS from_seconds,
    -- integer: clocks or tickets in the bucket
    ended,
    -- bigint: sum of their times, exact
    seconds
FROM time_figures WHERE span = 'day' AND customer_id <> '00000000-0000-0000-0000-000000000000';

-- What work came to: one row per customer, day, service, priority, kind, rate and currency.
CREATE VIEW reporting.sla_daily_costs AS SELECT
    -- uuid: see sla_customers
    customer_id,
    -- date: date, in the customer's own zone (sla_customers.day_zone)
    day,
    -- text: key of the service; '' for none
    service,
    -- text: present one of the tickets
    priority,
    -- text: kind of the tickets
    kind,
    -- text: name of the rate
    rate,
    -- text: ISO 4217; '' where no card of the day has this rate
    currency,
    -- bigint: of work
    minutes,
    -- numeric: in the currency
    cents::numeric / 100 AS amount
FROM time_entry_figures WHERE span = 'day' AND customer_id <>
    '00000000-0000-0000-0000-000000000000';

-- Promises about measured figures: one row per version.
CREATE VIEW reporting.sla_measured_promises AS SELECT
    -- uuid: id of what is measured
    p.series_id AS series_id,
    -- text: key of what is measured
    s.key AS series,
    -- integer: counts from 1
    p.version AS version,
    -- uuid: customer to whom it is promised; null: to nobody in particular
    s.customer_id AS customer_id,
    -- text: key of the service; null: none
    s.service AS service,
    -- text: key of the environment; null: none
    s.environment AS environment,
    -- text: unit of target and baseline
    s.unit AS unit,
    -- timestamptz: instant
    p.valid_from AS valid_from,
    -- timestamptz: instant, not included; null: the newest version
    next.valid_until AS valid_until,
    -- text: mean, median, p95, max, min, last; of a month
    p.statistic AS statistic,
    -- text: lower or higher
    p.better AS better,
    -- float8: promised figure, in the unit
    p.target AS target,
    -- float8: figure before the promise, in the unit; null: none
    p.baseline AS baseline,
    -- text: sub
    p.agreed_by AS agreed_by,
    -- timestamptz: instant
    p.agreed_at AS agreed_at
FROM measured_promises p JOIN series s ON s.id = p.series_id LEFT JOIN LATERAL (SELECT
    min(later.valid_from) AS valid_until FROM measured_promises later WHERE later.series_id =
    p.series_id AND later.valid_from > p.valid_from) AS next ON true;

-- What was measured: one row per series and day (in UTC), whether it is promised or not.
CREATE VIEW reporting.sla_measured_days AS SELECT
    -- uuid: id of what is measured
    d.series_id AS series_id,
    -- text: key of what is measured
    s.key AS series,
    -- date: date in UTC
    d.day AS day,
    -- uuid: see sla_customers; null: of nobody in particular
    s.customer_id AS customer_id,
    -- text: key of the service; null: none
    s.service AS service,
    -- text: key of the environment; null: none
    s.environment AS environment,
    -- text: unit of the figures
    s.unit AS unit,
    -- integer: number of samples
    d.count AS samples,
    -- float8: in the unit
    d.low AS lowest,
    -- float8: in the unit
    d.total / d.count AS mean,
    -- float8: in the unit
    d.peak AS highest
FROM sample_days d JOIN series s ON s.id = d.series_id;

-- Warnings that a part of a month's allowed downtime is used: one row each, also of the running
-- month.
CREATE VIEW reporting.sla_downtime_warnings AS SELECT
    -- text: key of the agreement
    b.agreement AS agreement,
    -- uuid: see sla_customers
    b.customer_id AS customer_id,
    -- text: month in the agreement's zone: 2030-01
    to_char(b.month, 'YYYY-MM') AS month,
    -- numeric: used part of what is allowed, 0 to 1; 1: all of it
    w.share AS share,
    -- timestamptz: instant at which it was used
    w.reached_at AS reached_at,
    -- timestamptz: instant at which that was known
    w.known_at AS known_at
FROM availability_warnings w JOIN availability_budgets b ON b.id = w.budget_id;

-- Goals that came to be at risk while their month lasted: one row per goal and month.
CREATE VIEW reporting.sla_goal_warnings AS SELECT
    -- text: key of the agreement
    agreement,
    -- text: month in the agreement's zone: 2030-01
    month,
    -- text: what was agreed on, in words of the agreement's terms
    goal,
    -- timestamptz: instant; null: lost at once
    at_risk_at,
    -- timestamptz: instant from which on it could not be met; null: it could
    lost_at
FROM goal_warnings;

-- Service reviews: one row per customer and month that was drawn up.
CREATE VIEW reporting.sla_reviews AS SELECT
    -- uuid: see sla_reviews
    r.id AS review_id,
    -- uuid: see sla_customers
    r.customer_id AS customer_id,
    -- text: the customer's own: 2030-01
    r.month AS month,
    -- integer: edition of the review that says so; 0: drawn up, not published
    r.edition AS edition,
    -- boolean: whether the month was not over when it was drawn up
    (newest.figures ->> 'preliminary')::boolean AS preliminary,
    -- text: what people call it: acme-2030-01
    r.key AS review,
    -- text: sub of who drew it up last
    r.generated_by AS generated_by,
    -- timestamptz: instant
    r.generated_at AS generated_at,
    -- timestamptz: instant of the first edition; null before
    published.first_at AS published_at,
    -- timestamptz: instant of the newest edition; null before
    published.last_at AS last_published_at,
    -- integer: breached promises of the month
    (newest.figures ->> 'breaches_total')::int AS breaches,
    -- bigint: actions that were agreed on in it
    actions.agreed AS actions,
    -- bigint: those that somebody else has seen done
    actions.verified AS actions_verified
FROM reviews r LEFT JOIN review_editions e ON e.review_id = r.id AND e.edition = r.edition CROSS
    JOIN LATERAL (SELECT coalesce(e.figures, r.figures) AS figures) AS newest LEFT JOIN LATERAL
    (SELECT count(*) AS agreed, count(*) FILTER (WHERE state = 'verified') AS verified FROM
    action_items WHERE review_id = r.id) AS actions ON true LEFT JOIN LATERAL (SELECT
    min(published_at) AS first_at, max(published_at) AS last_at FROM review_editions WHERE
    review_id = r.id) AS published ON true;

-- Published editions of reviews, none of which ever changes: one row each.
CREATE VIEW reporting.sla_review_editions AS SELECT
    -- uuid: see sla_reviews
    review_id,
    -- integer: counts from 1; each later one is a correction
    edition,
    -- text: sub of who drew it up
    generated_by,
    -- timestamptz: instant
    generated_at,
    -- text: sub of who published it; never who drew it up
    published_by,
    -- timestamptz: instant
    published_at,
    -- float8: of production as a whole, as this edition says, 0 to 1; null: no agreed time
    (jsonb_path_query_first(figures, '$.uptimes[*]?(@."subject" == "Production").availability') #>> '{}')::float8 AS availability
FROM review_editions;

-- Actions that were agreed on in reviews: one row each.
CREATE VIEW reporting.sla_review_actions AS SELECT
    -- uuid: id of the action
    id AS action_id,
    -- text: what people call it: RA-7
    key AS action,
    -- uuid: see sla_reviews
    review_id,
    -- uuid: see sla_customers
    customer_id,
    -- text: month of the review in which it was agreed on
    month,
    -- text: sub of who does it
    owner,
    -- date: date in the customer's zone
    due,
    -- text: sub
    agreed_by,
    -- timestamptz: instant
    agreed_at,
    -- text: open, done or verified
    state,
    -- text: sub of who did it, the owner; null before
    done_by,
    -- timestamptz: instant; null before
    done_at,
    -- text: sub of who has seen it done, somebody else; null before
    verified_by,
    -- timestamptz: instant; null before
    verified_at
FROM action_items;

-- Availability as reviews say it: one row per customer, month and service (promised, or with an
-- outage), and one for production as a whole.
CREATE VIEW reporting.sla_availability AS SELECT
    -- uuid: see sla_reviews
    r.id AS review_id,
    -- uuid: see sla_customers
    r.customer_id AS customer_id,
    -- text: the customer's own: 2030-01
    r.month AS month,
    -- integer: edition of the review that says so; 0: drawn up, not published
    r.edition AS edition,
    -- boolean: whether the month was not over when it was drawn up
    (newest.figures ->> 'preliminary')::boolean AS preliminary,
    -- text: key of the service; null: production as a whole, which is down while any service is
    nullif(line.value ->> 'subject', 'Production') AS service,
    -- float8: share of the agreed time, 0 to 1; null: no agreed time
    (line.value ->> 'availability')::float8 AS availability,
    -- float8: promised share, 0 to 1; null: none
    (line.value ->> 'promised')::float8 AS promised,
    -- boolean: whether what was promised was kept; null where nothing was
    (line.value ->> 'availability')::float8 >= (line.value ->> 'promised')::float8 AS met,
    -- bigint: agreed service time of the month
    (line.value ->> 'agreed_seconds')::bigint AS agreed_seconds,
    -- bigint: downtime in it, without agreed maintenance
    (line.value ->> 'down_seconds')::bigint AS down_seconds,
    -- bigint: mean time to repair; null without an ended failure
    (line.value ->> 'mttr_seconds')::bigint AS mttr_seconds,
    -- bigint: mean time between failures; null without a failure
    (line.value ->> 'mtbf_seconds')::bigint AS mtbf_seconds
FROM reviews r LEFT JOIN review_editions e ON e.review_id = r.id AND e.edition = r.edition CROSS
    JOIN LATERAL (SELECT coalesce(e.figures, r.figures) AS figures) AS newest CROSS JOIN LATERAL
    jsonb_array_elements(newest.figures -> 'uptimes') AS line(value);

-- Downtime by date, as reviews say it: one row per customer, service and day on which something
-- was down.
CREATE VIEW reporting.sla_daily_downtime AS SELECT
    -- uuid: see sla_reviews
    r.id AS review_id,
    -- uuid: see sla_customers
    r.customer_id AS customer_id,
    -- text: the customer's own: 2030-01
    r.month AS month,
    -- integer: edition of the review that says so; 0: drawn up, not published
    r.edition AS edition,
    -- boolean: whether the month was not over when it was drawn up
    (newest.figures ->> 'preliminary')::boolean AS preliminary,
    -- text: key of the service; null: production as a whole, which is down while any service is
    nullif(line.value ->> 'subject', 'Production') AS service,
    -- date: date, in the customer's own zone (sla_customers.day_zone)
    (dated.value ->> 0)::date AS day,
    -- bigint: elapsed time, overlapping outages once, without agreed maintenance
    (dated.value ->> 1)::bigint AS down_seconds
FROM reviews r LEFT JOIN review_editions e ON e.review_id = r.id AND e.edition = r.edition CROSS
    JOIN LATERAL (SELECT coalesce(e.figures, r.figures) AS figures) AS newest CROSS JOIN LATERAL
    jsonb_array_elements(newest.figures -> 'uptimes') AS line(value) CROSS JOIN LATERAL
    jsonb_array_elements(line.value -> 'down') AS dated(value);

-- Goals of agreements as reviews say it: one row per customer, month and goal.
CREATE VIEW reporting.sla_goals AS SELECT
    -- uuid: see sla_reviews
    r.id AS review_id,
    -- uuid: see sla_customers
    r.customer_id AS customer_id,
    -- text: the customer's own: 2030-01
    r.month AS month,
    -- integer: edition of the review that says so; 0: drawn up, not published
    r.edition AS edition,
    -- boolean: whether the month was not over when it was drawn up
    (newest.figures ->> 'preliminary')::boolean AS preliminary,
    -- text: key of the agreement
    (line.value ->> 'agreement')::text AS agreement,
    -- text: what was agreed on, in words of the agreement's terms
    (line.value ->> 'goal')::text AS goal,
    -- text: what was promised; availability
    (line.value ->> 'metric')::text AS metric,
    -- text: key of the service; null: all of them
    (line.value ->> 'service')::text AS service,
    -- float8: agreed share, 0 to 1
    (line.value ->> 'target')::float8 AS target,
    -- integer: promises that were kept
    (line.value ->> 'met')::int AS met,
    -- integer: promises that were broken, those that are waived among them
    (line.value ->> 'broken')::int AS broken,
    -- integer: of these: approved before the deadline
    (line.value ->> 'waived')::int AS waived,
    -- float8: share that was kept, 0 to 1; null where nothing came to its end
    (line.value ->> 'share')::float8 AS share,
    -- text: met, missed, none; while the month lasts: on_track, at_risk, lost
    (line.value ->> 'state')::text AS state,
    -- numeric: service credit before any cap; null where none is agreed
    (line.value ->> 'credit')::numeric AS credit,
    -- text: ISO 4217; null where no credit is agreed
    (line.value ->> 'currency')::text AS currency
FROM reviews r LEFT JOIN review_editions e ON e.review_id = r.id AND e.edition = r.edition CROSS
    JOIN LATERAL (SELECT coalesce(e.figures, r.figures) AS figures) AS newest CROSS JOIN LATERAL
    jsonb_array_elements(newest.figures -> 'goals') AS line(value);

-- Measured promises as reviews say it: one row per customer, month and figure.
CREATE VIEW reporting.sla_measured_results AS SELECT
    -- uuid: see sla_reviews
    r.id AS review_id,
    -- uuid: see sla_customers
    r.customer_id AS customer_id,
    -- text: the customer's own: 2030-01
    r.month AS month,
    -- integer: edition of the review that says so; 0: drawn up, not published
    r.edition AS edition,
    -- boolean: whether the month was not over when it was drawn up
    (newest.figures ->> 'preliminary')::boolean AS preliminary,
    -- text: what is measured
    (line.value ->> 'name')::text AS name,
    -- text: key of its service, else of its environment; '' for neither
    (line.value ->> 'scope')::text AS scope,
    -- text: unit of target and actual
    (line.value ->> 'unit')::text AS unit,
    -- text: mean, median, p95, max, min, last
    (line.value ->> 'statistic')::text AS statistic,
    -- text: lower or higher
    (line.value ->> 'better')::text AS better,
    -- float8: promised figure, in the unit
    (line.value ->> 'target')::float8 AS target,
    -- float8: figure of the month, in the unit; null without samples
    (line.value ->> 'actual')::float8 AS actual,
    -- text: met, breached, unmeasured (too few samples)
    (line.value ->> 'verdict')::text AS verdict
FROM reviews r LEFT JOIN review_editions e ON e.review_id = r.id AND e.edition = r.edition CROSS
    JOIN LATERAL (SELECT coalesce(e.figures, r.figures) AS figures) AS newest CROSS JOIN LATERAL
    jsonb_array_elements(newest.figures -> 'measured') AS line(value);
