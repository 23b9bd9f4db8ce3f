"""Alembic's entry: migrate the escalation schema."""

from common.persistence.migrations import run_migrations
from escalation.metadata import METADATA

run_migrations(METADATA)
