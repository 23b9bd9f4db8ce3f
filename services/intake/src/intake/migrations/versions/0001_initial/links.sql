-- Links between tickets: `ticket_id` is child_of, caused_by … `other_id`. That they close no circle is a
-- rule of the code, which makes one link of a kind at a time.

CREATE TABLE ticket_links (
    id uuid PRIMARY KEY,
    ticket_id uuid NOT NULL REFERENCES tickets,
    kind text NOT NULL CHECK (kind IN
        ('child_of', 'caused_by', 'duplicates', 'blocks', 'split_from', 'follows')),
    other_id uuid NOT NULL REFERENCES tickets,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT ck_ticket_links_itself CHECK (ticket_id <> other_id),
    CONSTRAINT uq_ticket_links UNIQUE (ticket_id, kind, other_id)
);
CREATE UNIQUE INDEX uq_ticket_links_one ON ticket_links (ticket_id, kind)
    WHERE kind IN ('child_of', 'duplicates');
CREATE INDEX ix_ticket_links_other ON ticket_links (other_id);
