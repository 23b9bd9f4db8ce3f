-- Our people, to whom work may be given (I5).

CREATE TABLE people (
    id uuid NOT NULL,
    sub text NOT NULL,
    retired boolean NOT NULL,
    of_partner boolean NOT NULL,
    sequence bigint NOT NULL,
    CONSTRAINT pk_people PRIMARY KEY (id),
    CONSTRAINT uq_people_sub UNIQUE (sub)
);
COMMENT ON TABLE people IS 'Our people, to whom work may be given by their sub, and partners'' people. No name, no address.';
COMMENT ON COLUMN people.sequence IS 'Number of the last event about the person.';

-- Contacts of customers, for whom the portal speaks (docs/decisions/0622).

CREATE TABLE contacts (
    id uuid NOT NULL,
    customer text NOT NULL,
    address_digests text[] NOT NULL DEFAULT '{}',
    sequence bigint NOT NULL,
    CONSTRAINT pk_contacts PRIMARY KEY (id)
);
CREATE INDEX ix_contacts_addresses ON contacts USING gin (address_digests);
COMMENT ON TABLE contacts IS 'For whom the portal may speak: no name, no address.';
COMMENT ON COLUMN contacts.sequence IS 'Number of the last event about the contact.';
