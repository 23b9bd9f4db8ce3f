-- Agreements in versions, what was said about them, and the changes of clocks that they order.

CREATE TABLE agreements (
    id uuid PRIMARY KEY,
    key text NOT NULL UNIQUE,
    contract text NOT NULL CHECK (contract IN ('sla', 'ola', 'uc')),
    customer_id uuid REFERENCES customers,
    partner text,
    team text,
    termination_requested_by text,
    termination_requested_at timestamptz,
    termination_reason text,
    ended_by text,
    ended_at timestamptz,
    sequence bigint NOT NULL,
    CONSTRAINT uq_agreements_party UNIQUE (id, customer_id),
    CONSTRAINT ck_agreements_partner CHECK (partner IS NULL OR contract = 'uc'),
    CONSTRAINT ck_agreements_team CHECK (team IS NULL OR contract = 'ola'),
    CONSTRAINT ck_agreements_termination_requested_at
        CHECK ((termination_requested_by IS NULL) = (termination_requested_at IS NULL)),
    CONSTRAINT ck_agreements_termination_reason
        CHECK ((termination_requested_by IS NULL) = (termination_reason IS NULL)),
    CONSTRAINT ck_agreements_ended_at CHECK ((ended_by IS NULL) = (ended_at IS NULL)),
    CONSTRAINT ck_agreements_ended CHECK (ended_by IS NULL OR termination_requested_by IS NOT NULL),
    CONSTRAINT ck_agreements_four_eyes CHECK (termination_requested_by <> ended_by)
);
COMMENT ON COLUMN agreements.customer_id IS
    'With whom it is made; null of an sla: the house-wide default, for customers without their own.';
COMMENT ON COLUMN agreements.ended_by IS
    'Deactivated by another person than the one who asked: it cancels open clocks (C10).';

CREATE TABLE agreement_versions (
    id uuid PRIMARY KEY,
    agreement_id uuid NOT NULL REFERENCES agreements,
    version int NOT NULL CHECK (version > 0),
    supersedes int,
    state text NOT NULL DEFAULT 'draft' CHECK (state IN
        ('draft', 'proposed', 'agreed', 'published', 'superseded', 'withdrawn')),
    services text[] NOT NULL DEFAULT '{}',
    customers uuid[] NOT NULL DEFAULT '{}',
    valid_from timestamptz NOT NULL,
    valid_until timestamptz
        CONSTRAINT ck_agreement_versions_valid_until CHECK (valid_until > valid_from),
    promises jsonb NOT NULL,
    coverage jsonb,
    followed jsonb,
    calendar_history jsonb,
    customer_signs boolean NOT NULL DEFAULT false,
    drafted_by text NOT NULL,
    drafted_at timestamptz NOT NULL,
    approved_by text,
    approved_at timestamptz,
    countersigned_by text,
    countersigned_at timestamptz,
    countersigned_for uuid,
    published_by text,
    published_at timestamptz,
    declined_by text,
    declined_at timestamptz,
    UNIQUE (agreement_id, version),
    CONSTRAINT fk_agreement_versions_party FOREIGN KEY (agreement_id, countersigned_for)
        REFERENCES agreements (id, customer_id),
    CONSTRAINT ck_agreement_versions_supersedes CHECK (supersedes < version),
    CONSTRAINT ck_agreement_versions_approved_at
        CHECK ((approved_by IS NULL) = (approved_at IS NULL)),
    CONSTRAINT ck_agreement_versions_countersigned_at
        CHECK ((countersigned_by IS NULL) = (countersigned_at IS NULL)),
    CONSTRAINT ck_agreement_versions_published_at
        CHECK ((published_by IS NULL) = (published_at IS NULL)),
    CONSTRAINT ck_agreement_versions_declined_at
        CHECK ((declined_by IS NULL) = (declined_at IS NULL)),
    CONSTRAINT ck_agreement_versions_declined CHECK (declined_by IS NULL OR state = 'draft'),
    CONSTRAINT ck_agreement_versions_approval_four_eyes CHECK (approved_by <> countersigned_by),
    CONSTRAINT ck_agreement_versions_publication_four_eyes CHECK (drafted_by <> published_by),
    CONSTRAINT ck_agreement_versions_signed CHECK (state IN ('draft', 'proposed', 'withdrawn')
        OR (approved_by IS NOT NULL AND countersigned_by IS NOT NULL)),
    CONSTRAINT ck_agreement_versions_published
        CHECK (state NOT IN ('published', 'superseded') OR published_by IS NOT NULL),
    CONSTRAINT ck_agreement_versions_party CHECK (
        (countersigned_for IS NULL OR countersigned_by IS NOT NULL)
        AND (NOT customer_signs OR countersigned_by IS NULL OR countersigned_for IS NOT NULL)),
    -- One version at a time. Hashed, because btree_gist, an extension, would be needed for uuid.
    CONSTRAINT ex_agreement_versions_one_at_a_time EXCLUDE USING gist (
        int8range(uuid_hash_extended(agreement_id, 0), uuid_hash_extended(agreement_id, 0), '[]')
            WITH &&,
        tstzrange(valid_from, valid_until) WITH &&
    ) WHERE (state IN ('published', 'superseded'))
);
CREATE INDEX ix_agreement_versions_customers ON agreement_versions USING gin (customers)
    WHERE published_at IS NOT NULL;
