-- Filters of lists that people keep under a name, for themselves or for all of us.

CREATE TABLE saved_views (
    id uuid PRIMARY KEY,
    owner text NOT NULL,
    name text NOT NULL CHECK (name <> ''),
    shared boolean NOT NULL,
    list text NOT NULL CHECK (list IN ('queue', 'tickets')),
    query jsonb NOT NULL,
    saved_at timestamptz NOT NULL,
    CONSTRAINT uq_saved_views_name UNIQUE (owner, name)
);
CREATE INDEX ix_saved_views_shared ON saved_views (id) WHERE shared;
