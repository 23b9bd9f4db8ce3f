-- The schema intake as the migrations make it. Written by `make docs`; do not edit.

-- Sequences
-- ---------

CREATE SEQUENCE access_request_numbers START 1;
CREATE SEQUENCE article_numbers START 1;
CREATE SEQUENCE deadline_generations START 1;
CREATE SEQUENCE monitoring_improvement_numbers START 1;
CREATE SEQUENCE notice_numbers START 1;
CREATE SEQUENCE ticket_numbers START 1001;

-- Tables of intake
-- ----------------

CREATE TABLE access_requests (
    id uuid NOT NULL,
    key text NOT NULL,
    -- The sub of one of us, or contact/<id>.
    person text NOT NULL,
    environment text,
    resource text NOT NULL,
    level text NOT NULL,
    reason text NOT NULL,
    until date NOT NULL,
    requested_by text NOT NULL,
    requested_at timestamptz NOT NULL,
    decision text,
    decision_reason text,
    decided_by text,
    decided_at timestamptz,
    granted_by text,
    granted_at timestamptz,
    grant_verified_by text,
    grant_verified_at timestamptz,
    recertified_by text,
    recertified_at timestamptz,
    removal_asked_by text,
    removal_asked_at timestamptz,
    removal_reason text,
    removed_by text,
    removed_at timestamptz,
    removal_verified_by text,
    removal_verified_at timestamptz,
    CONSTRAINT access_requests_pkey PRIMARY KEY (id),
    CONSTRAINT access_requests_key_key UNIQUE (key),
    CONSTRAINT access_requests_environment_fkey
        FOREIGN KEY (environment) REFERENCES environments(key),
    CONSTRAINT access_requests_decision_check CHECK (decision IN ('approved', 'declined')),
    CONSTRAINT ck_access_requests_decision_four_eyes
        CHECK (decided_by <> requested_by AND decided_by <> person),
    CONSTRAINT ck_access_requests_four_eyes
        CHECK (grant_verified_by <> granted_by AND removal_verified_by <> removed_by),
    CONSTRAINT ck_access_requests_granted CHECK (granted_by IS NULL OR decision = 'approved'),
    CONSTRAINT ck_access_requests_recertified_four_eyes CHECK (recertified_by <> person),
    CONSTRAINT ck_access_requests_removed CHECK (removed_by IS NULL OR granted_by IS NOT NULL)
);
CREATE INDEX ix_access_requests_person ON access_requests (person, id);
CREATE INDEX ix_access_requests_present ON access_requests (id)
    WHERE granted_at IS NOT NULL AND removal_verified_at IS NULL;
CREATE INDEX ix_access_requests_requester ON access_requests (requested_by);
CREATE INDEX ix_access_requests_to_grant ON access_requests (id)
    WHERE decision = 'approved' AND granted_at IS NULL;
CREATE INDEX ix_access_requests_undecided ON access_requests (id) WHERE decision IS NULL;

