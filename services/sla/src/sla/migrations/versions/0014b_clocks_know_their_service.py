"""Customers' open clocks know their tickets' service: how promises stand is read from one index alone.

By triggers, so that clocks which the former release starts have it, too.
"""

from alembic import op

revision = "0014b"
down_revision = "0014"
branch_labels = None
depends_on = None

OPEN = "state IN ('running', 'paused')"
STATEMENTS = (
    """
    ALTER TABLE clocks ADD COLUMN service text,
        ADD COLUMN broken boolean NOT NULL GENERATED ALWAYS AS (breached_at IS NOT NULL) STORED
    """,
    """
    COMMENT ON COLUMN clocks.service IS
        'Of an open clock of a customer: its ticket''s, empty where that names none. Null: it is what
        a partner or second level promised, or it is not open.'
    """,
    """
    COMMENT ON COLUMN clocks.broken IS
        'For the index alone: never null, it takes a byte there, an instant that mostly is takes 16.'
    """,
    """
    CREATE FUNCTION sla.name_service() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        NEW.service := (SELECT coalesce(service, '') FROM sla.tickets WHERE id = NEW.ticket_id);
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER name_service BEFORE INSERT ON clocks
        FOR EACH ROW WHEN (NEW.contract = 'sla' AND NEW.service IS NULL)
        EXECUTE FUNCTION sla.name_service()
    """,
    # One that was open before this migration, or is opened again after its ticket was corrected.
    f"""
    CREATE TRIGGER name_service_again BEFORE UPDATE ON clocks FOR EACH ROW
        WHEN (NEW.contract = 'sla' AND NEW.{OPEN} AND OLD.state NOT IN ('running', 'paused'))
        EXECUTE FUNCTION sla.name_service()
    """,
    f"""
    CREATE FUNCTION sla.name_service_of_clocks() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        UPDATE sla.clocks SET service = coalesce(NEW.service, '')
        WHERE ticket_id = NEW.id AND contract = 'sla' AND {OPEN};
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER name_service_of_clocks AFTER UPDATE OF service ON tickets FOR EACH ROW
        WHEN (OLD.service IS DISTINCT FROM NEW.service)
        EXECUTE FUNCTION sla.name_service_of_clocks()
    """,
    f"""
    UPDATE clocks SET service = coalesce(tickets.service, '') FROM tickets
    WHERE tickets.id = ticket_id AND contract = 'sla' AND {OPEN}
    """,
    "DROP INDEX ix_clocks_queue_of",
    f"""
    CREATE INDEX ix_clocks_queue_of ON clocks (customer_id, deadline)
        INCLUDE (service, broken) WHERE {OPEN}
    """,
    # The index answers alone only for pages that were vacuumed since they changed.
    """
    ALTER TABLE clocks SET (fillfactor = 92, autovacuum_vacuum_scale_factor = 0.02,
        autovacuum_vacuum_insert_scale_factor = 0.02)
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
