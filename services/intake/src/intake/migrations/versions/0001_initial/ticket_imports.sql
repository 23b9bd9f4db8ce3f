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