CREATE OR REPLACE FUNCTION intake.refuse_one_person()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'intake'
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
CREATE TRIGGER two_persons_decide_access BEFORE INSERT OR UPDATE OF decided_by ON access_requests
    FOR EACH ROW WHEN (new.decided_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('requested_by', 'decided_by');
CREATE TRIGGER two_persons_get_access BEFORE INSERT OR UPDATE OF decided_by ON access_requests
    FOR EACH ROW WHEN (new.decided_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('person', 'decided_by');
CREATE TRIGGER two_persons_recertify BEFORE INSERT OR UPDATE OF recertified_by ON access_requests
    FOR EACH ROW WHEN (new.recertified_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('person', 'recertified_by');
CREATE TRIGGER two_persons_verify_grant BEFORE INSERT OR UPDATE OF grant_verified_by ON
    access_requests
    FOR EACH ROW WHEN (new.grant_verified_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('granted_by', 'grant_verified_by');
CREATE TRIGGER two_persons_verify_removal BEFORE INSERT OR UPDATE OF removal_verified_by ON
    access_requests
    FOR EACH ROW WHEN (new.removal_verified_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('removed_by', 'removal_verified_by');

CREATE TABLE alert_groups (
    monitor text NOT NULL,
    group_key text NOT NULL,
    scope text NOT NULL,
    ticket_id uuid NOT NULL,
    opened_at timestamptz NOT NULL,
    CONSTRAINT alert_groups_pkey PRIMARY KEY (monitor, group_key, scope),
    CONSTRAINT alert_groups_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES tickets(id)
);
CREATE INDEX ix_alert_groups_opened ON alert_groups (monitor, opened_at);

CREATE TABLE alert_posts (
    id uuid NOT NULL,
    source text NOT NULL,
    address text NOT NULL,
    monitor text NOT NULL,
    raw bytea NOT NULL,
    received_at timestamptz NOT NULL,
    outcome text NOT NULL,
    reason text,
    CONSTRAINT alert_posts_pkey PRIMARY KEY (id),
    CONSTRAINT alert_posts_outcome_check CHECK (outcome IN ('received', 'read', 'unreadable'))
);
CREATE INDEX ix_alert_posts_processed ON alert_posts (received_at) WHERE outcome <> 'received';

CREATE TABLE alert_tickets (
    ticket_id uuid NOT NULL,
    monitor text NOT NULL,
    storm text,
    remarks text[] NOT NULL,
    truncated bigint NOT NULL,
    truncated_note_id uuid,
    CONSTRAINT alert_tickets_pkey PRIMARY KEY (ticket_id),
    CONSTRAINT alert_tickets_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES tickets(id),
    CONSTRAINT alert_tickets_truncated_note_id_fkey
        FOREIGN KEY (truncated_note_id) REFERENCES messages(id)
);
CREATE INDEX ix_alert_tickets_storm ON alert_tickets (monitor) WHERE storm IS NOT NULL;

CREATE TABLE alerts (
    id uuid NOT NULL,
    monitor text NOT NULL,
    source text NOT NULL,
    dedup_key text NOT NULL,
    group_key text NOT NULL,
    scope text NOT NULL,
    title text NOT NULL,
    severity text,
    priority text NOT NULL,
    service text,
    customer_id uuid,
    environment_id uuid,
    ticket_id uuid,
    started_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    times bigint NOT NULL,
    needs_quiet boolean NOT NULL,
    end_reported_at timestamptz,
    ended_at timestamptz,
    sequence bigint NOT NULL,
    CONSTRAINT alerts_pkey PRIMARY KEY (id),
    CONSTRAINT alerts_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(id),
    CONSTRAINT alerts_environment_id_fkey FOREIGN KEY (environment_id) REFERENCES environments(id),
    CONSTRAINT alerts_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES tickets(id)
);
CREATE INDEX ix_alerts_key ON alerts (monitor, source, dedup_key, id DESC);
CREATE INDEX ix_alerts_ticket ON alerts (ticket_id, id);
CREATE INDEX ix_alerts_ticket_open ON alerts (ticket_id) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX uq_alerts_open ON alerts (monitor, source, dedup_key) WHERE ended_at IS NULL;

CREATE TABLE article_feedback (
    id uuid NOT NULL,
    article_id uuid NOT NULL,
    version integer NOT NULL,
    customer_id uuid,
    helpful boolean NOT NULL,
    comment text,
    author text NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT article_feedback_pkey PRIMARY KEY (id),
    CONSTRAINT uq_article_feedback_reader UNIQUE (article_id, version, author),
    CONSTRAINT article_feedback_article_id_fkey FOREIGN KEY (article_id) REFERENCES articles(id),
    CONSTRAINT article_feedback_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(id)
);
CREATE INDEX ix_article_feedback_article ON article_feedback (article_id, id);
GRANT INSERT, SELECT, UPDATE ON article_feedback TO opsdesk_intake_contact;
ALTER TABLE article_feedback FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON article_feedback TO opsdesk_intake_contact USING ((customer_id = (
    SELECT own_customer() AS own_customer)));
CREATE POLICY of_the_service ON article_feedback TO opsdesk_intake, opsdesk_intake_owner USING
    (true);

CREATE OR REPLACE FUNCTION intake.replace_vote_of_same_person()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'intake'
AS $function$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('intake.article_feedback/' || NEW.article_id, 0));
    DELETE FROM article_feedback vote
    WHERE vote.article_id = NEW.article_id AND vote.version = NEW.version AND vote.author <> NEW.author
        AND vote.author IN (
            SELECT same.account FROM account_addresses own
            JOIN account_addresses same USING (address_digest) WHERE own.account = NEW.author);
    RETURN NEW;
END $function$;
CREATE TRIGGER one_vote_for_each_person BEFORE INSERT ON article_feedback
    FOR EACH ROW
    EXECUTE FUNCTION replace_vote_of_same_person();

CREATE TABLE article_versions (
    article_id uuid NOT NULL,
    version integer NOT NULL,
    language text NOT NULL,
    audience text NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    written_by text NOT NULL,
    written_at timestamptz NOT NULL,
    published_by text,
    published_at timestamptz,
    words tsvector NOT NULL GENERATED ALWAYS AS (
CASE language
    WHEN 'nl' THEN setweight(to_tsvector('dutch'::regconfig, title), 'A'::"char") || to_tsvector('dutch'::regconfig, body)
    WHEN 'de' THEN setweight(to_tsvector('german'::regconfig, title), 'A'::"char") || to_tsvector('german'::regconfig, body)
    ELSE setweight(to_tsvector('english'::regconfig, title), 'A'::"char") || to_tsvector('english'::regconfig, body)
END) STORED,
    CONSTRAINT article_versions_pkey PRIMARY KEY (article_id, version),
    CONSTRAINT article_versions_article_id_fkey FOREIGN KEY (article_id) REFERENCES articles(id),
    CONSTRAINT article_versions_audience_check CHECK (audience IN ('internal', 'customer')),
    CONSTRAINT article_versions_body_check CHECK (body <> ''),
    CONSTRAINT article_versions_title_check CHECK (title <> ''),
    CONSTRAINT article_versions_version_check CHECK (version > 0),
    CONSTRAINT ck_article_versions_four_eyes CHECK (published_by <> written_by),
    CONSTRAINT ck_article_versions_published
        CHECK ((published_by IS NULL) = (published_at IS NULL))
);
CREATE INDEX ix_article_versions_unpublished ON article_versions (article_id, version)
    WHERE published_at IS NULL;
CREATE INDEX ix_article_versions_words ON article_versions USING gin (words);
GRANT SELECT ON article_versions TO opsdesk_intake_contact;
ALTER TABLE article_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON article_versions TO opsdesk_intake_contact USING ((EXISTS ( SELECT
    FROM articles WHERE ((articles.id = article_versions.article_id) AND
    (articles.published_version = article_versions.version)))));
CREATE POLICY of_the_service ON article_versions TO opsdesk_intake, opsdesk_intake_owner USING
    (true);
CREATE TRIGGER two_persons_publish_article BEFORE INSERT OR UPDATE OF published_by ON
    article_versions
    FOR EACH ROW WHEN (new.published_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('written_by', 'published_by');

CREATE TABLE articles (
    id uuid NOT NULL,
    key text NOT NULL,
    language text NOT NULL,
    owner text NOT NULL,
    review_days integer NOT NULL,
    state text NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    audience text,
    published_version integer,
    review_due_at timestamptz,
    ticket_id uuid,
    sequence bigint NOT NULL,
    CONSTRAINT articles_pkey PRIMARY KEY (id),
    CONSTRAINT articles_key_key UNIQUE (key),
    CONSTRAINT articles_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES tickets(id),
    CONSTRAINT articles_audience_check CHECK (audience IN ('internal', 'customer')),
    CONSTRAINT articles_language_check CHECK (language ~ '^[a-z]{2}$'),
    CONSTRAINT articles_review_days_check CHECK (review_days > 0),
    CONSTRAINT articles_sequence_check CHECK (sequence > 0),
    CONSTRAINT articles_state_check CHECK (state IN ('draft', 'published', 'retired')),
    CONSTRAINT ck_articles_published
        CHECK ((published_version IS NULL) = (audience IS NULL) AND (state <> 'published' OR
            published_version IS NOT NULL AND review_due_at IS NOT NULL))
);
CREATE INDEX ix_articles_review ON articles (review_due_at) WHERE state = 'published';
CREATE INDEX ix_articles_ticket ON articles (ticket_id) WHERE ticket_id IS NOT NULL;
GRANT SELECT ON articles TO opsdesk_intake_contact;
ALTER TABLE articles FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON articles TO opsdesk_intake_contact USING (((state = 'published')
    AND (audience = 'customer')));
CREATE POLICY of_the_service ON articles TO opsdesk_intake, opsdesk_intake_owner USING (true);

CREATE TABLE attachments (
    message_id uuid NOT NULL,
    "position" bigint NOT NULL,
    name text NOT NULL,
    media_type text NOT NULL,
    size bigint NOT NULL,
    digest text NOT NULL,
    CONSTRAINT attachments_pkey PRIMARY KEY (message_id, "position"),
    CONSTRAINT attachments_message_id_fkey FOREIGN KEY (message_id) REFERENCES messages(id)
);
GRANT INSERT, SELECT ON attachments TO opsdesk_intake_contact;
ALTER TABLE attachments FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON attachments TO opsdesk_intake_contact USING ((EXISTS ( SELECT FROM
    messages WHERE (messages.id = attachments.message_id))));
CREATE POLICY of_the_service ON attachments TO opsdesk_intake, opsdesk_intake_owner USING (true);

CREATE OR REPLACE FUNCTION intake.send_file_to_links()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'intake'
AS $function$
BEGIN
    INSERT INTO linked_sends (link_id, kind, message_id, file)
    SELECT linked_tickets.id, 'file', NEW.message_id, NEW.position
    FROM messages CROSS JOIN LATERAL merged_family(messages.ticket_id) AS family (id)
    JOIN linked_tickets ON linked_tickets.ticket_id = family.id
    JOIN linked_systems ON linked_systems.id = system_id
    WHERE messages.id = NEW.message_id AND messages.visibility = 'public'
        AND NOT messages.automatic AND linked_tickets.state <> 'ended'
        AND messages.author <> 'link/' || linked_systems.key
        AND NOT EXISTS (
            SELECT FROM linked_sends sent WHERE sent.link_id = linked_tickets.id AND sent.kind = 'file'
                AND sent.message_id = messages.copied_from AND sent.file = NEW.position);
    RETURN NULL;
END $function$;
CREATE TRIGGER files_to_links AFTER INSERT ON attachments
    FOR EACH ROW
    EXECUTE FUNCTION send_file_to_links();

CREATE TABLE blunt_words (
    language text NOT NULL,
    phrase text NOT NULL,
    instead text NOT NULL,
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL,
    CONSTRAINT blunt_words_pkey PRIMARY KEY (language, phrase),
    CONSTRAINT blunt_words_language_check CHECK (language ~ '^[a-z]{2}$'),
    CONSTRAINT blunt_words_phrase_check CHECK (phrase <> '')
);

CREATE TABLE change_requests (
    ticket_id uuid NOT NULL,
    estimate_minutes integer,
    estimate_note text,
    estimated_by text,
    estimated_at timestamptz,
    decision text,
    decision_reason text,
    decided_by text,
    decided_at timestamptz,
    booked_on text,
    month date,
    sprint text,
    booked_by text,
    booked_at timestamptz,
    delivery text,
    delivery_by text,
    delivered_at timestamptz,
    no_environment_reason text,
    no_environment_by text,
    no_environment_at timestamptz,
    no_environment_confirmed_by text,
    no_environment_confirmed_at timestamptz,
    CONSTRAINT change_requests_pkey PRIMARY KEY (ticket_id),
    CONSTRAINT change_requests_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES tickets(id),
    CONSTRAINT change_requests_booked_on_check CHECK (booked_on IN ('reserved_hours', 'sprint')),
    CONSTRAINT change_requests_decision_check CHECK (decision IN ('approved', 'declined')),
    CONSTRAINT change_requests_estimate_minutes_check CHECK (estimate_minutes > 0),
    CONSTRAINT change_requests_month_check CHECK (EXTRACT(day FROM month) = 1::numeric),
    CONSTRAINT ck_change_requests_booked
        CHECK (booked_on IS NULL OR decision = 'approved' AND (booked_on = 'reserved_hours') =
            (month IS NOT NULL) AND (booked_on = 'sprint') = (sprint IS NOT NULL)),
    CONSTRAINT ck_change_requests_decided CHECK (decision IS NULL OR estimate_minutes IS NOT NULL),
    CONSTRAINT ck_change_requests_decision_four_eyes CHECK (decided_by <> estimated_by),
    CONSTRAINT ck_change_requests_four_eyes
        CHECK (no_environment_confirmed_by <> no_environment_by)
);
CREATE INDEX ix_change_requests_delivery ON change_requests (delivery) WHERE delivery IS NOT NULL;
GRANT INSERT, SELECT, UPDATE ON change_requests TO opsdesk_intake_contact;
ALTER TABLE change_requests FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON change_requests TO opsdesk_intake_contact USING ((EXISTS ( SELECT
    FROM tickets WHERE (tickets.id = change_requests.ticket_id))));
CREATE POLICY of_the_service ON change_requests TO opsdesk_intake, opsdesk_intake_owner USING
    (true);
CREATE TRIGGER two_persons_decide_change BEFORE INSERT OR UPDATE OF decided_by ON change_requests
    FOR EACH ROW WHEN (new.decided_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('estimated_by', 'decided_by');
CREATE TRIGGER two_persons_no_environment BEFORE INSERT OR UPDATE OF no_environment_confirmed_by ON
    change_requests
    FOR EACH ROW WHEN (new.no_environment_confirmed_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('no_environment_by', 'no_environment_confirmed_by');

CREATE TABLE chat_messages (
    system text NOT NULL,
    source text NOT NULL,
    chat_id text NOT NULL,
    -- The chat system's own id of the message with a digest of its words, or one of what was said
    -- when by whom.
    line_key text NOT NULL,
    message_id uuid NOT NULL,
    CONSTRAINT chat_messages_pkey PRIMARY KEY (system, source, chat_id, line_key),
    CONSTRAINT chat_messages_message_id_fkey FOREIGN KEY (message_id) REFERENCES messages(id),
    CONSTRAINT chat_messages_system_source_chat_id_fkey
        FOREIGN KEY (system, source, chat_id) REFERENCES chats(system, source, chat_id)
);

CREATE TABLE chats (
    -- Who sends it, by `sub`: the same source and id of another one is another chat.
    system text NOT NULL,
    source text NOT NULL,
    chat_id text NOT NULL,
    ticket_id uuid NOT NULL,
    CONSTRAINT chats_pkey PRIMARY KEY (system, source, chat_id),
    CONSTRAINT chats_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES tickets(id)
);
CREATE INDEX ix_chats_ticket ON chats (ticket_id);

CREATE TABLE contact_erasures (
    contact_id uuid NOT NULL,
    requested_by text NOT NULL,
    requested_at timestamptz NOT NULL,
    reason text NOT NULL,
    confirmed_by text,
    confirmed_at timestamptz,
    CONSTRAINT contact_erasures_pkey PRIMARY KEY (contact_id),
    CONSTRAINT contact_erasures_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES contacts(id),
    CONSTRAINT ck_contact_erasures_confirmed
        CHECK ((confirmed_by IS NULL) = (confirmed_at IS NULL)),
    CONSTRAINT ck_contact_erasures_four_eyes CHECK (confirmed_by <> requested_by)
);
CREATE INDEX ix_contact_erasures_unconfirmed ON contact_erasures (contact_id)
    WHERE confirmed_by IS NULL;
CREATE TRIGGER two_persons_erase BEFORE INSERT OR UPDATE OF confirmed_by ON contact_erasures
    FOR EACH ROW WHEN (new.confirmed_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('requested_by', 'confirmed_by');

CREATE TABLE contacts (
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    name text NOT NULL,
    address text,
    phone text,
    language text NOT NULL,
    -- For whom the contact counts where two people are needed, until confirmed_by says otherwise.
    registered_by text,
    registered_at timestamptz,
    confirmed_by text,
    retired boolean NOT NULL DEFAULT false,
    wants_mail boolean NOT NULL DEFAULT false,
    wants_notices boolean NOT NULL DEFAULT true,
    erased boolean NOT NULL DEFAULT false,
    other_addresses text[] NOT NULL DEFAULT '{}'::text[],
    other_phones text[] NOT NULL DEFAULT '{}'::text[],
    -- All phone numbers of the contact in one form (E.164).
    numbers text[] NOT NULL DEFAULT '{}'::text[],
    sequence bigint NOT NULL,
    CONSTRAINT contacts_pkey PRIMARY KEY (id),
    CONSTRAINT contacts_address_key UNIQUE (address),
    CONSTRAINT contacts_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(id),
    CONSTRAINT ck_contacts_erased
        CHECK (NOT erased OR other_addresses = '{}'::text[] AND other_phones = '{}'::text[] AND
            numbers = '{}'::text[]),
    CONSTRAINT ck_contacts_four_eyes CHECK (confirmed_by <> registered_by)
);
CREATE INDEX ix_contacts_customer ON contacts (customer_id, id);
CREATE INDEX ix_contacts_numbers ON contacts USING gin (numbers);
CREATE INDEX ix_contacts_other_addresses ON contacts USING gin (other_addresses);
CREATE INDEX ix_contacts_unconfirmed ON contacts (registered_at)
    WHERE registered_by IS NOT NULL AND confirmed_by IS NULL AND NOT retired AND NOT erased;
GRANT UPDATE (wants_notices) ON contacts TO opsdesk_intake_contact;
GRANT SELECT ON contacts TO opsdesk_intake_contact;
ALTER TABLE contacts FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON contacts TO opsdesk_intake_contact USING ((customer_id = ( SELECT
    own_customer() AS own_customer)));
CREATE POLICY of_the_service ON contacts TO opsdesk_intake, opsdesk_intake_owner USING (true);

CREATE OR REPLACE FUNCTION intake.refuse_taken_address()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
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
END $function$;
CREATE TRIGGER one_contact_has_an_address BEFORE INSERT OR UPDATE OF address, other_addresses ON
    contacts
    FOR EACH ROW
    EXECUTE FUNCTION refuse_taken_address();
CREATE TRIGGER two_persons_confirm_contact BEFORE INSERT OR UPDATE OF confirmed_by ON contacts
    FOR EACH ROW WHEN (new.confirmed_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('registered_by', 'confirmed_by');

CREATE TABLE customer_escalations (
    id uuid NOT NULL,
    ticket_id uuid NOT NULL,
    message_id uuid NOT NULL,
    escalated_by text NOT NULL,
    escalated_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    owner text,
    answer_id uuid,
    answered_by text,
    answered_at timestamptz,
    CONSTRAINT customer_escalations_pkey PRIMARY KEY (id),
    CONSTRAINT customer_escalations_answer_id_fkey FOREIGN KEY (answer_id) REFERENCES messages(id),
    CONSTRAINT customer_escalations_message_id_fkey
        FOREIGN KEY (message_id) REFERENCES messages(id),
    CONSTRAINT customer_escalations_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES tickets(id),
    CONSTRAINT ck_customer_escalations_answered
        CHECK (num_nonnulls(answer_id, answered_by, answered_at) IN (0, 3))
);
CREATE INDEX ix_customer_escalations_ticket ON customer_escalations (ticket_id, id);
CREATE INDEX ix_customer_escalations_unanswered ON customer_escalations (due_at)
    WHERE answered_at IS NULL;
CREATE UNIQUE INDEX uq_customer_escalations_open ON customer_escalations (ticket_id)
    WHERE answered_at IS NULL;
GRANT INSERT, SELECT ON customer_escalations TO opsdesk_intake_contact;
ALTER TABLE customer_escalations FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON customer_escalations TO opsdesk_intake_contact USING ((EXISTS (
    SELECT FROM tickets WHERE (tickets.id = customer_escalations.ticket_id))));
CREATE POLICY of_the_service ON customer_escalations TO opsdesk_intake, opsdesk_intake_owner USING
    (true);

CREATE TABLE customers (
    id uuid NOT NULL,
    key text NOT NULL,
    name text NOT NULL,
    timezone text NOT NULL,
    language text NOT NULL,
    tier text,
    retired boolean NOT NULL DEFAULT false,
    sequence bigint NOT NULL,
    end_asked_by text,
    end_asked_at timestamptz,
    ended_by text,
    CONSTRAINT customers_pkey PRIMARY KEY (id),
    CONSTRAINT customers_key_key UNIQUE (key),
    CONSTRAINT ck_customers_end_asked CHECK ((end_asked_by IS NULL) = (end_asked_at IS NULL)),
    CONSTRAINT ck_customers_end_four_eyes CHECK (ended_by <> end_asked_by),
    CONSTRAINT ck_customers_ended CHECK (NOT retired OR num_nonnulls(end_asked_by, ended_by) = 2)
);
CREATE INDEX ix_customers_to_end ON customers (end_asked_at)
    WHERE end_asked_by IS NOT NULL AND NOT retired;
GRANT SELECT ON customers TO opsdesk_intake_contact;
ALTER TABLE customers FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON customers TO opsdesk_intake_contact USING ((key = ( SELECT
    current_setting('opsdesk.customer', true) AS current_setting)));
CREATE POLICY of_the_service ON customers TO opsdesk_intake, opsdesk_intake_owner USING (true);
CREATE TRIGGER two_persons_end_customer BEFORE INSERT OR UPDATE OF ended_by ON customers
    FOR EACH ROW WHEN (new.ended_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('end_asked_by', 'ended_by');

CREATE TABLE deliveries (
    id uuid NOT NULL,
    key text NOT NULL,
    customer text NOT NULL,
    environment text NOT NULL,
    product text NOT NULL,
    version text NOT NULL,
    state text NOT NULL,
    delivered_at timestamptz,
    sequence bigint NOT NULL,
    CONSTRAINT deliveries_pkey PRIMARY KEY (id),
    CONSTRAINT deliveries_key_key UNIQUE (key)
);

-- Tickets whose words changed since their documents were made.
CREATE TABLE document_changes (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    ticket_id uuid NOT NULL,
    CONSTRAINT document_changes_pkey PRIMARY KEY (id)
);

CREATE TABLE environments (
    id uuid NOT NULL,
    key text NOT NULL,
    customer_id uuid NOT NULL,
    tier text NOT NULL,
    name text NOT NULL,
    retired boolean NOT NULL DEFAULT false,
    sequence bigint NOT NULL,
    end_asked_by text,
    end_asked_at timestamptz,
    ended_by text,
    CONSTRAINT environments_pkey PRIMARY KEY (id),
    CONSTRAINT environments_key_key UNIQUE (key),
    CONSTRAINT environments_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(id),
    CONSTRAINT ck_environments_end_asked CHECK ((end_asked_by IS NULL) = (end_asked_at IS NULL)),
    CONSTRAINT ck_environments_end_four_eyes CHECK (ended_by <> end_asked_by),
    CONSTRAINT ck_environments_ended
        CHECK (NOT retired OR num_nonnulls(end_asked_by, ended_by) = 2),
    CONSTRAINT environments_tier_check
        CHECK (tier IN ('production', 'staging', 'test', 'development'))
);
CREATE INDEX ix_environments_customer ON environments (customer_id, id);
CREATE INDEX ix_environments_to_end ON environments (end_asked_at)
    WHERE end_asked_by IS NOT NULL AND NOT retired;
GRANT SELECT ON environments TO opsdesk_intake_contact;
ALTER TABLE environments FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON environments TO opsdesk_intake_contact USING ((customer_id = (
    SELECT own_customer() AS own_customer)));
CREATE POLICY of_the_service ON environments TO opsdesk_intake, opsdesk_intake_owner USING (true);
CREATE TRIGGER two_persons_end_environment BEFORE INSERT OR UPDATE OF ended_by ON environments
    FOR EACH ROW WHEN (new.ended_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('end_asked_by', 'ended_by');

CREATE TABLE filled_forms (
    ticket_id uuid NOT NULL,
    form_id uuid NOT NULL,
    filled_values jsonb NOT NULL,
    CONSTRAINT filled_forms_pkey PRIMARY KEY (ticket_id),
    CONSTRAINT filled_forms_form_id_fkey FOREIGN KEY (form_id) REFERENCES request_forms(id),
    CONSTRAINT filled_forms_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES tickets(id)
);
GRANT INSERT, SELECT ON filled_forms TO opsdesk_intake_contact;
ALTER TABLE filled_forms FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON filled_forms TO opsdesk_intake_contact USING ((EXISTS ( SELECT
    FROM tickets WHERE (tickets.id = filled_forms.ticket_id))));
CREATE POLICY of_the_service ON filled_forms TO opsdesk_intake, opsdesk_intake_owner USING (true);

CREATE TABLE hand_overs (
    id uuid NOT NULL,
    ticket_id uuid NOT NULL,
    number integer NOT NULL,
    by text NOT NULL,
    at timestamptz NOT NULL,
    "to" text NOT NULL,
    partner text,
    seen text NOT NULL,
    tried text NOT NULL,
    excluded text NOT NULL,
    asked text NOT NULL,
    due_at timestamptz NOT NULL,
    partner_reference text,
    delivery_managers text[] NOT NULL,
    product_owners text[] NOT NULL,
    -- Until when the delivery manager and the product owner acknowledge it; null where no
    -- environment is affected.
    acknowledge_by timestamptz,
    dm_acknowledged_by text,
    dm_acknowledged_at timestamptz,
    po_acknowledged_by text,
    po_acknowledged_at timestamptz,
    returned_by text,
    returned_at timestamptz,
    found text,
    fixed boolean NOT NULL DEFAULT false,
    fix_checked_by text,
    fix_checked_at timestamptz,
    fix_works boolean,
    checked text,
    -- When it ended without coming back: its ticket was resolved, merged, or forwarded once more.
    ended_at timestamptz,
    ended_how text,
    CONSTRAINT hand_overs_pkey PRIMARY KEY (id),
    CONSTRAINT hand_overs_ticket_id_number_key UNIQUE (ticket_id, number),
    CONSTRAINT hand_overs_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES tickets(id),
    CONSTRAINT ck_hand_overs_checked
        CHECK ((num_nonnulls(fix_checked_by, fix_checked_at, fix_works, checked) IN (0, 4)) AND
            (fix_checked_by IS NULL OR fixed)),
    CONSTRAINT ck_hand_overs_ended CHECK (num_nonnulls(ended_at, ended_how) IN (0, 2)),
    CONSTRAINT ck_hand_overs_fixed CHECK (NOT fixed OR returned_by IS NOT NULL),
    CONSTRAINT ck_hand_overs_four_eyes CHECK (fix_checked_by <> returned_by),
    CONSTRAINT ck_hand_overs_partner CHECK (("to" = 'partner') = (partner IS NOT NULL)),
    CONSTRAINT ck_hand_overs_returned
        CHECK (num_nonnulls(returned_by, returned_at, found) IN (0, 3)),
    CONSTRAINT hand_overs_asked_check CHECK (asked <> ''),
    CONSTRAINT hand_overs_ended_how_check CHECK (ended_how IN ('resolved', 'merged', 'forwarded')),
    CONSTRAINT hand_overs_excluded_check CHECK (excluded <> ''),
    CONSTRAINT hand_overs_number_check CHECK (number > 0),
    CONSTRAINT hand_overs_seen_check CHECK (seen <> ''),
    CONSTRAINT hand_overs_to_check CHECK ("to" IN ('second_level', 'partner')),
    CONSTRAINT hand_overs_tried_check CHECK (tried <> '')
);
CREATE INDEX ix_hand_overs_dm ON hand_overs (ticket_id)
    WHERE acknowledge_by IS NOT NULL AND dm_acknowledged_by IS NULL AND returned_at IS NULL AND
        ended_at IS NULL;
CREATE INDEX ix_hand_overs_partner ON hand_overs (partner, ticket_id) WHERE partner IS NOT NULL;
CREATE INDEX ix_hand_overs_po ON hand_overs (ticket_id)
    WHERE acknowledge_by IS NOT NULL AND po_acknowledged_by IS NULL AND returned_at IS NULL AND
        ended_at IS NULL;
CREATE INDEX ix_hand_overs_to_check ON hand_overs (ticket_id)
    WHERE fixed AND fix_works IS NULL AND ended_at IS NULL;
CREATE TRIGGER two_persons_check_fix BEFORE INSERT OR UPDATE OF fix_checked_by ON hand_overs
    FOR EACH ROW WHEN (new.fix_checked_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('returned_by', 'fix_checked_by');

-- Files that exports name: taken once they are on a message of the ticket.
CREATE TABLE imported_files (
    id uuid NOT NULL,
    source text NOT NULL,
    external_id text NOT NULL,
    ticket_id uuid NOT NULL,
    name text NOT NULL,
    url text NOT NULL,
    is_public boolean NOT NULL,
    message_id uuid,
    taken_by text,
    taken_at timestamptz,
    CONSTRAINT imported_files_pkey PRIMARY KEY (id),
    CONSTRAINT imported_files_source_external_id_fkey
        FOREIGN KEY (source, external_id) REFERENCES imported_tickets(source, external_id),
    CONSTRAINT imported_files_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES tickets(id),
    CONSTRAINT ck_imported_files_taken
        CHECK ((message_id IS NULL) = (taken_by IS NULL) AND (message_id IS NULL) = (taken_at IS
            NULL))
);
CREATE INDEX ix_imported_files_missing ON imported_files (source, id) WHERE message_id IS NULL;
CREATE INDEX ix_imported_files_ticket ON imported_files (ticket_id);

-- Each ticket of another system is imported once, however often it is sent.
CREATE TABLE imported_tickets (
    source text NOT NULL,
    external_id text NOT NULL,
    ticket_id uuid NOT NULL,
    opened_there_at timestamptz NOT NULL,
    imported_at timestamptz NOT NULL,
    imported_by text NOT NULL,
    CONSTRAINT imported_tickets_pkey PRIMARY KEY (source, external_id),
    CONSTRAINT imported_tickets_ticket_id_key UNIQUE (ticket_id),
    CONSTRAINT imported_tickets_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES tickets(id),
    CONSTRAINT imported_tickets_source_check CHECK (source IN ('servicenow', 'jira', 'zendesk'))
);

-- The last audit entry of an opened ticket that has a document and stands in the queue.
CREATE TABLE indexed_openings (
    single boolean NOT NULL DEFAULT true,
    xid bigint NOT NULL DEFAULT 0,
    "position" bigint NOT NULL DEFAULT 0,
    cluster bigint NOT NULL DEFAULT 0,
    CONSTRAINT indexed_openings_pkey PRIMARY KEY (single),
    CONSTRAINT indexed_openings_single_check CHECK (single)
);

CREATE TABLE investigations (
    id uuid NOT NULL,
    ticket_id uuid NOT NULL,
    started_by text NOT NULL,
    started_at timestamptz NOT NULL,
    limit_at timestamptz NOT NULL,
    ended_by text,
    ended_at timestamptz,
    -- Null while it lasts, and where it ended with its ticket before anybody said.
    cause_found boolean,
    cause text,
    CONSTRAINT investigations_pkey PRIMARY KEY (id),
    CONSTRAINT investigations_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES tickets(id),
    CONSTRAINT ck_investigations_cause CHECK (cause IS NULL OR cause_found IS NOT NULL),
    CONSTRAINT ck_investigations_ended
        CHECK ((num_nonnulls(ended_by, ended_at) IN (0, 2)) AND (cause_found IS NULL OR ended_at IS
            NOT NULL))
);
CREATE INDEX ix_investigations_ticket ON investigations (ticket_id, id);
CREATE UNIQUE INDEX uq_investigations_open ON investigations (ticket_id) WHERE ended_at IS NULL;

CREATE TABLE linked_conflicts (
    id uuid NOT NULL,
    link_id uuid NOT NULL,
    field text NOT NULL,
    ours text NOT NULL,
    theirs text NOT NULL,
    detected_at timestamptz NOT NULL,
    decision text,
    decided_by text,
    decided_at timestamptz,
    reason text,
    CONSTRAINT linked_conflicts_pkey PRIMARY KEY (id),
    CONSTRAINT linked_conflicts_link_id_fkey FOREIGN KEY (link_id) REFERENCES linked_tickets(id),
    CONSTRAINT ck_linked_conflicts_decided
        CHECK (num_nonnulls(decision, decided_by, decided_at) IN (0, 3)),
    CONSTRAINT linked_conflicts_decision_check CHECK (decision IN ('ours', 'theirs')),
    CONSTRAINT linked_conflicts_field_check CHECK (field IN ('priority', 'state'))
);
CREATE INDEX ix_linked_conflicts_open ON linked_conflicts (id) WHERE decision IS NULL;
CREATE UNIQUE INDEX uq_linked_conflicts_open ON linked_conflicts (link_id, field)
    WHERE decision IS NULL;

-- Messages that came by a link, on whichever ticket they stand.
CREATE TABLE linked_messages (
    message_id uuid NOT NULL,
    -- The tickets of which the link was until then.
    tickets uuid[] NOT NULL,
    CONSTRAINT linked_messages_pkey PRIMARY KEY (message_id),
    CONSTRAINT linked_messages_message_id_fkey FOREIGN KEY (message_id) REFERENCES messages(id)
);
CREATE INDEX ix_linked_messages_tickets ON linked_messages USING gin (tickets);

CREATE TABLE linked_receipts (
    id uuid NOT NULL,
    system_id uuid NOT NULL,
    event text NOT NULL,
    received_at timestamptz NOT NULL,
    outcome text NOT NULL,
    ticket_id uuid,
    -- The ticket there that it names, where nobody knew which of ours that is.
    remote_id text,
    -- As it came, of what could not be applied; null for the rest.
    raw text,
    CONSTRAINT linked_receipts_pkey PRIMARY KEY (id),
    CONSTRAINT linked_receipts_system_id_event_key UNIQUE (system_id, event),
    CONSTRAINT linked_receipts_system_id_fkey FOREIGN KEY (system_id) REFERENCES linked_systems(id),
    CONSTRAINT linked_receipts_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES tickets(id),
    CONSTRAINT linked_receipts_outcome_check
        CHECK (outcome IN ('applied', 'own', 'unknown_ticket', 'unreadable'))
);
CREATE INDEX ix_linked_receipts_raw ON linked_receipts (received_at) WHERE raw IS NOT NULL;
CREATE INDEX ix_linked_receipts_received ON linked_receipts (received_at);

CREATE TABLE linked_sends (
    "position" bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    link_id uuid NOT NULL,
    kind text NOT NULL,
    message_id uuid,
    -- The position of the file in its message.
    file bigint,
    -- Their file that is to be fetched: its id there, and what its webhook says of it.
    remote_file jsonb,
    state text NOT NULL DEFAULT 'waiting',
    attempts integer NOT NULL DEFAULT 0,
    next_try_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    lease uuid,
    settled_at timestamptz,
    problem text,
    CONSTRAINT linked_sends_pkey PRIMARY KEY ("position"),
    CONSTRAINT linked_sends_link_id_fkey FOREIGN KEY (link_id) REFERENCES linked_tickets(id),
    CONSTRAINT linked_sends_message_id_fkey FOREIGN KEY (message_id) REFERENCES messages(id),
    CONSTRAINT ck_linked_sends_file CHECK ((kind = 'file') = (file IS NOT NULL)),
    CONSTRAINT ck_linked_sends_message
        CHECK ((kind IN ('comment', 'file')) = (message_id IS NOT NULL)),
    CONSTRAINT ck_linked_sends_remote_file CHECK ((kind = 'fetch') = (remote_file IS NOT NULL)),
    CONSTRAINT ck_linked_sends_settled CHECK ((state = 'waiting') = (settled_at IS NULL)),
    CONSTRAINT linked_sends_kind_check
        CHECK (kind IN ('create', 'comment', 'fields', 'file', 'fetch')),
    CONSTRAINT linked_sends_state_check CHECK (state IN ('waiting', 'sent', 'failed', 'cancelled'))
);
CREATE INDEX ix_linked_sends_link ON linked_sends (link_id, "position");
CREATE INDEX ix_linked_sends_problem ON linked_sends (message_id) WHERE problem IS NOT NULL;
CREATE INDEX ix_linked_sends_waiting ON linked_sends (link_id, "position") WHERE state = 'waiting';
CREATE UNIQUE INDEX uq_linked_sends_fetch ON linked_sends (link_id, (remote_file ->> 'id'))
    WHERE kind = 'fetch';
CREATE UNIQUE INDEX uq_linked_sends_fields ON linked_sends (link_id)
    WHERE kind = 'fields' AND state = 'waiting' AND attempts = 0;
CREATE UNIQUE INDEX uq_linked_sends_file ON linked_sends (link_id, message_id, file)
    WHERE kind = 'file';
CREATE UNIQUE INDEX uq_linked_sends_message ON linked_sends (link_id, message_id)
    WHERE kind = 'comment';

CREATE TABLE linked_systems (
    id uuid NOT NULL,
    key text NOT NULL,
    kind text NOT NULL,
    party text NOT NULL,
    base_url text NOT NULL,
    webhook_client text NOT NULL,
    fields jsonb NOT NULL,
    customer_id uuid,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    retired boolean NOT NULL DEFAULT false,
    failures integer NOT NULL DEFAULT 0,
    held_since timestamptz,
    -- Until when nothing is sent there, since it does not answer; on real time, as everything about
    -- attempts.
    held_until timestamptz,
    problem text,
    CONSTRAINT linked_systems_pkey PRIMARY KEY (id),
    CONSTRAINT linked_systems_key_key UNIQUE (key),
    CONSTRAINT linked_systems_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(id),
    CONSTRAINT ck_linked_systems_held CHECK ((held_since IS NULL) = (held_until IS NULL)),
    CONSTRAINT ck_linked_systems_party CHECK ((party = 'customer') = (customer_id IS NOT NULL)),
    CONSTRAINT linked_systems_kind_check CHECK (kind IN ('servicenow', 'jira', 'zendesk')),
    CONSTRAINT linked_systems_party_check CHECK (party IN ('customer', 'partner'))
);

CREATE TABLE linked_tickets (
    id uuid NOT NULL,
    -- Of which ticket it is; while that is merged, it works for the one into which it was.
    ticket_id uuid NOT NULL,
    -- Tickets on which it was before, the first one first.
    earlier_tickets uuid[] NOT NULL DEFAULT '{}'::uuid[],
    system_id uuid NOT NULL,
    state text NOT NULL,
    known jsonb NOT NULL DEFAULT '{}'::jsonb,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    remote_id text,
    remote_key text,
    remote_path text,
    CONSTRAINT linked_tickets_pkey PRIMARY KEY (id),
    CONSTRAINT linked_tickets_system_id_fkey FOREIGN KEY (system_id) REFERENCES linked_systems(id),
    CONSTRAINT linked_tickets_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES tickets(id),
    CONSTRAINT ck_linked_tickets_remote CHECK (state <> 'linked' OR remote_id IS NOT NULL),
    CONSTRAINT linked_tickets_state_check
        CHECK (state IN ('creating', 'linked', 'failed', 'ended'))
);
CREATE INDEX ix_linked_tickets_ticket ON linked_tickets (ticket_id);
CREATE UNIQUE INDEX uq_linked_tickets_remote ON linked_tickets (system_id, remote_id)
    WHERE state <> 'ended';

-- Ids that a ticket's mails bear or refer to.
CREATE TABLE mail_threads (
    message_id text NOT NULL,
    ticket_id uuid NOT NULL,
    -- Whether a mail of the ticket has this id, or its mails only refer to it.
    is_borne boolean NOT NULL,
    CONSTRAINT mail_threads_pkey PRIMARY KEY (message_id, ticket_id),
    CONSTRAINT mail_threads_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES tickets(id)
);

-- Every mail as it came, committed before it is processed.
CREATE TABLE mails (
    id uuid NOT NULL,
    message_id text NOT NULL,
    fingerprint text NOT NULL,
    raw bytea STORAGE EXTERNAL NOT NULL,
    received_by text NOT NULL,
    received_at timestamptz NOT NULL,
    outcome text NOT NULL,
    reason text,
    ticket_id uuid,
    -- The row stays when the mail itself is old: one that comes again is still known.
    raw_deleted_at timestamptz,
    raw_deleted_why text,
    -- The name under which our gateway reported, when the mail came, what it had checked.
    gateway text,
    -- What our gateway reported of SPF, DKIM and DMARC, by method; null where it reported nothing.
    authentication jsonb,
    sender text,
    sender_name text,
    subject text,
    -- Of a mail that was held back: what it says.
    text text,
    -- Mails without id or date look alike; each beyond the time of a repetition is one of its own.
    occurrence bigint NOT NULL,
    -- What is still to be done after its sender was answered: a receipt to plan, a report to read.
    next_step text,
    -- Who looked at a mail that was held back, and found that nobody has to act on it.
    set_aside_by text,
    set_aside_at timestamptz,
    CONSTRAINT mails_pkey PRIMARY KEY (id),
    CONSTRAINT mails_message_id_fingerprint_occurrence_key
        UNIQUE (message_id, fingerprint, occurrence),
    CONSTRAINT mails_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES tickets(id),
    CONSTRAINT ck_mails_raw_deleted CHECK (raw_deleted_at IS NULL OR raw = '\x'::bytea),
    CONSTRAINT ck_mails_raw_deleted_why
        CHECK ((raw_deleted_at IS NULL) = (raw_deleted_why IS NULL)),
    CONSTRAINT ck_mails_set_aside
        CHECK ((set_aside_by IS NULL) = (set_aside_at IS NULL) AND (set_aside_by IS NULL OR outcome
            = 'ignored')),
    CONSTRAINT mails_next_step_check CHECK (next_step IN ('receipt', 'bounce')),
    CONSTRAINT mails_outcome_check
        CHECK (outcome IN ('received', 'opened', 'joined', 'ignored', 'unreadable')),
    CONSTRAINT mails_raw_deleted_why_check CHECK (raw_deleted_why IN ('too_old', 'erased'))
);
CREATE INDEX ix_mails_addresses ON mails USING gin (mail_address_digests(raw))
    WHERE raw_deleted_at IS NULL;
CREATE INDEX ix_mails_held_back ON mails (received_at)
    WHERE outcome = 'ignored' AND ticket_id IS NULL AND set_aside_by IS NULL AND raw_deleted_at IS
        NULL AND next_step IS NULL;
CREATE INDEX ix_mails_next_step ON mails (id) WHERE next_step IS NOT NULL;
CREATE INDEX ix_mails_outcome ON mails (outcome, id);
CREATE INDEX ix_mails_raw ON mails (received_at)
    WHERE raw_deleted_at IS NULL AND outcome <> 'received';
CREATE INDEX ix_mails_ticket ON mails (ticket_id) WHERE ticket_id IS NOT NULL;

CREATE TABLE message_checks (
    id uuid NOT NULL,
    ticket_id uuid NOT NULL,
    message_id uuid,
    purpose text NOT NULL,
    codes text[] NOT NULL,
    sent_by text NOT NULL,
    sent_at timestamptz NOT NULL,
    -- Why it was sent with these findings; null where they were shown and nothing was said.
    overrule_reason text,
    CONSTRAINT message_checks_pkey PRIMARY KEY (id),
    CONSTRAINT message_checks_message_id_key UNIQUE (message_id),
    CONSTRAINT message_checks_message_id_fkey FOREIGN KEY (message_id) REFERENCES messages(id),
    CONSTRAINT message_checks_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES tickets(id),
    CONSTRAINT message_checks_codes_check CHECK (codes <> '{}'::text[]),
    CONSTRAINT message_checks_purpose_check
        CHECK (purpose IN ('reply', 'workaround', 'question', 'resolution', 'estimate',
            'hand_over', 'partner'))
);
CREATE INDEX ix_message_checks_message ON message_checks (message_id);
CREATE INDEX ix_message_checks_ticket ON message_checks (ticket_id, id);

CREATE TABLE message_templates (
    key text NOT NULL,
    language text NOT NULL,
    version bigint NOT NULL,
    description text NOT NULL,
    text text NOT NULL,
    written_by text NOT NULL,
    written_at timestamptz NOT NULL,
    retired boolean NOT NULL DEFAULT false,
    CONSTRAINT message_templates_pkey PRIMARY KEY (key, language, version),
    CONSTRAINT message_templates_language_check CHECK (language ~ '^[a-z]{2}$'),
    CONSTRAINT message_templates_text_check CHECK (text <> ''),
    CONSTRAINT message_templates_version_check CHECK (version > 0)
);

CREATE TABLE messages (
    id uuid NOT NULL,
    ticket_id uuid NOT NULL,
    visibility text NOT NULL,
    direction text NOT NULL,
    author text NOT NULL,
    text text NOT NULL,
    html text,
    automatic boolean NOT NULL,
    at timestamptz NOT NULL,
    mail_id uuid,
    history text,
    sender_doubt text,
    authentication jsonb,
    -- Of a message of ours to the customer or a partner: whether mails were planned; null for
    -- others.
    mailing text,
    -- The key of the partner to whom it was written, or who wrote it: customers never see it.
    partner text,
    -- The message of another ticket whose words these are: it was split, or separated after a
    -- merge.
    copied_from uuid,
    CONSTRAINT messages_pkey PRIMARY KEY (id),
    CONSTRAINT messages_copied_from_fkey FOREIGN KEY (copied_from) REFERENCES messages(id),
    CONSTRAINT messages_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES tickets(id),
    CONSTRAINT ck_messages_partner CHECK (partner IS NULL OR visibility = 'internal'),
    CONSTRAINT messages_direction_check CHECK (direction IN ('inbound', 'outbound')),
    CONSTRAINT messages_mailing_check CHECK (mailing IN ('due', 'planned', 'nobody', 'off')),
    CONSTRAINT messages_visibility_check CHECK (visibility IN ('public', 'internal'))
);
CREATE INDEX ix_messages_author ON messages (author);
CREATE INDEX ix_messages_mailing ON messages (id) WHERE mailing = 'due';
CREATE INDEX ix_messages_ticket ON messages (ticket_id, id);
CREATE UNIQUE INDEX uq_messages_copy ON messages (copied_from, ticket_id);
CREATE UNIQUE INDEX uq_messages_mail ON messages (mail_id) WHERE copied_from IS NULL;
GRANT INSERT, SELECT ON messages TO opsdesk_intake_contact;
ALTER TABLE messages FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON messages TO opsdesk_intake_contact USING (((visibility = 'public')
    AND (EXISTS ( SELECT FROM tickets WHERE (tickets.id = messages.ticket_id)))));
CREATE POLICY of_the_service ON messages TO opsdesk_intake, opsdesk_intake_owner USING (true);

CREATE OR REPLACE FUNCTION intake.send_message_to_links()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'intake'
AS $function$
BEGIN
    INSERT INTO linked_sends (link_id, kind, message_id)
    SELECT linked_tickets.id, 'comment', NEW.id
    FROM merged_family(NEW.ticket_id) AS family (id)
    JOIN linked_tickets ON linked_tickets.ticket_id = family.id
    JOIN linked_systems ON linked_systems.id = system_id
    WHERE linked_tickets.state <> 'ended' AND NEW.author <> 'link/' || linked_systems.key
        AND NOT EXISTS (
            SELECT FROM linked_sends sent WHERE sent.link_id = linked_tickets.id
                AND sent.kind = 'comment' AND sent.message_id = NEW.copied_from);
    RETURN NULL;
END $function$;
CREATE TRIGGER messages_to_links AFTER INSERT ON messages
    FOR EACH ROW WHEN (new.visibility = 'public' AND NOT new.automatic)
    EXECUTE FUNCTION send_message_to_links();

CREATE OR REPLACE FUNCTION intake.note_document_change()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'intake', 'pg_temp'
AS $function$
BEGIN
    IF TG_TABLE_NAME = 'messages' THEN
        INSERT INTO document_changes (ticket_id) VALUES (NEW.ticket_id);
        IF TG_OP = 'UPDATE' AND OLD.ticket_id <> NEW.ticket_id THEN
            INSERT INTO document_changes (ticket_id) VALUES (OLD.ticket_id);
        END IF;
    ELSE
        INSERT INTO document_changes (ticket_id) VALUES (NEW.id);
    END IF;
    RETURN NULL;
END $function$;
CREATE TRIGGER words_added AFTER INSERT OR UPDATE OF text, visibility, ticket_id ON messages
    FOR EACH ROW
    EXECUTE FUNCTION note_document_change();

CREATE TABLE monitoring_improvements (
    id uuid NOT NULL,
    key text NOT NULL,
    ticket_id uuid NOT NULL,
    ticket text NOT NULL,
    cause text NOT NULL,
    owed_since timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    owner text,
    task text,
    criterion text,
    evidence text,
    done_by text,
    done_at timestamptz,
    verified_by text,
    verified_at timestamptz,
    overdue_at timestamptz,
    sequence bigint NOT NULL,
    CONSTRAINT monitoring_improvements_pkey PRIMARY KEY (id),
    CONSTRAINT monitoring_improvements_key_key UNIQUE (key),
    CONSTRAINT uq_monitoring_improvements_cause UNIQUE (ticket_id, cause),
    CONSTRAINT monitoring_improvements_ticket_id_fkey
        FOREIGN KEY (ticket_id) REFERENCES tickets(id),
    CONSTRAINT ck_monitoring_improvements_done
        CHECK (num_nonnulls(evidence, done_by, done_at) IN (0, 3)),
    CONSTRAINT ck_monitoring_improvements_four_eyes
        CHECK (verified_by <> done_by AND verified_by <> owner),
    CONSTRAINT ck_monitoring_improvements_planned
        CHECK (num_nonnulls(owner, task, criterion) IN (0, 3)),
    CONSTRAINT ck_monitoring_improvements_verified
        CHECK (verified_by IS NULL OR done_by IS NOT NULL AND verified_at IS NOT NULL),
    CONSTRAINT monitoring_improvements_cause_check
        CHECK (cause IN ('found_by_customer', 'long_investigation')),
    CONSTRAINT monitoring_improvements_sequence_check CHECK (sequence > 0)
);
CREATE INDEX ix_monitoring_improvements_open ON monitoring_improvements (id)
    WHERE verified_by IS NULL;
CREATE TRIGGER two_persons_own_improvement BEFORE INSERT OR UPDATE OF verified_by ON
    monitoring_improvements
    FOR EACH ROW WHEN (new.verified_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('owner', 'verified_by');
CREATE TRIGGER two_persons_verify_improvement BEFORE INSERT OR UPDATE OF verified_by ON
    monitoring_improvements
    FOR EACH ROW WHEN (new.verified_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('done_by', 'verified_by');

CREATE TABLE notices (
    id uuid NOT NULL,
    key text NOT NULL,
    kind text NOT NULL,
    stage text NOT NULL,
    source text NOT NULL,
    source_key text NOT NULL,
    customer_id uuid NOT NULL,
    environment text,
    service text,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz,
    at timestamptz NOT NULL,
    state text NOT NULL,
    -- The notice that this one follows: announced, then moved or cancelled.
    first_id uuid,
    decided_by text,
    decided_at timestamptz,
    dismissal_asked_by text,
    dismissal_asked_at timestamptz,
    CONSTRAINT notices_pkey PRIMARY KEY (id),
    CONSTRAINT notices_key_key UNIQUE (key),
    CONSTRAINT notices_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(id),
    CONSTRAINT notices_first_id_fkey FOREIGN KEY (first_id) REFERENCES notices(id),
    CONSTRAINT ck_notices_dismissal_four_eyes
        CHECK (state <> 'dismissed' OR decided_by IS NOT NULL AND (decided_by = 'opsdesk' OR
            dismissal_asked_by IS NOT NULL AND decided_by <> dismissal_asked_by)),
    CONSTRAINT notices_kind_check
        CHECK (kind IN ('maintenance', 'outage', 'delivery', 'agreement')),
    CONSTRAINT notices_stage_check
        CHECK (stage IN ('announced', 'started', 'moved', 'cancelled', 'restored')),
    CONSTRAINT notices_state_check
        CHECK (state IN ('proposed', 'due', 'sent', 'unsent', 'dismissed'))
);
CREATE INDEX ix_notices_customer ON notices (customer_id, id);
CREATE INDEX ix_notices_due ON notices (id) WHERE state = 'due';
CREATE INDEX ix_notices_first ON notices (first_id);
CREATE INDEX ix_notices_proposed ON notices (id) WHERE state = 'proposed';
CREATE INDEX ix_notices_source ON notices (source, customer_id);
CREATE UNIQUE INDEX uq_notices_stage ON notices (source, customer_id, stage, starts_at)
    WHERE stage <> 'moved';
GRANT SELECT ON notices TO opsdesk_intake_contact;
ALTER TABLE notices FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON notices TO opsdesk_intake_contact USING (((state = 'sent') AND
    (customer_id = ( SELECT own_customer() AS own_customer))));
CREATE POLICY of_the_service ON notices TO opsdesk_intake, opsdesk_intake_owner USING (true);
CREATE TRIGGER two_persons_dismiss BEFORE INSERT OR UPDATE OF state, decided_by ON notices
    FOR EACH ROW WHEN (new.state = 'dismissed')
    EXECUTE FUNCTION refuse_one_person('dismissal_asked_by', 'decided_by');

CREATE TABLE outgoing_mails (
    id uuid NOT NULL,
    purpose text NOT NULL,
    ticket_id uuid,
    message_id uuid,
    notice_id uuid,
    contact_id uuid,
    partner_id uuid,
    planned_at timestamptz NOT NULL,
    -- Its Message-ID, the same at each attempt.
    own_id text NOT NULL,
    in_reply_to text,
    referred_ids text[] NOT NULL,
    quoted_id uuid,
    state text NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    -- Attempts that the mail server answered with "later"; a server that is away does not count.
    refusals integer NOT NULL DEFAULT 0,
    -- When it is tried, or its lease ends; on real time, as everything about attempts.
    next_try_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    lease uuid,
    settled_at timestamptz,
    problem text,
    CONSTRAINT outgoing_mails_pkey PRIMARY KEY (id),
    CONSTRAINT outgoing_mails_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES contacts(id),
    CONSTRAINT outgoing_mails_message_id_fkey FOREIGN KEY (message_id) REFERENCES messages(id),
    CONSTRAINT outgoing_mails_notice_id_fkey FOREIGN KEY (notice_id) REFERENCES notices(id),
    CONSTRAINT outgoing_mails_partner_id_fkey FOREIGN KEY (partner_id) REFERENCES partners(id),
    CONSTRAINT outgoing_mails_quoted_id_fkey FOREIGN KEY (quoted_id) REFERENCES messages(id),
    CONSTRAINT outgoing_mails_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES tickets(id),
    CONSTRAINT ck_outgoing_mails_recipient
        CHECK (num_nonnulls(contact_id, partner_id) = 1 AND (purpose = 'partner') = (partner_id IS
            NOT NULL)),
    CONSTRAINT ck_outgoing_mails_settled CHECK ((state = 'waiting') = (settled_at IS NULL)),
    CONSTRAINT ck_outgoing_mails_subject
        CHECK ((purpose = 'notice') = (notice_id IS NOT NULL) AND (message_id IS NULL) = (notice_id
            IS NOT NULL) AND (ticket_id IS NULL) = (notice_id IS NOT NULL)),
    CONSTRAINT outgoing_mails_purpose_check
        CHECK (purpose IN ('answer', 'receipt', 'partner', 'notice')),
    CONSTRAINT outgoing_mails_state_check
        CHECK (state IN ('waiting', 'sent', 'failed', 'bounced', 'cancelled', 'withheld'))
);
CREATE INDEX ix_outgoing_mails_contact ON outgoing_mails (contact_id, planned_at);
CREATE INDEX ix_outgoing_mails_message ON outgoing_mails (message_id);
CREATE INDEX ix_outgoing_mails_notice ON outgoing_mails (notice_id) WHERE notice_id IS NOT NULL;
CREATE INDEX ix_outgoing_mails_ticket ON outgoing_mails (ticket_id, contact_id);
CREATE INDEX ix_outgoing_mails_waiting ON outgoing_mails (next_try_at) WHERE state = 'waiting';
CREATE UNIQUE INDEX uq_outgoing_mails_receipt ON outgoing_mails (ticket_id)
    WHERE purpose = 'receipt';

CREATE TABLE overdue_second_eyes (
    id uuid NOT NULL,
    kind text NOT NULL,
    -- The id that the list of waits gives it.
    waiting_id text NOT NULL,
    key text NOT NULL,
    customer text,
    since timestamptz NOT NULL,
    announced_at timestamptz NOT NULL,
    given_at timestamptz,
    sequence bigint NOT NULL,
    CONSTRAINT overdue_second_eyes_pkey PRIMARY KEY (id)
);
CREATE INDEX ix_overdue_second_eyes_given ON overdue_second_eyes (given_at)
    WHERE given_at IS NOT NULL;
CREATE UNIQUE INDEX uq_overdue_second_eyes_open ON overdue_second_eyes (kind, waiting_id)
    WHERE given_at IS NULL;

CREATE TABLE partners (
    id uuid NOT NULL,
    key text NOT NULL,
    name text NOT NULL,
    timezone text NOT NULL,
    email text,
    retired boolean NOT NULL DEFAULT false,
    sequence bigint NOT NULL,
    CONSTRAINT partners_pkey PRIMARY KEY (id),
    CONSTRAINT partners_key_key UNIQUE (key)
);

CREATE TABLE people (
    id uuid NOT NULL,
    sub text NOT NULL,
    name text NOT NULL,
    email text NOT NULL,
    phone text,
    timezone text NOT NULL,
    roles text[] NOT NULL,
    retired boolean NOT NULL DEFAULT false,
    pending_roles text[],
    pending_end boolean,
    pending_by text,
    pending_at timestamptz,
    -- Who asked for the last change that confirmed_by confirmed.
    changed_by text,
    confirmed_by text,
    sequence bigint NOT NULL,
    CONSTRAINT people_pkey PRIMARY KEY (id),
    CONSTRAINT people_email_key UNIQUE (email),
    CONSTRAINT people_sub_key UNIQUE (sub),
    CONSTRAINT ck_people_four_eyes CHECK (confirmed_by <> changed_by),
    CONSTRAINT ck_people_pending
        CHECK (num_nonnulls(pending_roles, pending_end, pending_by, pending_at) IN (0, 4))
);
CREATE INDEX ix_people_pending ON people (pending_at) WHERE pending_by IS NOT NULL;
CREATE TRIGGER two_persons_confirm_person BEFORE INSERT OR UPDATE OF confirmed_by ON people
    FOR EACH ROW WHEN (new.confirmed_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('changed_by', 'confirmed_by');

-- Who of us has read the personal data of a ticket, contact or mail, in which hour. Kept for a
-- time.
CREATE TABLE personal_data_reads (
    subject text NOT NULL,
    who text NOT NULL,
    hour timestamptz NOT NULL,
    CONSTRAINT personal_data_reads_pkey PRIMARY KEY (subject, who, hour)
);
CREATE INDEX ix_personal_data_reads_hour ON personal_data_reads (hour, subject, who);
CREATE INDEX ix_personal_data_reads_who ON personal_data_reads (who, hour);

CREATE TABLE priority_matrices (
    version integer NOT NULL,
    state text NOT NULL,
    cells jsonb NOT NULL,
    requested_by text NOT NULL,
    requested_at timestamptz NOT NULL,
    reason text NOT NULL,
    confirmed_by text,
    effective_at timestamptz,
    CONSTRAINT priority_matrices_pkey PRIMARY KEY (version),
    CONSTRAINT ck_priority_matrices_effective
        CHECK ((state = 'effective') = (effective_at IS NOT NULL)),
    CONSTRAINT ck_priority_matrices_four_eyes CHECK (confirmed_by <> requested_by),
    CONSTRAINT priority_matrices_state_check CHECK (state IN ('pending', 'effective', 'withdrawn')),
    CONSTRAINT priority_matrices_version_check CHECK (version > 0)
);
CREATE UNIQUE INDEX uq_priority_matrices_pending ON priority_matrices (state)
    WHERE state = 'pending';

CREATE OR REPLACE FUNCTION intake.refuse_lower_matrix_by_one()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
DECLARE
    ranks CONSTANT text[] := ARRAY['blocker', 'critical', 'major', 'minor', 'trivial'];
    former jsonb := (SELECT cells FROM priority_matrices
        WHERE effective_at IS NOT NULL AND version < NEW.version ORDER BY version DESC LIMIT 1);
BEGIN
    former := coalesce(former, '{"high/high": "blocker", "high/medium": "critical", "high/low": "major",
        "medium/high": "critical", "medium/medium": "major", "medium/low": "minor",
        "low/high": "major", "low/medium": "minor", "low/low": "trivial"}');
    IF NEW.confirmed_by IS NULL AND EXISTS (
        SELECT FROM jsonb_each_text(NEW.cells) AS cell
        WHERE array_position(ranks, cell.value) > array_position(ranks, former ->> cell.key)
    ) THEN
        RAISE EXCEPTION 'a lower priority needs the person who asked for it and another one'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_priority_matrices_four_eyes';
    END IF;
    RETURN NEW;
END $function$;
CREATE TRIGGER lower_matrix_needs_two BEFORE INSERT OR UPDATE ON priority_matrices
    FOR EACH ROW WHEN (new.effective_at IS NOT NULL)
    EXECUTE FUNCTION refuse_lower_matrix_by_one();
CREATE TRIGGER two_persons_matrix BEFORE INSERT OR UPDATE OF confirmed_by ON priority_matrices
    FOR EACH ROW WHEN (new.confirmed_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('requested_by', 'confirmed_by');

CREATE TABLE problem_incidents (
    problem_id uuid NOT NULL,
    ticket_id uuid NOT NULL,
    linked_by text NOT NULL,
    linked_at timestamptz NOT NULL,
    CONSTRAINT problem_incidents_pkey PRIMARY KEY (problem_id, ticket_id),
    CONSTRAINT problem_incidents_problem_id_fkey
        FOREIGN KEY (problem_id) REFERENCES problems(ticket_id),
    CONSTRAINT problem_incidents_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES tickets(id)
);
CREATE INDEX ix_problem_incidents_ticket ON problem_incidents (ticket_id);

CREATE TABLE problems (
    ticket_id uuid NOT NULL,
    symptoms text NOT NULL,
    state text NOT NULL,
    method text,
    cause_steps jsonb NOT NULL,
    root_cause text,
    cause_by text,
    cause_at timestamptz,
    workaround text,
    workaround_by text,
    workaround_at timestamptz,
    change_request_id uuid,
    fix_by text,
    fix_at timestamptz,
    backlog_reference text,
    backlog_by text,
    staging_checked text,
    staging_verified_by text,
    staging_verified_at timestamptz,
    production_checked text,
    production_verified_by text,
    production_verified_at timestamptz,
    given_up_reason text,
    given_up_by text,
    given_up_at timestamptz,
    given_up_confirmed_by text,
    given_up_confirmed_at timestamptz,
    words tsvector GENERATED ALWAYS AS (to_tsvector('simple'::regconfig, (((symptoms || ' ') || COALESCE(root_cause, '')) || ' ') || COALESCE(workaround, ''))) STORED,
    CONSTRAINT problems_pkey PRIMARY KEY (ticket_id),
    CONSTRAINT problems_change_request_id_fkey
        FOREIGN KEY (change_request_id) REFERENCES tickets(id),
    CONSTRAINT problems_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES tickets(id),
    CONSTRAINT ck_problems_fix
        CHECK ((state NOT IN ('fix_requested', 'fixed')) OR change_request_id IS NOT NULL AND
            fix_by IS NOT NULL),
    CONSTRAINT ck_problems_fixed
        CHECK (state <> 'fixed' OR staging_verified_by IS NOT NULL AND production_verified_by IS
            NOT NULL),
    CONSTRAINT ck_problems_four_eyes
        CHECK (staging_verified_by <> fix_by AND production_verified_by <> fix_by),
    CONSTRAINT ck_problems_given_up
        CHECK ((num_nonnulls(given_up_reason, given_up_by, given_up_at) IN (0, 3)) AND
            (num_nonnulls(given_up_confirmed_by, given_up_confirmed_at) IN (0, 2)) AND
            (given_up_confirmed_by IS NULL OR given_up_by IS NOT NULL)),
    CONSTRAINT ck_problems_given_up_four_eyes CHECK (given_up_confirmed_by <> given_up_by),
    CONSTRAINT ck_problems_known_error
        CHECK (state = 'investigating' OR root_cause IS NOT NULL AND workaround IS NOT NULL),
    CONSTRAINT problems_method_check CHECK (method IN ('five_whys', 'timeline')),
    CONSTRAINT problems_state_check
        CHECK (state IN ('investigating', 'known_error', 'fix_requested', 'fixed'))
);
CREATE INDEX ix_problems_fix_requested ON problems (ticket_id) WHERE state = 'fix_requested';
CREATE INDEX ix_problems_to_give_up ON problems (ticket_id)
    WHERE given_up_at IS NOT NULL AND given_up_confirmed_at IS NULL;
CREATE INDEX ix_problems_words ON problems USING gin (words) WHERE workaround IS NOT NULL;
CREATE TRIGGER two_persons_give_up_problem BEFORE INSERT OR UPDATE OF given_up_confirmed_by ON
    problems
    FOR EACH ROW WHEN (new.given_up_confirmed_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('given_up_by', 'given_up_confirmed_by');
CREATE TRIGGER two_persons_verify_in_production BEFORE INSERT OR UPDATE OF production_verified_by
    ON problems
    FOR EACH ROW WHEN (new.production_verified_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('fix_by', 'production_verified_by');
CREATE TRIGGER two_persons_verify_on_staging BEFORE INSERT OR UPDATE OF staging_verified_by ON
    problems
    FOR EACH ROW WHEN (new.staging_verified_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('fix_by', 'staging_verified_by');

-- Clocks of sla that run or are paused; a clock that ends leaves.
CREATE TABLE promises (
    clock_id uuid NOT NULL,
    ticket_id uuid NOT NULL,
    metric text NOT NULL,
    contract text NOT NULL,
    partner text,
    -- Null while the clock is paused.
    due_at timestamptz,
    sequence bigint NOT NULL,
    CONSTRAINT promises_pkey PRIMARY KEY (clock_id),
    CONSTRAINT promises_contract_check CHECK (contract IN ('sla', 'ola', 'uc'))
);
CREATE INDEX ix_promises_ticket ON promises (ticket_id, due_at);

CREATE TABLE queue_entries (
    ticket_id uuid NOT NULL,
    kind text NOT NULL,
    priority text NOT NULL,
    state text NOT NULL,
    customer_id uuid,
    environment_id uuid,
    assignee text,
    team text,
    -- Never null, so that an index can begin at any place: the year 9999 where nothing is due.
    due_at timestamptz NOT NULL,
    metric text,
    contract text,
    partner text,
    CONSTRAINT queue_entries_pkey PRIMARY KEY (ticket_id),
    CONSTRAINT queue_entries_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES tickets(id),
    CONSTRAINT ck_queue_entries_promise CHECK ((metric IS NULL) = (contract IS NULL))
) WITH (fillfactor = 85);
CREATE INDEX ix_queue_entries_assignee ON queue_entries (assignee, due_at, ticket_id);
CREATE INDEX ix_queue_entries_customer ON queue_entries (customer_id, due_at, ticket_id);
CREATE INDEX ix_queue_entries_due ON queue_entries (due_at, ticket_id);
CREATE INDEX ix_queue_entries_team ON queue_entries (team, due_at, ticket_id);

-- Why somebody acted, in their own words: kept until it is erased. The audit trail names them
-- by digest.
CREATE TABLE reasons (
    digest text NOT NULL,
    subject text NOT NULL,
    who text NOT NULL,
    at timestamptz NOT NULL,
    words text NOT NULL,
    salt bytea NOT NULL,
    CONSTRAINT reasons_pkey PRIMARY KEY (digest),
    CONSTRAINT ck_reasons_digest
        CHECK (digest = ('sha256:' || encode(sha256(salt || convert_to(words, 'UTF8'::name)),
            'hex'))),
    CONSTRAINT reasons_salt_check CHECK (length(salt) = 32),
    CONSTRAINT reasons_words_check CHECK (words <> '')
);
CREATE INDEX ix_reasons_subject ON reasons (subject);
CREATE INDEX ix_reasons_who ON reasons (who);
GRANT INSERT ON reasons TO opsdesk_intake_contact;
ALTER TABLE reasons FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON reasons TO opsdesk_intake_contact USING ((EXISTS ( SELECT FROM
    tickets WHERE (tickets.id = CASE WHEN (reasons.subject ~~ 'ticket/%') THEN
    (substr(reasons.subject, 8))::uuid ELSE NULL::uuid END))));
CREATE POLICY of_the_service ON reasons TO opsdesk_intake, opsdesk_intake_owner USING (true);

CREATE TABLE request_forms (
    id uuid NOT NULL,
    key text NOT NULL,
    version bigint NOT NULL,
    title text NOT NULL,
    description text,
    language text NOT NULL,
    service text,
    kind text NOT NULL,
    schema jsonb NOT NULL,
    -- The version that is filled in from now on; none of a form that is offered no more.
    is_current boolean NOT NULL,
    made_by text NOT NULL,
    made_at timestamptz NOT NULL,
    CONSTRAINT request_forms_pkey PRIMARY KEY (id),
    CONSTRAINT request_forms_key_version_key UNIQUE (key, version),
    CONSTRAINT request_forms_kind_check
        CHECK (kind IN ('incident', 'service_request', 'problem', 'question')),
    CONSTRAINT request_forms_schema_check CHECK (jsonb_typeof(schema) = 'object'),
    CONSTRAINT request_forms_version_check CHECK (version > 0)
);
CREATE UNIQUE INDEX uq_request_forms_current ON request_forms (key) WHERE is_current;
GRANT SELECT ON request_forms TO opsdesk_intake_contact;
ALTER TABLE request_forms FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON request_forms TO opsdesk_intake_contact USING (((service IS NULL)
    OR (EXISTS ( SELECT FROM services WHERE (services.key = request_forms.service)))));
CREATE POLICY of_the_service ON request_forms TO opsdesk_intake, opsdesk_intake_owner USING (true);

CREATE TABLE responsibilities (
    role text NOT NULL,
    -- The key of the customer (dm), or of the service that the product provides (po).
    subject text NOT NULL,
    person text NOT NULL,
    deputies text[] NOT NULL,
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL,
    CONSTRAINT responsibilities_pkey PRIMARY KEY (role, subject),
    CONSTRAINT ck_responsibilities_deputies CHECK (person <> ALL (deputies)),
    CONSTRAINT responsibilities_role_check CHECK (role IN ('dm', 'po'))
);

CREATE TABLE saved_views (
    id uuid NOT NULL,
    owner text NOT NULL,
    name text NOT NULL,
    shared boolean NOT NULL,
    list text NOT NULL,
    query jsonb NOT NULL,
    saved_at timestamptz NOT NULL,
    CONSTRAINT saved_views_pkey PRIMARY KEY (id),
    CONSTRAINT uq_saved_views_name UNIQUE (owner, name),
    CONSTRAINT saved_views_list_check CHECK (list IN ('queue', 'tickets')),
    CONSTRAINT saved_views_name_check CHECK (name <> '')
);
CREATE INDEX ix_saved_views_shared ON saved_views (id) WHERE shared;

CREATE TABLE services (
    id uuid NOT NULL,
    key text NOT NULL,
    sold_to text[] NOT NULL,
    retired boolean NOT NULL,
    sequence bigint NOT NULL,
    CONSTRAINT services_pkey PRIMARY KEY (id),
    CONSTRAINT services_key_key UNIQUE (key)
);
GRANT SELECT ON services TO opsdesk_intake_contact;
ALTER TABLE services FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON services TO opsdesk_intake_contact USING ((( SELECT
    current_setting('opsdesk.customer', true) AS current_setting) = ANY (sold_to)));
CREATE POLICY of_the_service ON services TO opsdesk_intake, opsdesk_intake_owner USING (true);

-- What lies in the storage. A row is locked while its bytes are deleted, and goes with them.
CREATE TABLE stored_files (
    digest text NOT NULL,
    size bigint NOT NULL,
    first_uploaded_at timestamptz NOT NULL,
    CONSTRAINT stored_files_pkey PRIMARY KEY (digest),
    CONSTRAINT stored_files_digest_check CHECK (digest ~ '^[0-9a-f]{64}$')
);

CREATE TABLE teams (
    id uuid NOT NULL,
    key text NOT NULL,
    name text NOT NULL,
    members text[] NOT NULL,
    created_by text NOT NULL,
    sequence bigint NOT NULL,
    CONSTRAINT teams_pkey PRIMARY KEY (id),
    CONSTRAINT teams_key_key UNIQUE (key)
);

CREATE TABLE ticket_documents (
    ticket_id uuid NOT NULL,
    -- A ticket without internal notes has one document for everybody; else one for contacts,
    -- without them, and one for staff.
    audience text NOT NULL,
    customer_id uuid,
    words tsvector NOT NULL,
    CONSTRAINT ticket_documents_pkey PRIMARY KEY (ticket_id, audience),
    CONSTRAINT ticket_documents_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES tickets(id),
    CONSTRAINT ticket_documents_audience_check
        CHECK (audience IN ('everybody', 'contacts', 'staff'))
);
CREATE INDEX ix_ticket_documents_customer ON ticket_documents (customer_id, ticket_id);
CREATE INDEX ix_ticket_documents_words ON ticket_documents USING gin (words);

CREATE TABLE ticket_feedback (
    id uuid NOT NULL,
    ticket_id uuid NOT NULL,
    solved boolean NOT NULL,
    rating smallint,
    message_id uuid,
    given_by text NOT NULL,
    given_at timestamptz NOT NULL,
    CONSTRAINT ticket_feedback_pkey PRIMARY KEY (id),
    CONSTRAINT ticket_feedback_message_id_fkey FOREIGN KEY (message_id) REFERENCES messages(id),
    CONSTRAINT ticket_feedback_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES tickets(id),
    CONSTRAINT ticket_feedback_rating_check CHECK (rating >= 1 AND rating <= 5)
);
CREATE INDEX ix_ticket_feedback_ticket ON ticket_feedback (ticket_id, id);
GRANT INSERT, SELECT ON ticket_feedback TO opsdesk_intake_contact;
ALTER TABLE ticket_feedback FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON ticket_feedback TO opsdesk_intake_contact USING ((EXISTS ( SELECT
    FROM tickets WHERE (tickets.id = ticket_feedback.ticket_id))));
CREATE POLICY of_the_service ON ticket_feedback TO opsdesk_intake, opsdesk_intake_owner USING
    (true);

CREATE TABLE ticket_links (
    id uuid NOT NULL,
    ticket_id uuid NOT NULL,
    kind text NOT NULL,
    other_id uuid NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT ticket_links_pkey PRIMARY KEY (id),
    CONSTRAINT uq_ticket_links UNIQUE (ticket_id, kind, other_id),
    CONSTRAINT ticket_links_other_id_fkey FOREIGN KEY (other_id) REFERENCES tickets(id),
    CONSTRAINT ticket_links_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES tickets(id),
    CONSTRAINT ck_ticket_links_itself CHECK (ticket_id <> other_id),
    CONSTRAINT ticket_links_kind_check
        CHECK (kind IN ('child_of', 'caused_by', 'duplicates', 'blocks', 'split_from', 'follows'))
);
CREATE INDEX ix_ticket_links_other ON ticket_links (other_id);
CREATE UNIQUE INDEX uq_ticket_links_one ON ticket_links (ticket_id, kind)
    WHERE kind IN ('child_of', 'duplicates');
GRANT INSERT, SELECT ON ticket_links TO opsdesk_intake_contact;
ALTER TABLE ticket_links FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON ticket_links TO opsdesk_intake_contact USING (((EXISTS ( SELECT
    FROM tickets WHERE (tickets.id = ticket_links.ticket_id))) AND (EXISTS ( SELECT FROM tickets
    WHERE (tickets.id = ticket_links.other_id)))));
CREATE POLICY of_the_service ON ticket_links TO opsdesk_intake, opsdesk_intake_owner USING (true);

CREATE TABLE ticket_watchers (
    id uuid NOT NULL,
    ticket_id uuid NOT NULL,
    person text,
    contact_id uuid,
    added_by text NOT NULL,
    added_at timestamptz NOT NULL,
    CONSTRAINT ticket_watchers_pkey PRIMARY KEY (id),
    CONSTRAINT ticket_watchers_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES contacts(id),
    CONSTRAINT ticket_watchers_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES tickets(id),
    CONSTRAINT ck_ticket_watchers_one CHECK (num_nonnulls(person, contact_id) = 1)
);
CREATE INDEX ix_ticket_watchers_person ON ticket_watchers (person, ticket_id)
    WHERE person IS NOT NULL;
CREATE UNIQUE INDEX uq_ticket_watchers_contact ON ticket_watchers (ticket_id, contact_id)
    WHERE contact_id IS NOT NULL;
CREATE UNIQUE INDEX uq_ticket_watchers_person ON ticket_watchers (ticket_id, person)
    WHERE person IS NOT NULL;
GRANT DELETE, INSERT, SELECT ON ticket_watchers TO opsdesk_intake_contact;
ALTER TABLE ticket_watchers FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON ticket_watchers TO opsdesk_intake_contact USING (((contact_id IS
    NOT NULL) AND (EXISTS ( SELECT FROM tickets WHERE (tickets.id = ticket_watchers.ticket_id)))));
CREATE POLICY of_the_service ON ticket_watchers TO opsdesk_intake, opsdesk_intake_owner USING
    (true);

CREATE TABLE tickets (
    id uuid NOT NULL,
    number bigint NOT NULL,
    kind text NOT NULL,
    nature text,
    title text NOT NULL,
    description text,
    priority text NOT NULL,
    impact text,
    urgency text,
    priority_by text,
    priority_confirmed_by text,
    blocker_confirmed_by text,
    downgrade_priority text,
    downgrade_impact text,
    downgrade_urgency text,
    downgrade_requested_by text,
    downgrade_requested_at timestamptz,
    downgrade_reason text,
    reclassification_kind text,
    reclassification_nature text,
    reclassification_service text,
    reclassification_requested_by text,
    reclassification_requested_at timestamptz,
    reclassification_reason text,
    reclassified_by text,
    reclassified_confirmed_by text,
    state text NOT NULL,
    waiting_on text,
    waiting_until timestamptz,
    customer_id uuid,
    environment_id uuid,
    service text,
    contact_id uuid,
    -- The e-mail address that a ticket came from, while no contact is known.
    reporter text,
    channel text NOT NULL,
    assignee text,
    team text,
    forwarded_to text,
    partner text,
    opened_at timestamptz NOT NULL,
    opened_by text NOT NULL,
    resolution text,
    resolved_by text,
    resolved_at timestamptz,
    verified_by text,
    verified_at timestamptz,
    closed_at timestamptz,
    reopenable_until timestamptz,
    -- When it last came back after it was resolved: what was delivered before does not close it
    -- again.
    reopened_at timestamptz,
    merged_into uuid,
    unmerge_requested_by text,
    unmerge_requested_at timestamptz,
    unmerge_reason text,
    unmerged_by text,
    unmerged_confirmed_by text,
    suggested_priority text,
    detected_by text,
    tags text[] NOT NULL DEFAULT '{}'::text[],
    detection_detected_by text,
    detection_requested_by text,
    detection_requested_at timestamptz,
    detection_reason text,
    detection_corrected_by text,
    detection_confirmed_by text,
    sequence bigint NOT NULL,
    CONSTRAINT tickets_pkey PRIMARY KEY (id),
    CONSTRAINT tickets_number_key UNIQUE (number),
    CONSTRAINT tickets_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES contacts(id),
    CONSTRAINT tickets_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(id),
    CONSTRAINT tickets_environment_id_fkey FOREIGN KEY (environment_id) REFERENCES environments(id),
    CONSTRAINT tickets_merged_into_fkey FOREIGN KEY (merged_into) REFERENCES tickets(id),
    CONSTRAINT ck_tickets_classification_four_eyes
        CHECK (reclassified_confirmed_by IS NULL OR reclassified_by IS NOT NULL AND
            reclassified_confirmed_by <> reclassified_by),
    CONSTRAINT ck_tickets_detection_four_eyes
        CHECK (detection_confirmed_by IS NULL OR detection_corrected_by IS NOT NULL AND
            detection_confirmed_by <> detection_corrected_by),
    CONSTRAINT ck_tickets_four_eyes
        CHECK (verified_by IS NULL OR resolved_by IS NOT NULL AND verified_by <> resolved_by),
    CONSTRAINT ck_tickets_merged
        CHECK ((state = 'merged') = (merged_into IS NOT NULL) AND merged_into <> id),
    CONSTRAINT ck_tickets_nature CHECK (nature IS NULL OR kind = 'change_request'),
    CONSTRAINT ck_tickets_priority_four_eyes
        CHECK (priority_confirmed_by IS NULL OR priority_by IS NOT NULL AND priority_confirmed_by
            <> priority_by),
    CONSTRAINT ck_tickets_resolved
        CHECK ((state NOT IN ('resolved', 'verified', 'closed')) OR resolved_by IS NOT NULL AND
            resolved_at IS NOT NULL),
    CONSTRAINT ck_tickets_unmerge_four_eyes
        CHECK (unmerged_confirmed_by IS NULL OR unmerged_by IS NOT NULL AND unmerged_confirmed_by
            <> unmerged_by),
    CONSTRAINT ck_tickets_verified
        CHECK ((state NOT IN ('verified', 'closed')) OR verified_by IS NOT NULL AND verified_at IS
            NOT NULL),
    CONSTRAINT ck_tickets_waiting_until
        CHECK ((waiting_until IS NOT NULL) = (NOT waiting_on IS DISTINCT FROM 'date')),
    CONSTRAINT tickets_detected_by_check CHECK (detected_by IN ('customer', 'monitoring', 'ops')),
    CONSTRAINT tickets_kind_check
        CHECK (kind IN ('incident', 'service_request', 'change_request', 'problem', 'question')),
    CONSTRAINT tickets_nature_check
        CHECK (nature IN ('corrective', 'adaptive', 'perfective', 'preventive')),
    CONSTRAINT tickets_priority_check
        CHECK (priority IN ('blocker', 'critical', 'major', 'minor', 'trivial')),
    CONSTRAINT tickets_sequence_check CHECK (sequence > 0),
    CONSTRAINT tickets_state_check
        CHECK (state IN ('new', 'in_progress', 'on_hold', 'forwarded', 'resolved', 'verified',
            'closed', 'reopened', 'merged')),
    CONSTRAINT tickets_suggested_priority_check
        CHECK (suggested_priority IN ('blocker', 'critical', 'major', 'minor', 'trivial'))
) WITH (fillfactor = 85);
CREATE INDEX ix_tickets_assignee ON tickets (assignee, id) WHERE assignee IS NOT NULL;
CREATE INDEX ix_tickets_contact ON tickets (contact_id, id) WHERE contact_id IS NOT NULL;
CREATE INDEX ix_tickets_contact_open ON tickets (contact_id)
    WHERE state IN ('new', 'in_progress', 'on_hold', 'forwarded', 'reopened');
CREATE INDEX ix_tickets_customer ON tickets (customer_id, id);
CREATE INDEX ix_tickets_detection_to_confirm ON tickets (detection_requested_at, id)
    WHERE detection_requested_by IS NOT NULL;
CREATE INDEX ix_tickets_environment ON tickets (environment_id) WHERE priority = 'blocker';
CREATE INDEX ix_tickets_merged ON tickets (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX ix_tickets_open ON tickets (id)
    WHERE state IN ('new', 'in_progress', 'on_hold', 'forwarded', 'reopened');
CREATE INDEX ix_tickets_open_changes ON tickets (id)
    WHERE kind = 'change_request' AND (state NOT IN ('closed', 'merged'));
CREATE INDEX ix_tickets_reporter ON tickets (reporter) WHERE reporter IS NOT NULL;
CREATE INDEX ix_tickets_tags ON tickets USING gin (tags) WHERE tags <> '{}'::text[];
CREATE INDEX ix_tickets_to_lower ON tickets (downgrade_requested_at, id)
    WHERE downgrade_requested_by IS NOT NULL;
CREATE INDEX ix_tickets_to_reclassify ON tickets (reclassification_requested_at, id)
    WHERE reclassification_requested_by IS NOT NULL;
CREATE INDEX ix_tickets_to_unmerge ON tickets (unmerge_requested_at, id)
    WHERE unmerge_requested_by IS NOT NULL;
CREATE INDEX ix_tickets_to_verify ON tickets (resolved_at, id) WHERE state = 'resolved';
CREATE INDEX ix_tickets_unconfirmed_blocker ON tickets (opened_at, id)
    WHERE priority = 'blocker' AND blocker_confirmed_by IS NULL;
GRANT INSERT, SELECT, UPDATE ON tickets TO opsdesk_intake_contact;
ALTER TABLE tickets FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON tickets TO opsdesk_intake_contact USING ((customer_id = ( SELECT
    own_customer() AS own_customer)));
CREATE POLICY of_the_service ON tickets TO opsdesk_intake, opsdesk_intake_owner USING (true);

CREATE OR REPLACE FUNCTION intake.refuse_undelivered_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF NOT EXISTS (SELECT FROM change_requests WHERE ticket_id = NEW.id
        AND greatest(delivered_at, no_environment_confirmed_at) > coalesce(NEW.reopened_at, '-infinity'))
    THEN
        RAISE EXCEPTION 'a change request closes through a delivery, or on the word of two people'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_tickets_change_delivered';
    END IF;
    RETURN NEW;
END $function$;
CREATE TRIGGER change_closes_delivered BEFORE UPDATE OF state ON tickets
    FOR EACH ROW WHEN (new.kind = 'change_request' AND new.state = 'closed' AND old.state <>
        'closed')
    EXECUTE FUNCTION refuse_undelivered_change();

CREATE OR REPLACE FUNCTION intake.refuse_detection_by_one()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF OLD.detection_requested_by IS NULL
        OR NEW.detected_by IS DISTINCT FROM OLD.detection_detected_by
        OR NEW.detection_corrected_by IS DISTINCT FROM OLD.detection_requested_by
        OR NEW.detection_confirmed_by IS NULL
        OR NEW.detection_confirmed_by = OLD.detection_requested_by
    THEN
        RAISE EXCEPTION 'that not the customer found it takes the person who says so and another one'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_tickets_detection_four_eyes';
    END IF;
    RETURN NEW;
END $function$;
CREATE TRIGGER detection_needs_two BEFORE UPDATE OF detected_by ON tickets
    FOR EACH ROW WHEN (old.detected_by = 'customer' AND new.detected_by IS DISTINCT FROM
        old.detected_by)
    EXECUTE FUNCTION refuse_detection_by_one();

CREATE OR REPLACE FUNCTION intake.refuse_downgrade_by_one()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
DECLARE
    ranks CONSTANT text[] := ARRAY['blocker', 'critical', 'major', 'minor', 'trivial'];
BEGIN
    IF array_position(ranks, NEW.priority) > array_position(ranks, OLD.priority) AND (
        OLD.downgrade_priority IS DISTINCT FROM NEW.priority
        OR OLD.downgrade_requested_by IS DISTINCT FROM NEW.priority_by
        OR NEW.priority_confirmed_by IS NULL
        OR NEW.priority_confirmed_by = OLD.downgrade_requested_by
    ) THEN
        RAISE EXCEPTION 'a lower priority needs the person who asked for it and another one'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_tickets_priority_four_eyes';
    END IF;
    RETURN NEW;
END $function$;
CREATE TRIGGER downgrade_needs_two BEFORE UPDATE OF priority ON tickets
    FOR EACH ROW WHEN (new.priority <> old.priority)
    EXECUTE FUNCTION refuse_downgrade_by_one();

CREATE OR REPLACE FUNCTION intake.send_fields_to_links()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'intake'
AS $function$
BEGIN
    INSERT INTO linked_sends (link_id, kind)
    SELECT linked_tickets.id, 'fields' FROM merged_family(NEW.id) AS family (id)
    JOIN linked_tickets ON linked_tickets.ticket_id = family.id
    WHERE linked_tickets.state <> 'ended'
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $function$;
CREATE TRIGGER fields_to_links AFTER UPDATE OF state, priority ON tickets
    FOR EACH ROW WHEN (new.state <> old.state OR new.priority <> old.priority)
    EXECUTE FUNCTION send_fields_to_links();

CREATE OR REPLACE FUNCTION intake.follow_ticket_in_queue()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'intake', 'pg_temp'
AS $function$
BEGIN
    IF NEW.state IN ('new', 'in_progress', 'on_hold', 'forwarded', 'reopened') THEN
        INSERT INTO queue_entries SELECT * FROM queue_rows(ARRAY[NEW.id])
        ON CONFLICT (ticket_id) DO UPDATE SET kind = NEW.kind, priority = NEW.priority,
            state = NEW.state, customer_id = NEW.customer_id, environment_id = NEW.environment_id,
            assignee = NEW.assignee, team = NEW.team;
    ELSE
        DELETE FROM queue_entries WHERE ticket_id = NEW.id;
    END IF;
    RETURN NULL;
END $function$;
CREATE TRIGGER followed_in_queue AFTER UPDATE OF kind, priority, state, customer_id,
    environment_id, assignee, team ON tickets
    FOR EACH ROW WHEN (new.kind IS DISTINCT FROM old.kind OR new.priority IS DISTINCT FROM
        old.priority OR new.state IS DISTINCT FROM old.state OR new.customer_id IS DISTINCT FROM
        old.customer_id OR new.environment_id IS DISTINCT FROM old.environment_id OR new.assignee
        IS DISTINCT FROM old.assignee OR new.team IS DISTINCT FROM old.team)
    EXECUTE FUNCTION follow_ticket_in_queue();

CREATE OR REPLACE FUNCTION intake.refuse_unsettled_problem()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF EXISTS (SELECT FROM problems WHERE ticket_id = NEW.id AND state <> 'fixed'
        AND (given_up_confirmed_at IS NULL
            OR given_up_confirmed_at <= coalesce(NEW.reopened_at, '-infinity')))
    THEN
        RAISE EXCEPTION 'a problem closes with its fix, or on the word of two people'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_tickets_problem_settled';
    END IF;
    RETURN NEW;
END $function$;
CREATE TRIGGER problem_closes_settled BEFORE UPDATE OF state ON tickets
    FOR EACH ROW WHEN (new.kind = 'problem' AND new.state = 'closed' AND old.state <> 'closed')
    EXECUTE FUNCTION refuse_unsettled_problem();

CREATE OR REPLACE FUNCTION intake.refuse_reclassification_by_one()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF OLD.reclassification_requested_by IS NULL
        OR NEW.kind IS DISTINCT FROM coalesce(OLD.reclassification_kind, OLD.kind)
        OR NEW.service IS DISTINCT FROM coalesce(OLD.reclassification_service, OLD.service)
        OR NEW.reclassified_by IS DISTINCT FROM OLD.reclassification_requested_by
        OR NEW.reclassified_confirmed_by IS NULL
        OR NEW.reclassified_confirmed_by = OLD.reclassification_requested_by
    THEN
        RAISE EXCEPTION 'what a ticket is takes the person who asked for it and another one'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_tickets_classification_four_eyes';
    END IF;
    RETURN NEW;
END $function$;
CREATE TRIGGER reclassification_needs_two BEFORE UPDATE OF kind, service ON tickets
    FOR EACH ROW WHEN (new.kind <> old.kind OR new.service IS DISTINCT FROM old.service)
    EXECUTE FUNCTION refuse_reclassification_by_one();
CREATE TRIGGER two_persons_blocker BEFORE UPDATE OF blocker_confirmed_by ON tickets
    FOR EACH ROW WHEN (new.blocker_confirmed_by IS DISTINCT FROM old.blocker_confirmed_by)
    EXECUTE FUNCTION refuse_one_person('opened_by', 'blocker_confirmed_by', 'also one account');
CREATE TRIGGER two_persons_detection BEFORE INSERT OR UPDATE OF detection_confirmed_by ON tickets
    FOR EACH ROW WHEN (new.detection_confirmed_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('detection_corrected_by', 'detection_confirmed_by');
CREATE TRIGGER two_persons_lower BEFORE INSERT OR UPDATE OF priority_confirmed_by ON tickets
    FOR EACH ROW WHEN (new.priority_confirmed_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('priority_by', 'priority_confirmed_by');
CREATE TRIGGER two_persons_reclassify BEFORE INSERT OR UPDATE OF reclassified_confirmed_by ON
    tickets
    FOR EACH ROW WHEN (new.reclassified_confirmed_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('reclassified_by', 'reclassified_confirmed_by');
CREATE TRIGGER two_persons_unmerge BEFORE INSERT OR UPDATE OF unmerged_confirmed_by ON tickets
    FOR EACH ROW WHEN (new.unmerged_confirmed_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('unmerged_by', 'unmerged_confirmed_by');
CREATE TRIGGER two_persons_verify BEFORE INSERT OR UPDATE OF verified_by ON tickets
    FOR EACH ROW WHEN (new.verified_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('resolved_by', 'verified_by');

CREATE OR REPLACE FUNCTION intake.refuse_unmerge_by_one()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF OLD.unmerge_requested_by IS NULL
        OR NEW.unmerged_by IS DISTINCT FROM OLD.unmerge_requested_by
        OR NEW.unmerged_confirmed_by IS NULL
        OR NEW.unmerged_confirmed_by = OLD.unmerge_requested_by
    THEN
        RAISE EXCEPTION 'to separate merged tickets takes the person who asked for it and another one'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_tickets_unmerge_four_eyes';
    END IF;
    RETURN NEW;
END $function$;
CREATE TRIGGER unmerge_needs_two BEFORE UPDATE OF merged_into ON tickets
    FOR EACH ROW WHEN (old.merged_into IS NOT NULL AND new.merged_into IS DISTINCT FROM
        old.merged_into)
    EXECUTE FUNCTION refuse_unmerge_by_one();
CREATE TRIGGER words_changed AFTER UPDATE OF title, description, resolution, customer_id ON tickets
    FOR EACH ROW WHEN (new.title IS DISTINCT FROM old.title OR new.description IS DISTINCT FROM
        old.description OR new.resolution IS DISTINCT FROM old.resolution OR new.customer_id IS
        DISTINCT FROM old.customer_id)
    EXECUTE FUNCTION note_document_change();

CREATE TABLE token_revocations (
    id uuid NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    issued_until timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_by text NOT NULL,
    sequence bigint NOT NULL,
    CONSTRAINT token_revocations_pkey PRIMARY KEY (id),
    CONSTRAINT token_revocations_kind_check CHECK (kind IN ('token', 'person', 'client'))
);

CREATE TABLE uploads (
    id uuid NOT NULL,
    digest text NOT NULL,
    name text NOT NULL,
    media_type text NOT NULL,
    size bigint NOT NULL,
    uploaded_by text NOT NULL,
    uploaded_at timestamptz NOT NULL,
    -- When its bytes were in the storage; null while they are on the way.
    ready_at timestamptz,
    -- The customer whose contact uploaded it; null for staff and machines.
    customer_id uuid,
    ticket_id uuid,
    -- The message that carries it; null for one that waits to be used.
    message_id uuid,
    CONSTRAINT uploads_pkey PRIMARY KEY (id),
    CONSTRAINT uploads_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(id),
    CONSTRAINT uploads_digest_fkey FOREIGN KEY (digest) REFERENCES stored_files(digest),
    CONSTRAINT uploads_message_id_fkey FOREIGN KEY (message_id) REFERENCES messages(id),
    CONSTRAINT uploads_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES tickets(id)
);
CREATE INDEX ix_uploads_digest ON uploads (digest);
CREATE INDEX ix_uploads_message ON uploads (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX ix_uploads_unused ON uploads (uploaded_by, uploaded_at) WHERE message_id IS NULL;
CREATE INDEX ix_uploads_unused_age ON uploads (uploaded_at) WHERE message_id IS NULL;
GRANT SELECT, UPDATE ON uploads TO opsdesk_intake_contact;
ALTER TABLE uploads FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON uploads TO opsdesk_intake_contact USING ((customer_id = ( SELECT
    own_customer() AS own_customer)));
CREATE POLICY of_the_service ON uploads TO opsdesk_intake, opsdesk_intake_owner USING (true);

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
REVOKE UPDATE, DELETE ON audit FROM opsdesk_intake;
GRANT INSERT ON audit TO opsdesk_intake_contact;

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
REVOKE UPDATE, DELETE ON audit_leaves FROM opsdesk_intake;

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
REVOKE UPDATE, DELETE ON audit_seals FROM opsdesk_intake;

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
REVOKE INSERT, UPDATE, DELETE ON deployment FROM opsdesk_intake;

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
REVOKE UPDATE, DELETE ON firings FROM opsdesk_intake;

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
GRANT INSERT, SELECT, UPDATE ON idempotency TO opsdesk_intake_contact;
ALTER TABLE idempotency FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_customer ON idempotency TO opsdesk_intake_contact USING ((caller = ( SELECT
    current_setting('opsdesk.caller', true) AS current_setting)));
CREATE POLICY of_the_service ON idempotency TO opsdesk_intake, opsdesk_intake_owner USING (true);

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
GRANT INSERT ON outbox TO opsdesk_intake_contact;

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
GRANT SELECT ON simulated_time TO opsdesk_intake_contact;

-- Services that told one sequence twice; their records wait until a person has decided.
CREATE TABLE stopped_sources (
    source text NOT NULL,
    stopped_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    subject text NOT NULL,
    sequence bigint NOT NULL,
    CONSTRAINT stopped_sources_pkey PRIMARY KEY (source)
);

-- The service's clock, intake.now() RETURNS timestamptz: `migrate` gives it the form that the
-- settings ask for (common.simulated_time).

-- Views for reports, which opsdesk_reporting reads
-- ------------------------------------------------

-- Tickets in their present state: one row each.
CREATE VIEW reporting.intake_tickets AS SELECT
    -- uuid: id of the ticket, the same in every service
    tickets.id AS ticket_id,
    -- text: key of the ticket: OPS-1042
    'OPS-' || tickets.number AS ticket,
    -- uuid: id of the customer; null while the ticket waits for triage
    tickets.customer_id AS customer_id,
    -- text: key of the customer
    customers.key AS customer,
    -- text: key of the environment
    environments.key AS environment,
    -- text: tier of the environment: production, staging, test, development
    environments.tier AS tier,
    -- text: key of the service
    service,
    -- text: incident, service_request, change_request, problem, question
    kind,
    -- text: nature of a change request: corrective, adaptive, perfective, preventive
    nature,
    -- text: present priority: blocker, critical, major, minor, trivial
    priority,
    -- text: high, medium or low; null where the priority was set without it
    impact,
    -- text: high, medium or low; null where the priority was set without it
    urgency,
    -- text: new, in_progress, on_hold, forwarded, resolved, verified, closed, …
    state,
    -- text: customer, partner, second_level or date; null unless on hold
    waiting_on,
    -- text: how it was reported: portal, email, phone, chat, monitoring, staff
    channel,
    -- text: key of the team that has it; null: first level
    team,
    -- text: key of the partner that has it; null unless forwarded to one
    partner,
    -- timestamptz: instant at which the customer asked; may be before the ticket was stored
    opened_at,
    -- timestamptz: instant of its present resolution; null without one
    resolved_at,
    -- timestamptz: instant at which a second person verified the resolution; null before
    verified_at,
    -- timestamptz: instant at which it was closed; null before
    closed_at,
    -- uuid: id of the ticket into which it was merged; null: not merged
    merged_into AS merged_into_id,
    -- bigint: seconds of elapsed time from opening to its present resolution; null without one
    extract(epoch FROM resolved_at - opened_at)::bigint AS resolution_seconds,
    -- bigint: seconds of elapsed time from resolution to verification; null before
    extract(epoch FROM verified_at - resolved_at)::bigint AS verification_seconds,
    -- text: priority that the contact asked for; null without a wish
    suggested_priority,
    -- text: who found it first: customer, monitoring, ops
    detected_by
FROM tickets LEFT JOIN customers ON customers.id = tickets.customer_id LEFT JOIN environments ON
    environments.id = tickets.environment_id;

-- Hand-overs by first level: one row each.
CREATE VIEW reporting.intake_hand_overs AS SELECT
    -- uuid: id of the record
    id AS hand_over_id,
    -- uuid: see intake_tickets
    ticket_id,
    -- timestamptz: instant of the hand-over
    at,
    -- text: second_level or partner
    "to" AS handed_to,
    -- text: key of the partner; null unless it went to one
    partner
FROM hand_overs;

-- Alerts of monitors: one row for each episode, from its start to its end.
CREATE VIEW reporting.intake_alerts AS SELECT
    -- uuid: id of the episode
    alerts.id AS alert_id,
    -- text: sub of the monitor that raised it
    monitor,
    -- text: severity as the monitor names it; null without one
    severity,
    -- uuid: id of the customer; null where the labels name none
    alerts.customer_id AS customer_id,
    -- text: key of the customer
    customers.key AS customer,
    -- text: key of the environment
    environments.key AS environment,
    -- text: key of the service
    service,
    -- uuid: see intake_tickets; null where no ticket was opened for it
    ticket_id,
    -- timestamptz: instant at which the episode started
    started_at,
    -- timestamptz: instant at which the episode ended; null while it lasts
    ended_at,
    -- bigint: seconds of elapsed time from start to end; null while it lasts
    extract(epoch FROM ended_at - started_at)::bigint AS duration_seconds
FROM alerts LEFT JOIN customers ON customers.id = alerts.customer_id LEFT JOIN environments ON
    environments.id = alerts.environment_id;

-- Who found incidents first: one row per month and customer.
CREATE VIEW reporting.intake_detection AS SELECT
    -- text: month of the opening, in UTC: 2030-01
    to_char(opened_at AT TIME ZONE 'UTC', 'YYYY-MM') AS month,
    -- uuid: id of the customer; null in triage
    tickets.customer_id AS customer_id,
    -- text: key of the customer
    customers.key AS customer,
    -- bigint: incidents that were opened
    count(*) AS incidents,
    -- bigint: those that the customer found first
    count(*) FILTER (WHERE detected_by = 'customer') AS found_by_customer,
    -- bigint: those that monitoring found first
    count(*) FILTER (WHERE detected_by = 'monitoring') AS found_by_monitoring,
    -- numeric: share of those that the customer found first, 0 to 1
    round(count(*) FILTER (WHERE detected_by = 'customer')::numeric / count(*), 4) AS found_by_customer_ratio
FROM tickets LEFT JOIN customers ON customers.id = tickets.customer_id WHERE kind = 'incident' AND
    detected_by IS NOT NULL GROUP BY 1, tickets.customer_id, customers.key;

-- Searches for a cause: one row each.
CREATE VIEW reporting.intake_investigations AS SELECT
    -- uuid: id of the search
    id AS investigation_id,
    -- uuid: see intake_tickets
    ticket_id,
    -- timestamptz: instant of its start
    started_at,
    -- timestamptz: instant of its end; null while it lasts
    ended_at,
    -- boolean: whether the cause was found; null while it lasts, and where it ended with its ticket
    cause_found,
    -- boolean: whether it took longer than the set time; null while it lasts
    ended_at > limit_at AS is_long
FROM investigations;

-- Improvements of the monitoring that are or were owed: one row each.
CREATE VIEW reporting.intake_monitoring_improvements AS SELECT
    -- uuid: id of the improvement
    id AS improvement_id,
    -- text: key of the improvement: MON-7
    key AS improvement,
    -- uuid: see intake_tickets
    ticket_id,
    -- text: found_by_customer, long_investigation
    cause,
    -- timestamptz: instant since which it is owed
    owed_since,
    -- timestamptz: instant by which it is to be done
    due_at,
    -- timestamptz: instant at which it was done; null before
    done_at,
    -- timestamptz: instant at which another person verified it; null before
    verified_at,
    -- timestamptz: instant at which its time was over; null: done in time, or time is left
    overdue_at
FROM monitoring_improvements;

-- What contacts said of resolved tickets: one row each.
CREATE VIEW reporting.intake_feedback AS SELECT
    -- uuid: id of the answer
    id AS feedback_id,
    -- uuid: see intake_tickets
    ticket_id,
    -- timestamptz: instant of the answer
    given_at,
    -- boolean: whether the contact says that it was solved
    solved,
    -- smallint: 1 (bad) to 5 (good); null without one
    rating
FROM ticket_feedback;
