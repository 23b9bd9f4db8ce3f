-- What was announced as waiting too long for a second person, beside what waits on tickets.

CREATE TABLE overdue_second_eyes (
    id uuid PRIMARY KEY,
    kind text NOT NULL,
    waiting_id text NOT NULL,
    key text NOT NULL,
    customer text,
    since timestamptz NOT NULL,
    announced_at timestamptz NOT NULL,
    given_at timestamptz,
    sequence bigint NOT NULL
);
CREATE UNIQUE INDEX uq_overdue_second_eyes_open ON overdue_second_eyes (kind, waiting_id)
    WHERE given_at IS NULL;
CREATE INDEX ix_overdue_second_eyes_given ON overdue_second_eyes (given_at)
    WHERE given_at IS NOT NULL;
COMMENT ON COLUMN overdue_second_eyes.waiting_id IS 'The id that the list of waits gives it.';
