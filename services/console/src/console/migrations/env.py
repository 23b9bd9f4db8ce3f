"""Alembic's entry: migrate the console's schema."""

from common.persistence.migrations import run_migrations
from console.metadata import METADATA

run_migrations(METADATA)
