-- Tickets with a counterpart in another ticket system. What is to be sent is a row, written by the
-- transaction of its cause: no route can forget it, and a system that is away loses nothing.

CREATE TABLE linked_systems (
    id uuid PRIMARY KEY,
    key text NOT NULL UNIQUE,
    kind text NOT NULL CHECK (kind IN ('servicenow', 'jira', 'zendesk')),
    party text NOT NULL CHECK (party IN ('customer', 'partner')),
    base_url text NOT NULL,
    webhook_client text NOT NULL,
    fields jsonb NOT NULL,
    customer_id uuid REFERENCES customers,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    retired boolean NOT NULL DEFAULT false,
    failures integer NOT NULL DEFAULT 0,
    held_since timestamptz,
    held_until timestamptz,
    problem text,
    CONSTRAINT ck_linked_systems_party CHECK ((party = 'customer') = (customer_id IS NOT NULL)),
    CONSTRAINT ck_linked_systems_held CHECK ((held_since IS NULL) = (held_until IS NULL))
);
COMMENT ON COLUMN linked_systems.held_until IS
    'Until when nothing is sent there, since it does not answer; on real time, as everything about attempts.';

CREATE TABLE linked_tickets (
    id uuid PRIMARY KEY,
    ticket_id uuid NOT NULL REFERENCES tickets,
    earlier_tickets uuid[] NOT NULL DEFAULT '{}',
    system_id uuid NOT NULL REFERENCES linked_systems,
    state text NOT NULL CHECK (state IN ('creating', 'linked', 'failed', 'ended')),
    known jsonb NOT NULL DEFAULT '{}',
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    remote_id text,
    remote_key text,
    remote_path text,
    CONSTRAINT ck_linked_tickets_remote CHECK (state <> 'linked' OR remote_id IS NOT NULL)
);
COMMENT ON COLUMN linked_tickets.ticket_id IS
    'Of which ticket it is; while that is merged, it works for the one into which it was.';
COMMENT ON COLUMN linked_tickets.earlier_tickets IS 'Tickets on which it was before, the first one first.';
CREATE INDEX ix_linked_tickets_ticket ON linked_tickets (ticket_id);
CREATE UNIQUE INDEX uq_linked_tickets_remote ON linked_tickets (system_id, remote_id) WHERE state <> 'ended';

CREATE TABLE linked_sends (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    link_id uuid NOT NULL REFERENCES linked_tickets,
    kind text NOT NULL CHECK (kind IN ('create', 'comment', 'fields', 'file', 'fetch')),
    message_id uuid REFERENCES messages,
    file bigint,
    remote_file jsonb,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'failed', 'cancelled')),
    attempts integer NOT NULL DEFAULT 0,
    next_try_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    lease uuid,
    settled_at timestamptz,
    problem text,
    CONSTRAINT ck_linked_sends_message
        CHECK ((kind IN ('comment', 'file')) = (message_id IS NOT NULL)),
    CONSTRAINT ck_linked_sends_file CHECK ((kind = 'file') = (file IS NOT NULL)),
    CONSTRAINT ck_linked_sends_remote_file CHECK ((kind = 'fetch') = (remote_file IS NOT NULL)),
    CONSTRAINT ck_linked_sends_settled CHECK ((state = 'waiting') = (settled_at IS NULL))
);
CREATE INDEX ix_linked_sends_waiting ON linked_sends (link_id, position) WHERE state = 'waiting';
CREATE INDEX ix_linked_sends_link ON linked_sends (link_id, position);
CREATE INDEX ix_linked_sends_problem ON linked_sends (message_id) WHERE problem IS NOT NULL;
CREATE UNIQUE INDEX uq_linked_sends_message ON linked_sends (link_id, message_id)
    WHERE kind = 'comment';
CREATE UNIQUE INDEX uq_linked_sends_file ON linked_sends (link_id, message_id, file)
    WHERE kind = 'file';
CREATE UNIQUE INDEX uq_linked_sends_fetch ON linked_sends (link_id, (remote_file ->> 'id'))
    WHERE kind = 'fetch';
COMMENT ON COLUMN linked_sends.file IS 'The position of the file in its message.';
COMMENT ON COLUMN linked_sends.remote_file IS
    'Their file that is to be fetched: its id there, and what its webhook says of it.';
-- One that has not been begun sends the newest values anyway.
CREATE UNIQUE INDEX uq_linked_sends_fields ON linked_sends (link_id)
    WHERE kind = 'fields' AND state = 'waiting' AND attempts = 0;