COMMENT ON COLUMN agreement_versions.declined_by IS
    'Who would not sign the draft as it is; null once it is changed or proposed again.';
COMMENT ON COLUMN agreement_versions.services IS 'By key; none named: all services.';
COMMENT ON COLUMN agreement_versions.customers IS
    'All whom it covers; none named: everybody (ola, uc and the house-wide default).';
COMMENT ON COLUMN agreement_versions.coverage IS
    'The calendars with their dated coverage extensions, by priority; null without any.';
COMMENT ON COLUMN agreement_versions.followed IS
    'The later calendar versions that it follows, by priority; null while it follows none.';
COMMENT ON COLUMN agreement_versions.calendar_history IS
    'Its calendars of before, each with the instant until which it was that; null without any.';
COMMENT ON COLUMN agreement_versions.countersigned_by IS
    'For the other side: a contact of the customer, or the second of our own people.';
COMMENT ON COLUMN agreement_versions.countersigned_for IS
    'The customer whose contact countersigned: that of the agreement; null of our own people.';

CREATE TABLE agreement_comments (
    id uuid PRIMARY KEY,
    version_id uuid NOT NULL REFERENCES agreement_versions,
    created_by text NOT NULL,
    side text NOT NULL CHECK (side IN ('own', 'counterparty')),
    created_at timestamptz NOT NULL,
    comment text NOT NULL
);
CREATE INDEX ix_agreement_comments_version ON agreement_comments (version_id, id);
REVOKE UPDATE, DELETE, TRUNCATE ON agreement_comments FROM opsdesk_sla;

-- Comments are never changed. Those of a contact who is erased lose their words, in the owner's name.
CREATE FUNCTION erase_agreement_comments(contact uuid) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT
    AS $$
    UPDATE agreement_comments SET comment = '[erased]' WHERE created_by = 'contact/' || contact
    $$;
REVOKE EXECUTE ON FUNCTION erase_agreement_comments FROM PUBLIC;
GRANT EXECUTE ON FUNCTION erase_agreement_comments TO opsdesk_sla;

CREATE TABLE coverage_extensions (
    id uuid PRIMARY KEY,
    agreement_id uuid NOT NULL REFERENCES agreements,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL
        CONSTRAINT ck_coverage_extensions_ends_at CHECK (ends_at > starts_at),
    priorities text[] NOT NULL,
    reason text NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    ended_by text,
    ended_at timestamptz,
    ended_from timestamptz,
    ending text,
    CONSTRAINT ck_coverage_extensions_ended CHECK (
        num_nulls(ended_by, ended_at, ended_from, ending) IN (0, 4)
        AND ended_from >= starts_at AND ended_from < ends_at AND ended_from >= ended_at),
    CONSTRAINT ck_coverage_extensions_four_eyes CHECK (ended_by <> created_by)
);
CREATE INDEX ix_coverage_extensions_agreement ON coverage_extensions (agreement_id, starts_at, id);
COMMENT ON TABLE coverage_extensions IS 'Extra hours around a go-live or milestone; clocks follow them.';
COMMENT ON COLUMN coverage_extensions.ended_from IS
    'From here on it does not count after all; at its start: it was withdrawn before it began.';

-- Two accounts of one person are refused, too (R1).

CREATE TRIGGER two_persons_terminate BEFORE INSERT OR UPDATE OF ended_by ON agreements
    FOR EACH ROW WHEN (NEW.ended_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('termination_requested_by', 'ended_by');

CREATE TRIGGER two_persons_sign BEFORE INSERT OR UPDATE OF countersigned_by ON agreement_versions
    FOR EACH ROW WHEN (NEW.countersigned_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('approved_by', 'countersigned_by');

CREATE TRIGGER two_persons_sign_own BEFORE INSERT OR UPDATE OF approved_by ON agreement_versions
    FOR EACH ROW WHEN (NEW.approved_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('countersigned_by', 'approved_by');

CREATE TRIGGER two_persons_publish BEFORE INSERT OR UPDATE OF published_by ON agreement_versions
    FOR EACH ROW WHEN (NEW.published_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('drafted_by', 'published_by');

CREATE TRIGGER two_persons_end_cover BEFORE INSERT OR UPDATE OF ended_by ON coverage_extensions
    FOR EACH ROW WHEN (NEW.ended_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('created_by', 'ended_by');
