"""Waivers and punctuality."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

WAIVERS: tuple[str, ...] = (
    "ALTER TABLE waivers ALTER COLUMN clock_id DROP NOT NULL",
    """
    ALTER TABLE waivers
        ADD COLUMN customer_id uuid REFERENCES customers,
        ADD COLUMN customer text,
        ADD COLUMN service text,
        ADD COLUMN starts_at timestamptz,
        ADD COLUMN ends_at timestamptz,
        ADD COLUMN reminded_at timestamptz,
        ADD COLUMN ended_by text,
        ADD COLUMN ended_at timestamptz,
        ADD COLUMN ending text
    """,
    """
    UPDATE waivers SET customer_id = clocks.customer_id, customer = customers.key
    FROM clocks JOIN customers ON customers.id = clocks.customer_id
    WHERE clocks.id = waivers.clock_id
    """,
    "ALTER TABLE waivers DROP CONSTRAINT waivers_state_check, DROP CONSTRAINT waivers_check1",
    """
    ALTER TABLE waivers
        ADD CONSTRAINT ck_waivers_state CHECK (state IN
            ('requested', 'approved', 'refused', 'withdrawn', 'revoked', 'expired')),
        ADD CONSTRAINT ck_waivers_decided CHECK (CASE
            WHEN state IN ('requested', 'withdrawn') THEN decided_by IS NULL
            WHEN state IN ('approved', 'refused', 'revoked') THEN decided_by IS NOT NULL
            ELSE true END),
        ADD CONSTRAINT ck_waivers_scope CHECK (
            (clock_id IS NULL) = (starts_at IS NOT NULL)
            AND (starts_at IS NULL) = (ends_at IS NULL)
            AND (clock_id IS NOT NULL OR customer_id IS NOT NULL)
            AND (ends_at > starts_at)),
        ADD CONSTRAINT ck_waivers_ended CHECK (
            (state IN ('withdrawn', 'revoked')) = (ended_by IS NOT NULL)
            AND (ended_by IS NULL) = (ended_at IS NULL)
            AND (state <> 'withdrawn' OR ended_by = requested_by))
    """,
    "COMMENT ON COLUMN waivers.starts_at IS 'Of a period: which breaches it is about, with ends_at.'",
    """
    CREATE INDEX ix_waivers_standing ON waivers (customer_id, ends_at)
        WHERE clock_id IS NULL AND decided_at IS NOT NULL
    """,
    "CREATE INDEX ix_waivers_list ON waivers (requested_at, id)",
    "CREATE INDEX ix_waivers_customer ON waivers (customer_id, requested_at, id)",
    "CREATE INDEX ix_waivers_open ON waivers (requested_at, id) WHERE state = 'requested'",
)

PUNCTUALITY: tuple[str, ...] = ()


def upgrade() -> None:
    for statement in (*WAIVERS, *PUNCTUALITY):
        op.execute(statement)