CREATE TABLE linked_receipts (
    id uuid PRIMARY KEY,
    system_id uuid NOT NULL REFERENCES linked_systems,
    event text NOT NULL,
    received_at timestamptz NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('applied', 'own', 'unknown_ticket', 'unreadable')),
    ticket_id uuid REFERENCES tickets,
    remote_id text,
    raw text,
    UNIQUE (system_id, event)
);
CREATE INDEX ix_linked_receipts_received ON linked_receipts (received_at);
CREATE INDEX ix_linked_receipts_raw ON linked_receipts (received_at) WHERE raw IS NOT NULL;
COMMENT ON COLUMN linked_receipts.remote_id IS 'The ticket there that it names, where nobody knew which of ours that is.';
COMMENT ON COLUMN linked_receipts.raw IS 'As it came, of what could not be applied; null for the rest.';

CREATE TABLE linked_conflicts (
    id uuid PRIMARY KEY,
    link_id uuid NOT NULL REFERENCES linked_tickets,
    field text NOT NULL CHECK (field IN ('priority', 'state')),
    ours text NOT NULL,
    theirs text NOT NULL,
    detected_at timestamptz NOT NULL,
    decision text CHECK (decision IN ('ours', 'theirs')),
    decided_by text,
    decided_at timestamptz,
    reason text,
    CONSTRAINT ck_linked_conflicts_decided
        CHECK (num_nonnulls(decision, decided_by, decided_at) IN (0, 3))
);
CREATE UNIQUE INDEX uq_linked_conflicts_open ON linked_conflicts (link_id, field) WHERE decision IS NULL;

CREATE TABLE linked_messages (
    message_id uuid PRIMARY KEY REFERENCES messages,
    tickets uuid[] NOT NULL
);
COMMENT ON TABLE linked_messages IS 'Messages that came by a link, on whichever ticket they stand.';
COMMENT ON COLUMN linked_messages.tickets IS 'The tickets of which the link was until then.';
CREATE INDEX ix_linked_messages_tickets ON linked_messages USING gin (tickets);

-- The ticket, and all that were merged into it: a link works for the one that lives on, and is still of its own.
CREATE FUNCTION merged_family(ticket uuid) RETURNS SETOF uuid LANGUAGE sql STABLE ROWS 1 AS $$
    WITH RECURSIVE family (id) AS (
        SELECT ticket
        UNION SELECT t.id FROM intake.tickets t JOIN family ON t.merged_into = family.id)
    SELECT id FROM family
$$;

-- The ticket, or the one into which it was finally merged.
CREATE FUNCTION survivor_of(ticket uuid) RETURNS uuid LANGUAGE sql STABLE AS $$
    WITH RECURSIVE way (id, merged_into) AS (
        SELECT t.id, t.merged_into FROM intake.tickets t WHERE t.id = ticket
        UNION SELECT t.id, t.merged_into FROM intake.tickets t JOIN way ON t.id = way.merged_into)
    SELECT id FROM way WHERE merged_into IS NULL
$$;

-- Links that are or were of these tickets, or of one that was merged into them: what an erasure empties.
CREATE FUNCTION links_of_tickets(ids uuid[]) RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
    SELECT l.id FROM intake.linked_tickets l WHERE l.earlier_tickets && ids OR l.ticket_id IN (
        SELECT intake.merged_family(given.id) FROM unnest(ids) given (id))
$$;

-- As the service, also where a contact writes, who may not see these tables. A copy of a message goes nowhere that
-- its original went.
CREATE FUNCTION send_message_to_links() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path FROM CURRENT AS $$
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
END $$;
CREATE TRIGGER messages_to_links AFTER INSERT ON messages
    FOR EACH ROW WHEN (NEW.visibility = 'public' AND NOT NEW.automatic)
    EXECUTE FUNCTION send_message_to_links();

-- A file goes behind the words of its message, which were queued when that was stored.
CREATE FUNCTION send_file_to_links() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path FROM CURRENT AS $$
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
END $$;
CREATE TRIGGER files_to_links AFTER INSERT ON attachments
    FOR EACH ROW EXECUTE FUNCTION send_file_to_links();

CREATE FUNCTION send_fields_to_links() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO linked_sends (link_id, kind)
    SELECT linked_tickets.id, 'fields' FROM merged_family(NEW.id) AS family (id)
    JOIN linked_tickets ON linked_tickets.ticket_id = family.id
    WHERE linked_tickets.state <> 'ended'
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER fields_to_links AFTER UPDATE OF state, priority ON tickets
    FOR EACH ROW WHEN (NEW.state <> OLD.state OR NEW.priority <> OLD.priority)
    EXECUTE FUNCTION send_fields_to_links();
