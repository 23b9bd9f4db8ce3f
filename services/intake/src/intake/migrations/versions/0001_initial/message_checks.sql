-- What the check of a message of ours found, and who sent it all the same (R11). Of a resolution there is
-- no message. Contacts cannot reach this table: an overruling is among staff.

CREATE TABLE message_checks (
    id uuid PRIMARY KEY,
    ticket_id uuid NOT NULL REFERENCES tickets,
    message_id uuid UNIQUE REFERENCES messages,
    purpose text NOT NULL CHECK (purpose IN
        ('reply', 'workaround', 'question', 'resolution', 'estimate', 'hand_over', 'partner')),
    codes text[] NOT NULL CHECK (codes <> '{}'),
    sent_by text NOT NULL,
    sent_at timestamptz NOT NULL,
    overrule_reason text
);
CREATE INDEX ix_message_checks_message ON message_checks (message_id);
CREATE INDEX ix_message_checks_ticket ON message_checks (ticket_id, id);
COMMENT ON COLUMN message_checks.overrule_reason IS
    'Why it was sent with these findings; null where they were shown and nothing was said.';
