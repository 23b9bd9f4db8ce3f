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
    UNIQUE (key, version)
);
COMMENT ON COLUMN calendars.zone IS
    'The zone''s offsets and tz release when the version was made: a later release moves nothing.';
COMMENT ON COLUMN calendars.source IS
    'Of an import: the host, the digest of the feed, how its timed events were read.';
