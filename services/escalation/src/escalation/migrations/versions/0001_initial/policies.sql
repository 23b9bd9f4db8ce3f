-- Policies: whom to notify, in which order; the matrix: which trigger gets which policy. A version is
-- never changed.

CREATE TABLE policies (
    id uuid PRIMARY KEY,
    key text NOT NULL,
    version int NOT NULL,
    body jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    UNIQUE (key, version)
);

CREATE TABLE matrices (
    version int PRIMARY KEY,
    rows jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL
);

-- The default policy, in force until others are made: first level, then those behind it, then the
-- fallback contact.
INSERT INTO policies (id, key, version, body, created_at, created_by) VALUES (
    '01900000-0000-7000-8000-000000000001', 'default', 1,
    '{"id": "01900000-0000-7000-8000-000000000001", "key": "default", "version": 1,
      "steps": [{"targets": [{"kind": "role", "name": "ops"}], "delay": "PT15M"},
                {"targets": [{"kind": "role", "name": "tom"},
                             {"kind": "role", "name": "second_level"}], "delay": "PT15M"}],
      "fallback": "fallback", "repeat": 2, "audiences": ["dm", "ops", "tom"]}',
    statement_timestamp(), 'opsdesk');
INSERT INTO matrices (version, rows, created_at, created_by) VALUES (
    1, '[{"when": {}, "policy": "default"}]', statement_timestamp(), 'opsdesk');
