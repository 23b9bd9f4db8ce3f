"""How Alembic reaches the delivery_gate schema."""

from common.persistence.migrations import run_migrations
from delivery_gate.tables import METADATA

run_migrations(METADATA)
