-- Mails to customers' contacts and to partners: planned, then sent under a lease. The address is the recipient's own, and
-- is read when a mail is sent.

CREATE TABLE outgoing_mails (
    id uuid PRIMARY KEY,
    purpose text NOT NULL CHECK (purpose IN ('answer', 'receipt', 'partner', 'notice')),
    ticket_id uuid REFERENCES tickets,
    message_id uuid REFERENCES messages,
    notice_id uuid REFERENCES notices,
    contact_id uuid REFERENCES contacts,
    partner_id uuid REFERENCES partners,
    planned_at timestamptz NOT NULL,
    own_id text NOT NULL,
    in_reply_to text,
    referred_ids text[] NOT NULL,
    quoted_id uuid REFERENCES messages,
    state text NOT NULL CHECK (state IN
        ('waiting', 'sent', 'failed', 'bounced', 'cancelled', 'withheld')),
    attempts integer NOT NULL DEFAULT 0,
    refusals integer NOT NULL DEFAULT 0,
    next_try_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    lease uuid,
    settled_at timestamptz,
    problem text,
    CONSTRAINT ck_outgoing_mails_recipient CHECK (num_nonnulls(contact_id, partner_id) = 1
        AND (purpose = 'partner') = (partner_id IS NOT NULL)),
    CONSTRAINT ck_outgoing_mails_subject CHECK ((purpose = 'notice') = (notice_id IS NOT NULL)
        AND (message_id IS NULL) = (notice_id IS NOT NULL)
        AND (ticket_id IS NULL) = (notice_id IS NOT NULL)),
    CONSTRAINT ck_outgoing_mails_settled CHECK ((state = 'waiting') = (settled_at IS NULL))
);
CREATE UNIQUE INDEX uq_outgoing_mails_receipt ON outgoing_mails (ticket_id) WHERE purpose = 'receipt';
CREATE INDEX ix_outgoing_mails_waiting ON outgoing_mails (next_try_at) WHERE state = 'waiting';
CREATE INDEX ix_outgoing_mails_message ON outgoing_mails (message_id);
CREATE INDEX ix_outgoing_mails_notice ON outgoing_mails (notice_id) WHERE notice_id IS NOT NULL;
CREATE INDEX ix_outgoing_mails_contact ON outgoing_mails (contact_id, planned_at);
CREATE INDEX ix_outgoing_mails_ticket ON outgoing_mails (ticket_id, contact_id);
COMMENT ON COLUMN outgoing_mails.own_id IS 'Its Message-ID, the same at each attempt.';
COMMENT ON COLUMN outgoing_mails.refusals IS
    'Attempts that the mail server answered with "later"; a server that is away does not count.';
COMMENT ON COLUMN outgoing_mails.next_try_at IS
    'When it is tried, or its lease ends; on real time, as everything about attempts.';
