-- Tickets that came from other systems.

CREATE TABLE imported_tickets (
    source text NOT NULL CHECK (source IN ('servicenow', 'jira', 'zendesk')),
    external_id text NOT NULL,
    ticket_id uuid NOT NULL UNIQUE REFERENCES tickets,
    opened_there_at timestamptz NOT NULL,
    imported_at timestamptz NOT NULL,
    imported_by text NOT NULL,
    PRIMARY KEY (source, external_id)
);
COMMENT ON TABLE imported_tickets IS 'Each ticket of another system is imported once, however often it is sent.';

CREATE TABLE imported_files (
    id uuid PRIMARY KEY,
    source text NOT NULL,
    external_id text NOT NULL,
    ticket_id uuid NOT NULL REFERENCES tickets,
    name text NOT NULL,
    url text NOT NULL,
    is_public boolean NOT NULL,
    message_id uuid,
    taken_by text,
    taken_at timestamptz,
    FOREIGN KEY (source, external_id) REFERENCES imported_tickets,
    CONSTRAINT ck_imported_files_taken CHECK (
        (message_id IS NULL) = (taken_by IS NULL) AND (message_id IS NULL) = (taken_at IS NULL))
);
COMMENT ON TABLE imported_files IS 'Files that exports name: taken once they are on a message of the ticket.';
CREATE INDEX ix_imported_files_missing ON imported_files (source, id) WHERE message_id IS NULL;
CREATE INDEX ix_imported_files_ticket ON imported_files (ticket_id);
