-- Why somebody acted, in their own words. The audit trail has digests of them, and is never changed.

CREATE TABLE reasons (
    digest text PRIMARY KEY,
    subject text NOT NULL,
    who text NOT NULL,
    at timestamptz NOT NULL,
    words text NOT NULL CHECK (words <> ''),
    salt bytea NOT NULL CHECK (length(salt) = 32),
    CONSTRAINT ck_reasons_digest
        CHECK (digest = 'sha256:' || encode(sha256(salt || convert_to(words, 'UTF8')), 'hex'))
);
CREATE INDEX ix_reasons_subject ON reasons (subject);
CREATE INDEX ix_reasons_who ON reasons (who);
COMMENT ON TABLE reasons IS
    'Why somebody acted, in their own words: kept until it is erased. The audit trail names them by digest.';
