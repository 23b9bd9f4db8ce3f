"""The first schema of the console, in SQL, one script per noun."""

from pathlib import Path

from alembic import op

from common.persistence import base_schema
from common.persistence.migrations import execute_script

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SCRIPTS = ("sessions", "profile", "drafts", "presence")


def upgrade() -> None:
    folder = Path(__file__).with_suffix("")
    base_schema.create_v1(op)
    execute_script(op, *(folder / f"{name}.sql" for name in SCRIPTS))
