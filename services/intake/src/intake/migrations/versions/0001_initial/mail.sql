-- Mails as they came, and the threads they belong to.

CREATE TABLE mails (
    id uuid PRIMARY KEY,
    message_id text NOT NULL,
    fingerprint text NOT NULL,
    raw bytea NOT NULL,
    received_by text NOT NULL,
    received_at timestamptz NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('received', 'opened', 'joined', 'ignored')),
    reason text,
    ticket_id uuid REFERENCES tickets,
    UNIQUE (message_id, fingerprint)
);
ALTER TABLE mails ALTER COLUMN raw SET STORAGE EXTERNAL;
CREATE INDEX ix_mails_outcome ON mails (outcome, id);
COMMENT ON TABLE mails IS 'Every mail as it came, committed before it is processed.';

CREATE TABLE mail_threads (
    message_id text NOT NULL,
    ticket_id uuid NOT NULL REFERENCES tickets,
    PRIMARY KEY (message_id, ticket_id)
);
COMMENT ON TABLE mail_threads IS 'Ids that a ticket''s mails bear or refer to.';
