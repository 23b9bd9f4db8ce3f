-- Request forms, as data: what a customer is asked for a service. A version never changes.

CREATE TABLE request_forms (
    id uuid PRIMARY KEY,
    key text NOT NULL,
    version bigint NOT NULL CHECK (version > 0),
    title text NOT NULL,
    description text,
    language text NOT NULL,
    service text,
    kind text NOT NULL CHECK (kind IN ('incident', 'service_request', 'problem', 'question')),
    schema jsonb NOT NULL CHECK (jsonb_typeof(schema) = 'object'),
    is_current boolean NOT NULL,
    made_by text NOT NULL,
    made_at timestamptz NOT NULL,
    UNIQUE (key, version)
);
CREATE UNIQUE INDEX uq_request_forms_current ON request_forms (key) WHERE is_current;
COMMENT ON COLUMN request_forms.is_current IS
    'The version that is filled in from now on; none of a form that is offered no more.';

CREATE TABLE filled_forms (
    ticket_id uuid PRIMARY KEY REFERENCES tickets,
    form_id uuid NOT NULL REFERENCES request_forms,
    filled_values jsonb NOT NULL
);
