-- Who watches a ticket: a person of staff, or a contact of its customer.

CREATE TABLE ticket_watchers (
    id uuid PRIMARY KEY,
    ticket_id uuid NOT NULL REFERENCES tickets,
    person text,
    contact_id uuid REFERENCES contacts,
    added_by text NOT NULL,
    added_at timestamptz NOT NULL,
    CONSTRAINT ck_ticket_watchers_one CHECK (num_nonnulls(person, contact_id) = 1)
);
CREATE UNIQUE INDEX uq_ticket_watchers_person ON ticket_watchers (ticket_id, person)
    WHERE person IS NOT NULL;
CREATE UNIQUE INDEX uq_ticket_watchers_contact ON ticket_watchers (ticket_id, contact_id)
    WHERE contact_id IS NOT NULL;
CREATE INDEX ix_ticket_watchers_person ON ticket_watchers (person, ticket_id) WHERE person IS NOT NULL;
