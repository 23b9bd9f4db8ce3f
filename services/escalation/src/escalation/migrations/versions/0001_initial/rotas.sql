-- Rotas: who is on call when. A version is never changed.

CREATE TABLE rotas (
    key text NOT NULL,
    version int NOT NULL,
    body jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    PRIMARY KEY (key, version)
);
