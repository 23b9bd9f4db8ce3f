-- Tickets as far as promises need them, their pending inputs, and how they ended and were reopened.

CREATE TABLE tickets (
    id uuid PRIMARY KEY,
    key text NOT NULL UNIQUE,
    title text NOT NULL,
    kind text NOT NULL,
    priority text NOT NULL,
    customer_id uuid,
    customer text,
    environment text,
    service text,
    agreement_version uuid REFERENCES agreement_versions,
    agreement text,
    opened_at timestamptz NOT NULL,
    ended_at timestamptz,
    ended_as text CHECK (ended_as IN ('resolved', 'merged')),
    state text NOT NULL DEFAULT 'new',
    assignee text,
    team text,
    environment_tier text,
    channel text,
    customer_tier text,
    tags text,
    CONSTRAINT ck_tickets_ended CHECK ((ended_at IS NULL) = (ended_as IS NULL))
);
CREATE INDEX ix_tickets_agreement_version ON tickets (agreement_version, id);
CREATE INDEX ix_tickets_open ON tickets (customer_id, service) WHERE ended_at IS NULL;
CREATE INDEX ix_tickets_opened ON tickets (customer_id, opened_at);
CREATE INDEX ix_tickets_ended ON tickets (customer_id, ended_at) WHERE ended_at IS NOT NULL;
COMMENT ON COLUMN tickets.state IS
    'State, assignee and team as intake last said them: for the queue, no clock depends on them.';
COMMENT ON COLUMN tickets.environment_tier IS 'As it was when the ticket was opened; targets may name it.';
COMMENT ON COLUMN tickets.channel IS 'By which the ticket came; targets may name it.';
COMMENT ON COLUMN tickets.customer_tier IS 'As it was when the ticket was opened; targets may name it.';
COMMENT ON COLUMN tickets.tags IS
    'Those that count for its promises, with a space between them: of the opening, and later ones that made none weaker.';
COMMENT ON COLUMN tickets.ended_at IS 'Null while the ticket is open, also after a reopening.';

CREATE TABLE pending_inputs (
    ticket_id uuid NOT NULL REFERENCES tickets,
    ordinal int NOT NULL,
    kind text NOT NULL,
    at timestamptz NOT NULL,
    forwarded_to text CHECK (forwarded_to IN ('second_level', 'partner')),
    partner text,
    contract text CHECK (contract IN ('sla', 'ola', 'uc')),
    acted_by text,
    PRIMARY KEY (ticket_id, ordinal),
    CONSTRAINT ck_pending_inputs_forwarded CHECK ((kind = 'forwarded') = (forwarded_to IS NOT NULL))
);
COMMENT ON TABLE pending_inputs IS
    'Inputs of tickets, kept for clocks that start later: after triage, or when a promise is added.';
COMMENT ON COLUMN pending_inputs.acted_by IS 'The account of who of our people acted; null: the customer.';
COMMENT ON COLUMN pending_inputs.contract IS 'The contract whose clocks it concerns; null: all.';

CREATE TABLE ticket_state_changes (
    ticket_id uuid NOT NULL REFERENCES tickets,
    ordinal bigint NOT NULL,
    kind text NOT NULL CHECK (kind IN
        ('resolved', 'rejected', 'reopened', 'merged', 'unmerged')),
    at timestamptz NOT NULL,
    customer_id uuid,
    change smallint NOT NULL CHECK (change BETWEEN -1 AND 1),
    PRIMARY KEY (ticket_id, ordinal)
);
CREATE INDEX ix_ticket_state_changes_at ON ticket_state_changes (customer_id, at);
COMMENT ON TABLE ticket_state_changes IS 'How a ticket ended and was reopened, in the order of its events.';
COMMENT ON COLUMN ticket_state_changes.ordinal IS 'The sequence of the ticket''s event.';
COMMENT ON COLUMN ticket_state_changes.customer_id IS 'The customer of the ticket; null in triage.';
COMMENT ON COLUMN ticket_state_changes.change IS 'The change of the number of open tickets.';
REVOKE UPDATE, DELETE, TRUNCATE ON ticket_state_changes FROM opsdesk_sla;
GRANT UPDATE (customer_id) ON ticket_state_changes TO opsdesk_sla;
