-- Contacts whose name, address and words are erased, by two people.

CREATE TABLE contact_erasures (
    contact_id uuid PRIMARY KEY REFERENCES contacts,
    requested_by text NOT NULL,
    requested_at timestamptz NOT NULL,
    reason text NOT NULL,
    confirmed_by text,
    confirmed_at timestamptz,
    CONSTRAINT ck_contact_erasures_four_eyes CHECK (confirmed_by <> requested_by),
    CONSTRAINT ck_contact_erasures_confirmed CHECK ((confirmed_by IS NULL) = (confirmed_at IS NULL))
);
