-- Full-text search in Dutch, English and German. Documents are made after the ticket was accepted, by a
-- loop (decision 0741): new tickets are found by their audit entries, later words by the triggers below.

CREATE TABLE ticket_documents (
    ticket_id uuid NOT NULL REFERENCES tickets,
    audience text NOT NULL CHECK (audience IN ('everybody', 'contacts', 'staff')),
    customer_id uuid,
    words tsvector NOT NULL,
    PRIMARY KEY (ticket_id, audience)
);
CREATE INDEX ix_ticket_documents_words ON ticket_documents USING gin (words);
CREATE INDEX ix_ticket_documents_customer ON ticket_documents (customer_id, ticket_id);
COMMENT ON COLUMN ticket_documents.audience IS
    'A ticket without internal notes has one document for everybody; else one for contacts, without them, and one for staff.';

CREATE TABLE document_changes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_id uuid NOT NULL
);
COMMENT ON TABLE document_changes IS 'Tickets whose words changed since their documents were made.';

CREATE TABLE indexed_openings (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    xid bigint NOT NULL DEFAULT 0,
    position bigint NOT NULL DEFAULT 0,
    cluster bigint NOT NULL DEFAULT 0
);
INSERT INTO indexed_openings DEFAULT VALUES;
COMMENT ON TABLE indexed_openings IS
    'The last audit entry of an opened ticket that has a document and stands in the queue.';

-- In three languages at once: nobody says in which one a ticket is. Too many different words for one
-- tsvector are cut: a document is never why the loop stands still.

CREATE FUNCTION document_of(words text) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN to_tsvector('pg_catalog.dutch', words) || to_tsvector('pg_catalog.english', words)
        || to_tsvector('pg_catalog.german', words);
EXCEPTION WHEN program_limit_exceeded THEN
    RETURN intake.document_of(left(words, length(words) / 2));
END $$;

CREATE FUNCTION note_document_change() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER AS $$
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
END $$;
CREATE TRIGGER words_added AFTER INSERT OR UPDATE OF text, visibility, ticket_id ON messages
    FOR EACH ROW EXECUTE FUNCTION note_document_change();
CREATE TRIGGER words_changed AFTER UPDATE OF title, description, resolution, customer_id ON tickets
    FOR EACH ROW WHEN ((NEW.title, NEW.description, NEW.resolution, NEW.customer_id)
        IS DISTINCT FROM (OLD.title, OLD.description, OLD.resolution, OLD.customer_id))
    EXECUTE FUNCTION note_document_change();
DO $$ BEGIN
    EXECUTE format('ALTER FUNCTION note_document_change SET search_path = %I, pg_temp', current_schema());
END $$;
