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
    raw_deleted_why text CHECK (raw_deleted_why IN ('too_old', 'erased')),
    gateway text,
    authentication jsonb,
    sender text,
    sender_name text,
    subject text,
    text text,
    occurrence bigint NOT NULL,
    next_step text CHECK (next_step IN ('receipt', 'bounce')),
    set_aside_by text,
    set_aside_at timestamptz,
    CONSTRAINT ck_mails_set_aside CHECK ((set_aside_by IS NULL) = (set_aside_at IS NULL)
        AND (set_aside_by IS NULL OR outcome = 'ignored')),
    CONSTRAINT ck_mails_raw_deleted CHECK (raw_deleted_at IS NULL OR raw = ''),
    CONSTRAINT ck_mails_raw_deleted_why CHECK ((raw_deleted_at IS NULL) = (raw_deleted_why IS NULL)),
    UNIQUE (message_id, fingerprint, occurrence)
);
ALTER TABLE mails ALTER COLUMN raw SET STORAGE EXTERNAL;
CREATE INDEX ix_mails_ticket ON mails (ticket_id) WHERE ticket_id IS NOT NULL;

-- Digests: what an index had stays in its pages for a time after the mail was erased.

CREATE FUNCTION mail_address_digests(raw bytea) RETURNS bigint[] LANGUAGE sql
    IMMUTABLE STRICT PARALLEL SAFE COST 10000 AS $$
    SELECT coalesce(array_agg(DISTINCT hashtextextended(reverse(local) || '@' || domain, 0)), '{}')
    FROM (
        SELECT substring(reverse(right(part, 320)) FROM '^[a-z0-9._%+-]+') AS local,
            substring(left(lead(part) OVER (ORDER BY place), 320)
                FROM '^[a-z0-9-]+(?:\.[a-z0-9][a-z0-9-]*)*') AS domain
        FROM unnest(string_to_array(
            lower(encode(substring(raw FROM 1 FOR 65536), 'escape') COLLATE "C"), '@'))
            WITH ORDINALITY AS given (part, place)) AS pairs
    WHERE local IS NOT NULL AND domain IS NOT NULL
$$;
COMMENT ON FUNCTION mail_address_digests IS
    'Digests of what looks like an e-mail address in the first 64 KiB of a mail.';
CREATE INDEX ix_mails_addresses ON mails USING gin (mail_address_digests(raw))
    WHERE raw_deleted_at IS NULL;
-- Else ANALYZE computes it for thousands of mails, and learns nothing from it.
ALTER INDEX ix_mails_addresses ALTER COLUMN 1 SET STATISTICS 0;
CREATE INDEX ix_mails_next_step ON mails (id) WHERE next_step IS NOT NULL;
CREATE INDEX ix_mails_outcome ON mails (outcome, id);
CREATE INDEX ix_mails_raw ON mails (received_at)
    WHERE raw_deleted_at IS NULL AND outcome <> 'received';
COMMENT ON TABLE mails IS 'Every mail as it came, committed before it is processed.';
COMMENT ON COLUMN mails.raw_deleted_at IS
    'The row stays when the mail itself is old: one that comes again is still known.';
COMMENT ON COLUMN mails.gateway IS
    'The name under which our gateway reported, when the mail came, what it had checked.';
COMMENT ON COLUMN mails.authentication IS
    'What our gateway reported of SPF, DKIM and DMARC, by method; null where it reported nothing.';
COMMENT ON COLUMN mails.set_aside_by IS
    'Who looked at a mail that was held back, and found that nobody has to act on it.';
COMMENT ON COLUMN mails.text IS 'Of a mail that was held back: what it says.';
COMMENT ON COLUMN mails.next_step IS
    'What is still to be done after its sender was answered: a receipt to plan, a report to read.';
COMMENT ON COLUMN mails.occurrence IS
    'Mails without id or date look alike; each beyond the time of a repetition is one of its own.';

CREATE TABLE mail_threads (
    message_id text NOT NULL,
    ticket_id uuid NOT NULL REFERENCES tickets,
    is_borne boolean NOT NULL,
    PRIMARY KEY (message_id, ticket_id)
);
COMMENT ON COLUMN mail_threads.is_borne IS
    'Whether a mail of the ticket has this id, or its mails only refer to it.';
COMMENT ON TABLE mail_threads IS 'Ids that a ticket''s mails bear or refer to.';
