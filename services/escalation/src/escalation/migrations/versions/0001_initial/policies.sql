-- Who is called, in which order, for what, and who is on duty. A version is never changed.

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

CREATE TABLE rotas (
    key text NOT NULL,
    version int NOT NULL,
    body jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    PRIMARY KEY (key, version)
);

-- What holds until somebody gives better rules: first level, then those behind it, then the house.
INSERT INTO policies (id, key, version, body, created_at, created_by) VALUES (
    '01900000-0000-7000-8000-000000000001', 'house', 1,
    '{"id": "01900000-0000-7000-8000-000000000001", "key": "house", "version": 1,
      "steps": [{"targets": [{"kind": "role", "name": "ops"}], "delay": "PT15M"},
                {"targets": [{"kind": "role", "name": "tom"},
                             {"kind": "role", "name": "second_level"}], "delay": "PT15M"}],
      "fallback": "house", "repeat": 2, "audiences": ["dm", "ops", "tom"]}',
    statement_timestamp(), 'opsdesk');
INSERT INTO matrices (version, rows, created_at, created_by) VALUES (
    1, '[{"when": {}, "policy": "house"}]', statement_timestamp(), 'opsdesk');
