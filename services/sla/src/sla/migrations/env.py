"""How Alembic reaches the sla schema."""

from common.persistence.migrations import run_migrations
from sla.tables import METADATA

run_migrations(METADATA)
