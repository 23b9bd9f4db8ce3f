"""Roll-ups: figures per day and month, counted again from the rows for every day that changed.

Triggers mark the days, so that whoever changes a fact, by whatever path, need not think of it
(docs/decisions/0661).
"""

from alembic import op

from common.persistence.base_schema import QUEUE

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

FACTS = """
ALTER TABLE customers ADD COLUMN day_zone text NOT NULL DEFAULT 'UTC';
COMMENT ON COLUMN customers.day_zone IS
    'The zone in which days are counted: the customer''s, or UTC where PostgreSQL does not know it.';
UPDATE customers SET day_zone = timezone WHERE timezone IN (SELECT name FROM pg_timezone_names);
ALTER TABLE tickets
    ADD COLUMN ended_at timestamptz,
    ADD COLUMN ended_as text CHECK (ended_as IN ('resolved', 'merged')),
    ADD CHECK ((ended_at IS NULL) = (ended_as IS NULL));
COMMENT ON COLUMN tickets.ended_at IS 'Null while the ticket is open, also when opened again.';
CREATE INDEX ix_tickets_opened ON tickets (customer_id, opened_at);
CREATE INDEX ix_tickets_ended ON tickets (customer_id, ended_at) WHERE ended_at IS NOT NULL;
ALTER TABLE clocks ADD COLUMN stopped_at timestamptz, ADD COLUMN took_seconds bigint;
COMMENT ON COLUMN clocks.took_seconds IS
    'Counted time of its longest cycle, once it has stopped; null before.';
CREATE INDEX ix_clocks_decided ON clocks (customer_id, outcome_at) WHERE outcome IS NOT NULL;
CREATE INDEX ix_clocks_stopped ON clocks (customer_id, stopped_at) WHERE stopped_at IS NOT NULL;
CREATE TABLE ticket_turns (
    ticket_id uuid NOT NULL REFERENCES tickets,
    ordinal bigint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('resolved', 'rejected', 'reopened', 'merged')),
    at timestamptz NOT NULL,
    customer_id uuid,
    change smallint NOT NULL CHECK (change BETWEEN -1 AND 1),
    PRIMARY KEY (ticket_id, ordinal)
);
COMMENT ON TABLE ticket_turns IS 'How a ticket ended and began again, in the order of its events.';
COMMENT ON COLUMN ticket_turns.ordinal IS 'The sequence of the ticket''s event.';
COMMENT ON COLUMN ticket_turns.customer_id IS 'The ticket''s; null in triage.';
COMMENT ON COLUMN ticket_turns.change IS 'What it does to the number of open tickets.';
CREATE INDEX ix_ticket_turns_at ON ticket_turns (customer_id, at);
REVOKE UPDATE, DELETE, TRUNCATE ON ticket_turns FROM opsdesk_sla;
GRANT UPDATE (customer_id) ON ticket_turns TO opsdesk_sla;
"""

KEYS = """
    span text NOT NULL CHECK (span IN ('day', 'month', 'total')),
    customer_id uuid NOT NULL,
    day date NOT NULL,
    service text NOT NULL,
    priority text NOT NULL,
    kind text NOT NULL,"""
SETTINGS = "WITH (fillfactor = 80)"
FIGURES = f"""
CREATE TABLE recounts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id uuid NOT NULL,
    at timestamptz NOT NULL
) {QUEUE};
COMMENT ON TABLE recounts IS 'On the day of this instant a fact of the customer has changed.';
CREATE TABLE ticket_figures ({KEYS}
    opened int NOT NULL,
    resolved int NOT NULL,
    rejected int NOT NULL,
    reopened int NOT NULL,
    merged int NOT NULL,
    entered int NOT NULL,
    gone int NOT NULL,
    opened_epochs bigint NOT NULL,
    still_open int NOT NULL,
    PRIMARY KEY (span, customer_id, day, service, priority, kind)
) {SETTINGS};
COMMENT ON TABLE ticket_figures IS
    'Per day or month (its first day); total: a month, services, priorities and kinds together.
    Customer 0: all of them.';
COMMENT ON COLUMN ticket_figures.entered IS 'Became open: opened, rejected, reopened.';
COMMENT ON COLUMN ticket_figures.gone IS 'Were open no more: resolved, merged.';
COMMENT ON COLUMN ticket_figures.opened_epochs IS
    'Sum of opened_at (epoch seconds) of what entered, minus that of what is gone: for mean ages.';
COMMENT ON COLUMN ticket_figures.still_open IS 'Of those opened then, how many are open now.';
CREATE INDEX ix_ticket_figures_day ON ticket_figures (span, day);
CREATE INDEX ix_ticket_figures_open ON ticket_figures (customer_id, day)
    WHERE span = 'day' AND still_open > 0;
CREATE TABLE clock_figures ({KEYS}
    metric text NOT NULL,
    contract text NOT NULL,
    agreement text NOT NULL,
    met int NOT NULL,
    breached int NOT NULL,
    excused int NOT NULL,
    PRIMARY KEY (span, customer_id, day, service, priority, kind, metric, contract, agreement)
) {SETTINGS};
COMMENT ON TABLE clock_figures IS 'Clocks by the day on which they were met or broke.';
CREATE INDEX ix_clock_figures_day ON clock_figures (span, day);
CREATE TABLE time_figures ({KEYS}
    metric text NOT NULL,
    contract text NOT NULL,
    agreement text NOT NULL,
    bucket smallint NOT NULL,
    ended int NOT NULL,
    seconds bigint NOT NULL,
    PRIMARY KEY
        (span, customer_id, day, service, priority, kind, metric, contract, agreement, bucket)
) {SETTINGS};
COMMENT ON TABLE time_figures IS 'How long what ended on the day took: a histogram.';
COMMENT ON COLUMN time_figures.bucket IS
    '0: under a second; else 1 + floor(log of the seconds to the base 1.1).';
CREATE INDEX ix_time_figures_day ON time_figures (span, metric, day);
"""

