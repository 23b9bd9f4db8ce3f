-- Tickets, their messages and hand-overs. Four eyes are constraints here as well as rules in the
-- domain (R1).

CREATE SEQUENCE ticket_numbers START 1001;
CREATE TABLE tickets (
    id uuid PRIMARY KEY,
    number bigint NOT NULL UNIQUE,
    kind text NOT NULL CHECK (kind IN
        ('incident', 'service_request', 'change_request', 'problem', 'question')),
    nature text CHECK (nature IN ('corrective', 'adaptive', 'perfective', 'preventive')),
    title text NOT NULL,
    description text,
    priority text NOT NULL CHECK (priority IN
        ('blocker', 'critical', 'major', 'minor', 'trivial')),
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
    state text NOT NULL CHECK (state IN ('new', 'in_progress', 'on_hold', 'forwarded',
        'resolved', 'verified', 'closed', 'reopened', 'merged')),
    waiting_on text,
    waiting_until timestamptz,
    customer_id uuid REFERENCES customers,
    environment_id uuid REFERENCES environments,
    service text,
    contact_id uuid REFERENCES contacts,
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
    reopened_at timestamptz,
    merged_into uuid REFERENCES tickets,
    unmerge_requested_by text,
    unmerge_requested_at timestamptz,
    unmerge_reason text,
    unmerged_by text,
    unmerged_confirmed_by text,
    suggested_priority text CHECK (suggested_priority IN
        ('blocker', 'critical', 'major', 'minor', 'trivial')),
    detected_by text CHECK (detected_by IN ('customer', 'monitoring', 'ops')),
    tags text[] NOT NULL DEFAULT '{}',
    detection_detected_by text,
    detection_requested_by text,
    detection_requested_at timestamptz,
    detection_reason text,
    detection_corrected_by text,
    detection_confirmed_by text,
    sequence bigint NOT NULL CHECK (sequence > 0),
    CONSTRAINT ck_tickets_nature CHECK (nature IS NULL OR kind = 'change_request'),
    CONSTRAINT ck_tickets_resolved CHECK (state NOT IN ('resolved', 'verified', 'closed')
        OR (resolved_by IS NOT NULL AND resolved_at IS NOT NULL)),
    CONSTRAINT ck_tickets_verified CHECK (state NOT IN ('verified', 'closed')
        OR (verified_by IS NOT NULL AND verified_at IS NOT NULL)),
    CONSTRAINT ck_tickets_four_eyes CHECK (verified_by IS NULL
        OR (resolved_by IS NOT NULL AND verified_by <> resolved_by)),
    CONSTRAINT ck_tickets_priority_four_eyes CHECK (priority_confirmed_by IS NULL
        OR (priority_by IS NOT NULL AND priority_confirmed_by <> priority_by)),
    CONSTRAINT ck_tickets_classification_four_eyes CHECK (reclassified_confirmed_by IS NULL
        OR (reclassified_by IS NOT NULL AND reclassified_confirmed_by <> reclassified_by)),
    CONSTRAINT ck_tickets_merged CHECK ((state = 'merged') = (merged_into IS NOT NULL)
        AND merged_into <> id),
    CONSTRAINT ck_tickets_waiting_until CHECK ((waiting_until IS NOT NULL)
        = (waiting_on IS NOT DISTINCT FROM 'date')),
    CONSTRAINT ck_tickets_unmerge_four_eyes CHECK (unmerged_confirmed_by IS NULL
        OR (unmerged_by IS NOT NULL AND unmerged_confirmed_by <> unmerged_by)),
    CONSTRAINT ck_tickets_detection_four_eyes CHECK (detection_confirmed_by IS NULL
        OR (detection_corrected_by IS NOT NULL AND detection_confirmed_by <> detection_corrected_by))
) WITH (fillfactor = 85);
CREATE INDEX ix_tickets_customer ON tickets (customer_id, id);
-- Most tickets have no tags, and cost nothing here.
CREATE INDEX ix_tickets_tags ON tickets USING gin (tags) WHERE tags <> '{}';
CREATE INDEX ix_tickets_reporter ON tickets (reporter) WHERE reporter IS NOT NULL;
CREATE INDEX ix_tickets_contact ON tickets (contact_id, id) WHERE contact_id IS NOT NULL;
CREATE INDEX ix_tickets_assignee ON tickets (assignee, id) WHERE assignee IS NOT NULL;
CREATE INDEX ix_tickets_open ON tickets (id)
    WHERE state IN ('new', 'in_progress', 'on_hold', 'forwarded', 'reopened');
