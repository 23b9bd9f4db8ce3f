-- Who is signed in. All times are real ones: tokens do not live in simulated time.
-- `name_hash` is SHA-256 of what the cookie holds; `sealed` are the issuer's tokens, sealed.
CREATE TABLE sessions (
    id uuid PRIMARY KEY,
    name_hash bytea NOT NULL UNIQUE,
    sub text NOT NULL,
    person_name text NOT NULL,
    roles text[] NOT NULL,
    customer text,
    issuer_session text,
    language text,
    zone text,
    browser text NOT NULL,
    sealed bytea NOT NULL,
    access_expires_at timestamptz NOT NULL,
    started_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    CONSTRAINT ck_sessions_hash CHECK (octet_length(name_hash) = 32),
    CONSTRAINT ck_sessions_ends CHECK (ends_at > started_at)
);
CREATE INDEX ix_sessions_sub ON sessions (sub);
CREATE INDEX ix_sessions_ends_at ON sessions (ends_at);
CREATE INDEX ix_sessions_issuer_session ON sessions (issuer_session) WHERE issuer_session IS NOT NULL;

-- The `jti` of each logout token of the issuer that was taken, until it has expired: each is good once. Real times.
CREATE TABLE logout_tokens (
    token_id text PRIMARY KEY,
    expires_at timestamptz NOT NULL
);
CREATE INDEX ix_logout_tokens_expires_at ON logout_tokens (expires_at);
