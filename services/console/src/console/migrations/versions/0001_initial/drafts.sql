-- What somebody has begun to write. `ref` is the key of a ticket, or `new`. Saved at real times; kept for 14 days.
CREATE TABLE drafts (
    sub text NOT NULL,
    kind text NOT NULL,
    ref text NOT NULL,
    text text NOT NULL,
    -- Whom a draft of a new ticket is about, so that it goes when they are erased.
    contact uuid,
    saved_at timestamptz NOT NULL,
    CONSTRAINT drafts_pkey PRIMARY KEY (sub, kind, ref),
    CONSTRAINT ck_drafts_kind CHECK (kind IN ('reply', 'note', 'new'))
);
CREATE INDEX ix_drafts_ref ON drafts (ref);
CREATE INDEX ix_drafts_contact ON drafts (contact) WHERE contact IS NOT NULL;
CREATE INDEX ix_drafts_saved_at ON drafts (saved_at);
