"""How Alembic reaches the intake schema."""

from common.persistence.migrations import run_migrations
from intake.tables import METADATA

run_migrations(METADATA)
