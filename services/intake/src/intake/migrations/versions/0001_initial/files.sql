-- Files that callers upload. The bytes lie in the attachment storage, under their SHA-256.

CREATE TABLE stored_files (
    digest text PRIMARY KEY CHECK (digest ~ '^[0-9a-f]{64}$'),
    size bigint NOT NULL,
    first_uploaded_at timestamptz NOT NULL
);
COMMENT ON TABLE stored_files IS
    'What lies in the storage. A row is locked while its bytes are deleted, and goes with them.';

CREATE TABLE uploads (
    id uuid PRIMARY KEY,
    digest text NOT NULL REFERENCES stored_files,
    name text NOT NULL,
    media_type text NOT NULL,
    size bigint NOT NULL,
    uploaded_by text NOT NULL,
    uploaded_at timestamptz NOT NULL,
    ready_at timestamptz,
    customer_id uuid REFERENCES customers,
    ticket_id uuid REFERENCES tickets,
    message_id uuid REFERENCES messages
);
CREATE INDEX ix_uploads_digest ON uploads (digest);
CREATE INDEX ix_uploads_message ON uploads (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX ix_uploads_unused ON uploads (uploaded_by, uploaded_at) WHERE message_id IS NULL;
CREATE INDEX ix_uploads_unused_age ON uploads (uploaded_at) WHERE message_id IS NULL;
COMMENT ON COLUMN uploads.ready_at IS 'When its bytes were in the storage; null while they are on the way.';
COMMENT ON COLUMN uploads.customer_id IS 'The customer whose contact uploaded it; null for staff and machines.';
COMMENT ON COLUMN uploads.message_id IS 'The message that carries it; null for one that waits to be used.';