CREATE INDEX ix_tickets_merged ON tickets (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX ix_tickets_environment ON tickets (environment_id) WHERE priority = 'blocker';
COMMENT ON COLUMN tickets.reopened_at IS
    'When it last came back after it was resolved: what was delivered before does not close it again.';
COMMENT ON COLUMN tickets.reporter IS 'The e-mail address that a ticket came from, while no contact is known.';

CREATE FUNCTION refuse_downgrade_by_one() RETURNS trigger LANGUAGE plpgsql AS $$
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
END $$;
CREATE TRIGGER downgrade_needs_two BEFORE UPDATE OF priority ON tickets
    FOR EACH ROW WHEN (NEW.priority <> OLD.priority)
    EXECUTE FUNCTION refuse_downgrade_by_one();

CREATE FUNCTION refuse_reclassification_by_one() RETURNS trigger LANGUAGE plpgsql AS $$
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
END $$;
CREATE TRIGGER reclassification_needs_two BEFORE UPDATE OF kind, service ON tickets
    FOR EACH ROW WHEN (NEW.kind <> OLD.kind OR NEW.service IS DISTINCT FROM OLD.service)
    EXECUTE FUNCTION refuse_reclassification_by_one();

-- That a merged ticket is a request of its own moves deadlines of the other one back (C10).
CREATE FUNCTION refuse_unmerge_by_one() RETURNS trigger LANGUAGE plpgsql AS $$
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
END $$;
CREATE TRIGGER unmerge_needs_two BEFORE UPDATE OF merged_into ON tickets
    FOR EACH ROW WHEN (OLD.merged_into IS NOT NULL AND NEW.merged_into IS DISTINCT FROM OLD.merged_into)
    EXECUTE FUNCTION refuse_unmerge_by_one();

-- What the customer found first owes better monitoring (R9).
CREATE FUNCTION refuse_detection_by_one() RETURNS trigger LANGUAGE plpgsql AS $$
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
END $$;
CREATE TRIGGER detection_needs_two BEFORE UPDATE OF detected_by ON tickets
    FOR EACH ROW WHEN (OLD.detected_by = 'customer' AND NEW.detected_by IS DISTINCT FROM OLD.detected_by)
    EXECUTE FUNCTION refuse_detection_by_one();

CREATE TABLE messages (
    id uuid PRIMARY KEY,
    ticket_id uuid NOT NULL REFERENCES tickets,
    visibility text NOT NULL CHECK (visibility IN ('public', 'internal')),
    direction text NOT NULL CHECK (direction IN ('inbound', 'outbound')),
    author text NOT NULL,
    text text NOT NULL,
    html text,
    automatic boolean NOT NULL,
    at timestamptz NOT NULL,
    mail_id uuid,
    history text,
    sender_doubt text,
    authentication jsonb,
    mailing text CHECK (mailing IN ('due', 'planned', 'nobody', 'off')),
    partner text,
    copied_from uuid REFERENCES messages,
    CONSTRAINT ck_messages_partner CHECK (partner IS NULL OR visibility = 'internal')
);
CREATE UNIQUE INDEX uq_messages_mail ON messages (mail_id) WHERE copied_from IS NULL;
CREATE UNIQUE INDEX uq_messages_copy ON messages (copied_from, ticket_id);
COMMENT ON COLUMN messages.copied_from IS
    'The message of another ticket whose words these are: it was split, or separated after a merge.';
CREATE INDEX ix_messages_author ON messages (author);
CREATE INDEX ix_messages_ticket ON messages (ticket_id, id);
CREATE INDEX ix_messages_mailing ON messages (id) WHERE mailing = 'due';
COMMENT ON COLUMN messages.mailing IS
    'Of a message of ours to the customer or a partner: whether mails were planned; null for others.';
COMMENT ON COLUMN messages.partner IS
    'The key of the partner to whom it was written, or who wrote it: customers never see it.';

CREATE TABLE attachments (
    message_id uuid NOT NULL REFERENCES messages,
    position bigint NOT NULL,
    name text NOT NULL,
    media_type text NOT NULL,
    size bigint NOT NULL,
    digest text NOT NULL,
    PRIMARY KEY (message_id, position)
);

CREATE TABLE hand_overs (
    id uuid PRIMARY KEY,
    ticket_id uuid NOT NULL REFERENCES tickets,
    number integer NOT NULL CHECK (number > 0),
    by text NOT NULL,
    at timestamptz NOT NULL,
    "to" text NOT NULL CHECK ("to" IN ('second_level', 'partner')),
    partner text,
    seen text NOT NULL CHECK (seen <> ''),
    tried text NOT NULL CHECK (tried <> ''),
    excluded text NOT NULL CHECK (excluded <> ''),
    asked text NOT NULL CHECK (asked <> ''),
    due_at timestamptz NOT NULL,
    partner_reference text,
    delivery_managers text[] NOT NULL,
    product_owners text[] NOT NULL,
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
    ended_at timestamptz,
    ended_how text CHECK (ended_how IN ('resolved', 'merged', 'forwarded')),
    UNIQUE (ticket_id, number),
    CONSTRAINT ck_hand_overs_partner CHECK (("to" = 'partner') = (partner IS NOT NULL)),
    CONSTRAINT ck_hand_overs_returned CHECK (num_nonnulls(returned_by, returned_at, found) IN (0, 3)),
    CONSTRAINT ck_hand_overs_fixed CHECK (NOT fixed OR returned_by IS NOT NULL),
    CONSTRAINT ck_hand_overs_checked CHECK
        (num_nonnulls(fix_checked_by, fix_checked_at, fix_works, checked) IN (0, 4)
        AND (fix_checked_by IS NULL OR fixed)),
    CONSTRAINT ck_hand_overs_ended CHECK (num_nonnulls(ended_at, ended_how) IN (0, 2)),
    CONSTRAINT ck_hand_overs_four_eyes CHECK (fix_checked_by <> returned_by)
);
COMMENT ON COLUMN hand_overs.acknowledge_by IS
    'Until when the delivery manager and the product owner acknowledge it; null where no environment is affected.';
COMMENT ON COLUMN hand_overs.ended_at IS
    'When it ended without coming back: its ticket was resolved, merged, or forwarded once more.';
CREATE INDEX ix_hand_overs_partner ON hand_overs (partner, ticket_id) WHERE partner IS NOT NULL;

-- Two accounts of one person are refused, too (R1).

CREATE TRIGGER two_persons_verify BEFORE INSERT OR UPDATE OF verified_by ON tickets
    FOR EACH ROW WHEN (NEW.verified_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('resolved_by', 'verified_by');

CREATE TRIGGER two_persons_lower BEFORE INSERT OR UPDATE OF priority_confirmed_by ON tickets
    FOR EACH ROW WHEN (NEW.priority_confirmed_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('priority_by', 'priority_confirmed_by');

CREATE TRIGGER two_persons_reclassify BEFORE INSERT OR UPDATE OF reclassified_confirmed_by ON tickets
    FOR EACH ROW WHEN (NEW.reclassified_confirmed_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('reclassified_by', 'reclassified_confirmed_by');

CREATE TRIGGER two_persons_unmerge BEFORE INSERT OR UPDATE OF unmerged_confirmed_by ON tickets
    FOR EACH ROW WHEN (NEW.unmerged_confirmed_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('unmerged_by', 'unmerged_confirmed_by');

CREATE TRIGGER two_persons_detection BEFORE INSERT OR UPDATE OF detection_confirmed_by ON tickets
    FOR EACH ROW WHEN (NEW.detection_confirmed_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('detection_corrected_by', 'detection_confirmed_by');

CREATE TRIGGER two_persons_blocker BEFORE UPDATE OF blocker_confirmed_by ON tickets
    FOR EACH ROW WHEN (NEW.blocker_confirmed_by IS DISTINCT FROM OLD.blocker_confirmed_by)
    EXECUTE FUNCTION refuse_one_person('opened_by', 'blocker_confirmed_by', 'also one account');

CREATE TRIGGER two_persons_check_fix BEFORE INSERT OR UPDATE OF fix_checked_by ON hand_overs
    FOR EACH ROW WHEN (NEW.fix_checked_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('returned_by', 'fix_checked_by');
