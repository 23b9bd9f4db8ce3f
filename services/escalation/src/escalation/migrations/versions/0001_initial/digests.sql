-- What people are reminded of once a day, in one message; said by a case without steps.

CREATE TABLE digests (
    id uuid PRIMARY KEY,
    person text NOT NULL UNIQUE
);

CREATE TABLE digest_items (
    id uuid PRIMARY KEY,
    digest_id uuid NOT NULL REFERENCES digests (id),
    subject text NOT NULL,
    line text NOT NULL,
    at timestamptz NOT NULL,
    escalation_id uuid REFERENCES escalations (id)
);
COMMENT ON COLUMN digest_items.escalation_id IS 'The case by which it was said; null while it waits.';
CREATE UNIQUE INDEX uq_digest_items_waiting ON digest_items (digest_id, subject)
    WHERE escalation_id IS NULL;
CREATE INDEX ix_digest_items_subject ON digest_items (subject) WHERE escalation_id IS NULL;
CREATE INDEX ix_digest_items_said ON digest_items (escalation_id) WHERE escalation_id IS NOT NULL;
