-- Who looks at a ticket, or writes on it: forgotten after 45 seconds without another sign. Real times.
CREATE TABLE presence (
    ticket text NOT NULL,
    sub text NOT NULL,
    person_name text NOT NULL,
    doing text NOT NULL,
    seen_at timestamptz NOT NULL,
    CONSTRAINT presence_pkey PRIMARY KEY (ticket, sub),
    CONSTRAINT ck_presence_doing CHECK (doing IN ('looking', 'writing'))
);
CREATE INDEX ix_presence_seen_at ON presence (seen_at);
