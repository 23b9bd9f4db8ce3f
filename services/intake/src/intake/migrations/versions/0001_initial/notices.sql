-- Notices to all contacts of a customer; their mails are in outgoing_mails, with what became of them.

CREATE SEQUENCE notice_numbers;
CREATE TABLE notices (
    id uuid PRIMARY KEY,
    key text NOT NULL UNIQUE,
    kind text NOT NULL CHECK (kind IN ('maintenance', 'outage', 'delivery', 'agreement')),
    stage text NOT NULL CHECK (stage IN ('announced', 'started', 'moved', 'cancelled', 'restored')),
    source text NOT NULL,
    source_key text NOT NULL,
    customer_id uuid NOT NULL REFERENCES customers,
    environment text,
    service text,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz,
    at timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('proposed', 'due', 'sent', 'unsent', 'dismissed')),
    first_id uuid REFERENCES notices,
    decided_by text,
    decided_at timestamptz,
    dismissal_asked_by text,
    dismissal_asked_at timestamptz,
    -- What was over before anybody sent it is dismissed by itself.
    CONSTRAINT ck_notices_dismissal_four_eyes CHECK (state <> 'dismissed' OR decided_by IS NOT NULL
        AND (decided_by = 'opsdesk'
            OR dismissal_asked_by IS NOT NULL AND decided_by <> dismissal_asked_by))
);
-- Maintenance may be moved to a window that it had before.
CREATE UNIQUE INDEX uq_notices_stage ON notices (source, customer_id, stage, starts_at) WHERE stage <> 'moved';
CREATE INDEX ix_notices_source ON notices (source, customer_id);
CREATE INDEX ix_notices_first ON notices (first_id);
CREATE INDEX ix_notices_due ON notices (id) WHERE state = 'due';
CREATE INDEX ix_notices_customer ON notices (customer_id, id);
COMMENT ON COLUMN notices.first_id IS 'The notice that this one follows: announced, then moved or cancelled.';

-- Two accounts of one person are refused, too (R1).
CREATE TRIGGER two_persons_dismiss BEFORE INSERT OR UPDATE OF state, decided_by ON notices
    FOR EACH ROW WHEN (NEW.state = 'dismissed')
    EXECUTE FUNCTION refuse_one_person('dismissal_asked_by', 'decided_by');
