"""Lists of cases by customer, environment and ticket walk an index, newest first."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INDEXES = tuple(
    f"CREATE INDEX ix_escalations_by_{column} ON escalations ({column}, opened_at DESC, id DESC)"
    f" WHERE {column} IS NOT NULL"
    for column in ("customer", "environment", "ticket")
)


def upgrade() -> None:
    for statement in INDEXES:
        op.execute(statement)
