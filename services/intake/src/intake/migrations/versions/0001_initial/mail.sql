-- Mails as they came, and the threads they belong to.

CREATE TABLE mails (
    id uuid PRIMARY KEY,
    message_id text NOT NULL,
    fingerprint text NOT NULL,
    raw bytea NOT NULL,
    received_by text NOT NULL,
    received_at timestamptz NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('received', 'opened', 'joined', 'ignored', 'unreadable')),
    reason text,
    ticket_id uuid REFERENCES tickets,
    raw_deleted_at timestamptz,
    CONSTRAINT ck_mails_raw_deleted CHECK (raw_deleted_at IS NULL OR raw = ''),
    UNIQUE (message_id, fingerprint)
);
ALTER TABLE mails ALTER COLUMN raw SET STORAGE EXTERNAL;
CREATE INDEX ix_mails_outcome ON mails (outcome, id);
CREATE INDEX ix_mails_raw ON mails (received_at)
    WHERE raw_deleted_at IS NULL AND outcome <> 'received';
COMMENT ON TABLE mails IS 'Every mail as it came, committed before it is processed.';
COMMENT ON COLUMN mails.raw_deleted_at IS
    'The row stays when the mail itself is old: one that comes again is still known.';

CREATE TABLE mail_threads (
    message_id text NOT NULL,
    ticket_id uuid NOT NULL REFERENCES tickets,
    PRIMARY KEY (message_id, ticket_id)
);
COMMENT ON TABLE mail_threads IS 'Ids that a ticket''s mails bear or refer to.';
