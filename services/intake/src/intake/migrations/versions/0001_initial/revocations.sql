-- Tokens that no longer hold.

CREATE TABLE token_revocations (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('token', 'person', 'client')),
    name text NOT NULL,
    issued_until timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_by text NOT NULL,
    sequence bigint NOT NULL
);
