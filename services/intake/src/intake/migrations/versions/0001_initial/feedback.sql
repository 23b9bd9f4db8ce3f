-- What contacts said about resolved tickets; their words are messages of the ticket.

CREATE TABLE ticket_feedback (
    id uuid PRIMARY KEY,
    ticket_id uuid NOT NULL REFERENCES tickets,
    solved boolean NOT NULL,
    rating smallint CHECK (rating BETWEEN 1 AND 5),
    message_id uuid REFERENCES messages,
    given_by text NOT NULL,
    given_at timestamptz NOT NULL
);
CREATE INDEX ix_ticket_feedback_ticket ON ticket_feedback (ticket_id, id);

-- A customer who escalates: a named person answers within a set time.
CREATE TABLE customer_escalations (
    id uuid PRIMARY KEY,
    ticket_id uuid NOT NULL REFERENCES tickets,
    message_id uuid NOT NULL REFERENCES messages,
    escalated_by text NOT NULL,
    escalated_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    owner text,
    answer_id uuid REFERENCES messages,
    answered_by text,
    answered_at timestamptz,
    CONSTRAINT ck_customer_escalations_answered
        CHECK (num_nonnulls(answer_id, answered_by, answered_at) IN (0, 3))
);
CREATE UNIQUE INDEX uq_customer_escalations_open ON customer_escalations (ticket_id)
    WHERE answered_at IS NULL;
CREATE INDEX ix_customer_escalations_ticket ON customer_escalations (ticket_id, id);
