"""Hours and money: work that was booked, rate sheets, reserved hours, and their roll-ups."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

SCRIPT = """
CREATE TABLE rate_sheets (
    id uuid PRIMARY KEY,
    customer_id uuid REFERENCES customers,
    version int NOT NULL CHECK (version > 0),
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    rates jsonb NOT NULL,
    valid_from date NOT NULL,
    valid_until date CHECK (valid_until > valid_from),
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE NULLS NOT DISTINCT (customer_id, version),
    EXCLUDE USING gist (
        int8range(uuid_hash_extended(coalesce(customer_id, uuid_nil), 0),
            uuid_hash_extended(coalesce(customer_id, uuid_nil), 0), '[]') WITH &&,
        daterange(valid_from, valid_until) WITH &&
    )
);
COMMENT ON TABLE rate_sheets IS 'Customer null: for all who have no sheet of their own.';
COMMENT ON COLUMN rate_sheets.rates IS 'Hundredths of the currency for an hour, by name of the rate.';
CREATE SEQUENCE work_numbers;
CREATE TABLE work (
    id uuid PRIMARY KEY,
    key text NOT NULL UNIQUE,
    ticket_id uuid NOT NULL REFERENCES tickets,
    customer_id uuid NOT NULL,
    agreement_id uuid,
    person text NOT NULL,
    minutes int NOT NULL CHECK (minutes BETWEEN -1440 AND 1440 AND minutes <> 0),
    day date NOT NULL,
    rate text NOT NULL,
    corrects uuid REFERENCES work,
    reason text,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    CHECK ((corrects IS NULL) = (reason IS NULL)),
    CHECK (corrects IS NOT NULL OR minutes > 0)
);
COMMENT ON TABLE work IS 'A correction is a record of its own: the difference in minutes.';
COMMENT ON COLUMN work.agreement_id IS 'That of the ticket when the work was recorded.';
CREATE INDEX ix_work_customer ON work (customer_id, day);
CREATE INDEX ix_work_agreement ON work (agreement_id, customer_id, day);
CREATE INDEX ix_work_ticket ON work (ticket_id, id);
CREATE INDEX ix_work_corrects ON work (corrects) WHERE corrects IS NOT NULL;
REVOKE UPDATE, DELETE, TRUNCATE ON work FROM opsdesk_sla;
CREATE TABLE hours_accounts (
    id uuid PRIMARY KEY,
    agreement_id uuid NOT NULL REFERENCES agreements,
    customer_id uuid NOT NULL,
    month date NOT NULL CHECK (extract(day FROM month) = 1),
    warned_at timestamptz,
    sequence bigint NOT NULL,
    UNIQUE (agreement_id, customer_id, month)
);
COMMENT ON TABLE hours_accounts IS 'Reserved hours of a month: locked while work is recorded.';
CREATE TABLE work_figures (
    span text NOT NULL CHECK (span IN ('day', 'month', 'total')),
    customer_id uuid NOT NULL,
    day date NOT NULL,
    service text NOT NULL,
    priority text NOT NULL,
    kind text NOT NULL,
    rate text NOT NULL,
    currency text NOT NULL,
    minutes bigint NOT NULL,
    cents bigint NOT NULL,
    PRIMARY KEY (span, customer_id, day, service, priority, kind, rate, currency)
) WITH (fillfactor = 80);
COMMENT ON COLUMN work_figures.currency IS 'Empty: no sheet of that day has this rate.';
COMMENT ON COLUMN work_figures.cents IS 'Hundredths of the currency.';
CREATE INDEX ix_work_figures_day ON work_figures (span, day);
""".replace("uuid_nil", "'00000000-0000-0000-0000-000000000000'::uuid")

NOON = "(worked.day + interval '12 hours') AT TIME ZONE customer.day_zone"
MARKS = (
    f"""
    CREATE FUNCTION sla.mark_worked() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO sla.recounts (customer_id, at)
        SELECT DISTINCT worked.customer_id, {NOON}
        FROM added worked JOIN sla.customers customer ON customer.id = worked.customer_id;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER mark_worked AFTER INSERT ON work REFERENCING NEW TABLE AS added
        FOR EACH STATEMENT EXECUTE FUNCTION sla.mark_worked()
    """,
    f"""
    CREATE FUNCTION sla.mark_worked_ticket() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO sla.recounts (customer_id, at)
        SELECT DISTINCT worked.customer_id, {NOON}
        FROM was JOIN became USING (id) JOIN sla.work worked ON worked.ticket_id = became.id
        JOIN sla.customers customer ON customer.id = worked.customer_id
        WHERE (was.service, was.priority, was.kind)
            IS DISTINCT FROM (became.service, became.priority, became.kind);
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER mark_worked_ticket AFTER UPDATE ON tickets
        REFERENCING OLD TABLE AS was NEW TABLE AS became
        FOR EACH STATEMENT EXECUTE FUNCTION sla.mark_worked_ticket()
    """,
    f"""
    CREATE FUNCTION sla.mark_priced() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO sla.recounts (customer_id, at)
        SELECT DISTINCT worked.customer_id, {NOON}
        FROM sla.work worked JOIN sla.customers customer ON customer.id = worked.customer_id
        WHERE (NEW.customer_id IS NULL OR NEW.customer_id = worked.customer_id)
            AND worked.day >= NEW.valid_from;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER mark_priced AFTER INSERT OR UPDATE ON rate_sheets
        FOR EACH ROW EXECUTE FUNCTION sla.mark_priced()
    """,
)


def upgrade() -> None:
    for statement in SCRIPT.split(";\n"):
        if statement.strip():
            op.execute(statement)
    for statement in MARKS:
        op.execute(statement)
