"""A person's own tickets are an index walk. New ones have no assignee: accepting pays nothing."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "CREATE INDEX ix_tickets_assignee ON tickets (assignee, id) WHERE assignee IS NOT NULL"
    )
