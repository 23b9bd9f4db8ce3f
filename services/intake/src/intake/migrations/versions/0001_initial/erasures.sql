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

-- Two accounts of one person are refused, too (R1).

CREATE TRIGGER two_persons_erase BEFORE INSERT OR UPDATE OF confirmed_by ON contact_erasures
    FOR EACH ROW WHEN (NEW.confirmed_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('requested_by', 'confirmed_by');
