"""Correcting a ticket's kind and service takes two people: a constraint as well as a rule (R1)."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

CORRECTION = """
    ALTER TABLE tickets
        ADD COLUMN correction_kind text,
        ADD COLUMN correction_nature text,
        ADD COLUMN correction_service text,
        ADD COLUMN correction_by text,
        ADD COLUMN correction_at timestamptz,
        ADD COLUMN correction_reason text,
        ADD COLUMN reclassified_by text,
        ADD COLUMN reclassified_confirmed_by text,
        ADD CONSTRAINT ck_tickets_classification_four_eyes CHECK (reclassified_confirmed_by IS NULL
            OR (reclassified_by IS NOT NULL AND reclassified_confirmed_by <> reclassified_by))
"""

REFUSAL = """
CREATE FUNCTION refuse_correction_alone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.correction_by IS NULL
        OR NEW.kind IS DISTINCT FROM coalesce(OLD.correction_kind, OLD.kind)
        OR NEW.service IS DISTINCT FROM coalesce(OLD.correction_service, OLD.service)
        OR NEW.reclassified_by IS DISTINCT FROM OLD.correction_by
        OR NEW.reclassified_confirmed_by IS NULL
        OR NEW.reclassified_confirmed_by = OLD.correction_by
    THEN
        RAISE EXCEPTION 'what a ticket is takes the person who asked for it and another one'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_tickets_classification_four_eyes';
    END IF;
    RETURN NEW;
END $$
"""

TRIGGER = """
CREATE TRIGGER correction_needs_two BEFORE UPDATE OF kind, service ON tickets
    FOR EACH ROW WHEN (NEW.kind <> OLD.kind OR NEW.service IS DISTINCT FROM OLD.service)
    EXECUTE FUNCTION refuse_correction_alone()
"""


def upgrade() -> None:
    for statement in (CORRECTION, REFUSAL, TRIGGER):
        op.execute(statement)
