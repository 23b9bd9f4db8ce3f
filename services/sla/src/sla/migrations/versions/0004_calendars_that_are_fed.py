"""Calendars that are fed from elsewhere say what with."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES: tuple[str, ...] = (
    "ALTER TABLE calendars ADD COLUMN source jsonb",
    """
    COMMENT ON COLUMN calendars.source IS
        'Of an import: the host, the digest of the feed, how its timed events were read.'
    """,
)


def upgrade() -> None:
    for statement in TABLES:
        op.execute(statement)
