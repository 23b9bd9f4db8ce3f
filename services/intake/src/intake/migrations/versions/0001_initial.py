"""The first schema of intake, in SQL, one script per noun."""

from pathlib import Path

from alembic import op

from common.persistence import base_schema
from common.persistence.migrations import execute_script

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SCRIPTS = (
    "directory",
    "reasons",
    "reads",
    "responsibilities",
    "blunt_words",
    "tickets",
    "queue",
    "search",
    "views",
    "second_eyes",
    "overdue_second_eyes",
    "problems",
    "change_requests",
    "access_requests",
    "message_checks",
    "message_templates",
    "articles",
    "linked_tickets",
    "priority_matrix",
    "links",
    "watchers",
    "feedback",
    "improvements",
    "mail",
    "notices",
    "outgoing",
    "alerts",
    "revocations",
    "erasures",
    "files",
    "forms",
    "chats",
    "ticket_imports",
    "waiting",
    "contacts",
)


def upgrade() -> None:
    folder = Path(__file__).with_suffix("")
    base_schema.create_v1(op)
    execute_script(op, *(folder / f"{name}.sql" for name in SCRIPTS))
