"""Extra cover may end early; who countersigns in the portal belongs to that very customer."""

from alembic import op

revision = "0015"
down_revision = "0012"
branch_labels = None
depends_on = None

COVER: tuple[str, ...] = (
    """
    ALTER TABLE cover_extensions
        ADD COLUMN ended_by text,
        ADD COLUMN ended_at timestamptz,
        ADD COLUMN ended_from timestamptz,
        ADD COLUMN ending text,
        ADD CONSTRAINT ck_cover_extensions_ended CHECK (
            num_nulls(ended_by, ended_at, ended_from, ending) IN (0, 4)
            AND ended_from >= starts_at AND ended_from < ends_at AND ended_from >= ended_at),
        ADD CONSTRAINT ck_cover_extensions_four_eyes CHECK (ended_by <> created_by)
    """,
    """
    COMMENT ON COLUMN cover_extensions.ended_from IS
        'From here on it does not count after all; at its start: it was withdrawn before it began.'
    """,
    """
    ALTER TABLE clock_sweeps
        DROP CONSTRAINT clock_sweeps_kind_check,
        ADD CONSTRAINT ck_clock_sweeps_kind
            CHECK (kind IN ('cancel', 'move', 'extend', 'shorten'))
    """,
)

PARTY: tuple[str, ...] = (
    "ALTER TABLE agreements ADD CONSTRAINT uq_agreements_party UNIQUE (id, customer_id)",
    "ALTER TABLE agreement_versions ADD COLUMN countersigned_for uuid",
    """
    UPDATE agreement_versions v SET countersigned_for = a.customer_id
    FROM agreements a
    WHERE a.id = v.agreement_id AND v.customer_signs AND v.countersigned_by IS NOT NULL
    """,
    """
    ALTER TABLE agreement_versions
        ADD CONSTRAINT fk_agreement_versions_party FOREIGN KEY (agreement_id, countersigned_for)
            REFERENCES agreements (id, customer_id),
        ADD CONSTRAINT ck_agreement_versions_party CHECK (
            (countersigned_for IS NULL OR countersigned_by IS NOT NULL)
            AND (NOT customer_signs OR countersigned_by IS NULL OR countersigned_for IS NOT NULL))
    """,
    """
    COMMENT ON COLUMN agreement_versions.countersigned_for IS
        'The customer whose contact countersigned: that of the agreement; null of our own people.'
    """,
)


def upgrade() -> None:
    for statement in (*COVER, *PARTY):
        op.execute(statement)
