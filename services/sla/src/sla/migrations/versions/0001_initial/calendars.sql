-- Service hours. A version is never changed: clocks refer to it.

CREATE TABLE calendars (
    id uuid PRIMARY KEY,
    key text NOT NULL,
    version int NOT NULL CHECK (version > 0),
    definition jsonb NOT NULL,
    zone jsonb NOT NULL,
    source jsonb,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'in_effect'
        CHECK (state IN ('proposed', 'published', 'in_effect', 'withdrawn')),
    effective_from timestamptz,
    published_by text,
    published_at timestamptz,
    UNIQUE (key, version),
    CONSTRAINT ck_calendars_published_at CHECK ((published_by IS NULL) = (published_at IS NULL)),
    CONSTRAINT ck_calendars_four_eyes CHECK (published_by <> created_by),
    CONSTRAINT ck_calendars_effective CHECK (effective_from IS NOT NULL OR state = 'in_effect')
);
COMMENT ON COLUMN calendars.state IS
    'A later version is proposed by one person and published by another; it holds from effective_from on.';
COMMENT ON COLUMN calendars.effective_from IS
    'From when on agreements follow it; null: a calendar of one agreement, which nobody else follows.';
CREATE INDEX ix_calendars_proposed ON calendars (id) WHERE state = 'proposed';

-- Two accounts of one person are refused, too (R1).

CREATE TRIGGER two_persons_publish_calendar BEFORE INSERT OR UPDATE OF published_by ON calendars
    FOR EACH ROW WHEN (NEW.published_by IS NOT NULL)
    EXECUTE FUNCTION refuse_one_person('created_by', 'published_by');
COMMENT ON COLUMN calendars.zone IS
    'The zone''s offsets and tz release when the version was made: a later release moves nothing.';
COMMENT ON COLUMN calendars.source IS
    'Of an import: the host, the digest of the feed, how its timed events were read.';