MARKS = (
    """
    CREATE FUNCTION sla.mark_opened() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO sla.recounts (customer_id, at)
        SELECT DISTINCT customer_id, date_trunc('minute', opened_at) FROM added
        WHERE customer_id IS NOT NULL;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER mark_opened AFTER INSERT ON tickets REFERENCING NEW TABLE AS added
        FOR EACH STATEMENT EXECUTE FUNCTION sla.mark_opened()
    """,
    """
    CREATE FUNCTION sla.mark_ticket() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        UPDATE sla.ticket_turns turn SET customer_id = became.customer_id
        FROM became JOIN was USING (id)
        WHERE turn.ticket_id = id AND was.customer_id IS DISTINCT FROM became.customer_id;
        INSERT INTO sla.recounts (customer_id, at)
        WITH counted_otherwise AS MATERIALIZED (
            SELECT became.id, ARRAY[was.customer_id, became.customer_id] AS customers,
                ARRAY[was.opened_at, became.opened_at] AS opened
            FROM was JOIN became USING (id)
            WHERE (was.customer_id, was.service, was.priority, was.kind, was.opened_at,
                was.agreement) IS DISTINCT FROM (became.customer_id, became.service,
                became.priority, became.kind, became.opened_at, became.agreement)
        ), instants AS (
            SELECT customers, unnest(opened) AS at FROM counted_otherwise
            UNION ALL
            SELECT customers, turn.at FROM counted_otherwise
            JOIN sla.ticket_turns turn ON turn.ticket_id = id
            UNION ALL
            SELECT customers, unnest(ARRAY[clock.outcome_at, clock.stopped_at])
            FROM counted_otherwise o JOIN sla.clocks clock ON clock.ticket_id = o.id
            UNION ALL
            SELECT ARRAY[became.customer_id], unnest(ARRAY[became.opened_at, was.ended_at,
                became.ended_at]) FROM was JOIN became USING (id)
            WHERE (was.ended_at, was.ended_as) IS DISTINCT FROM (became.ended_at, became.ended_as)
        )
        SELECT DISTINCT customer_id, date_trunc('minute', at)
        FROM instants CROSS JOIN unnest(customers) AS mine (customer_id)
        WHERE at IS NOT NULL AND customer_id IS NOT NULL;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER mark_ticket AFTER UPDATE ON tickets
        REFERENCING OLD TABLE AS was NEW TABLE AS became
        FOR EACH STATEMENT EXECUTE FUNCTION sla.mark_ticket()
    """,
    """
    CREATE FUNCTION sla.mark_turned() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO sla.recounts (customer_id, at)
        SELECT DISTINCT customer_id, date_trunc('minute', at) FROM added
        WHERE customer_id IS NOT NULL;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER mark_turned AFTER INSERT ON ticket_turns REFERENCING NEW TABLE AS added
        FOR EACH STATEMENT EXECUTE FUNCTION sla.mark_turned()
    """,
    """
    CREATE FUNCTION sla.mark_measured() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO sla.recounts (customer_id, at)
        SELECT DISTINCT whose, date_trunc('minute', at)
        FROM was JOIN became USING (id) CROSS JOIN LATERAL (VALUES
            (was.customer_id, was.outcome_at), (was.customer_id, was.stopped_at),
            (became.customer_id, became.outcome_at), (became.customer_id, became.stopped_at)
        ) AS instants (whose, at)
        WHERE at IS NOT NULL
            AND (was.customer_id, was.outcome, was.outcome_at, was.stopped_at, was.took_seconds,
                was.agreement) IS DISTINCT FROM (became.customer_id, became.outcome,
                became.outcome_at, became.stopped_at, became.took_seconds, became.agreement);
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER mark_measured AFTER UPDATE ON clocks
        REFERENCING OLD TABLE AS was NEW TABLE AS became
        FOR EACH STATEMENT EXECUTE FUNCTION sla.mark_measured()
    """,
    """
    CREATE FUNCTION sla.mark_moved() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO sla.recounts (customer_id, at)
        SELECT DISTINCT NEW.id, date_trunc('minute', at) + away * interval '1 day'
        FROM (
            SELECT unnest(ARRAY[opened_at, ended_at]) AS at
            FROM sla.tickets WHERE customer_id = NEW.id
            UNION SELECT at FROM sla.ticket_turns WHERE customer_id = NEW.id
            UNION SELECT unnest(ARRAY[outcome_at, stopped_at])
            FROM sla.clocks WHERE customer_id = NEW.id
        ) AS instants CROSS JOIN generate_series(-2, 2) AS away
        WHERE at IS NOT NULL;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER mark_moved AFTER UPDATE ON customers FOR EACH ROW
        WHEN (OLD.day_zone <> NEW.day_zone) EXECUTE FUNCTION sla.mark_moved()
    """,
    # What is there already is counted, too.
    """
    INSERT INTO recounts (customer_id, at)
    SELECT DISTINCT customer_id, opened_at FROM tickets WHERE customer_id IS NOT NULL
    """,
)


def upgrade() -> None:
    for script in (FACTS, FIGURES):
        for statement in script.split(";\n"):
            if statement.strip():
                op.execute(statement)
    for statement in MARKS:
        op.execute(statement)
