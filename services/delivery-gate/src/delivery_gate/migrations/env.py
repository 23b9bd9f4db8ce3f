"""Alembic's entry: migrate the delivery_gate schema."""

from common.persistence.migrations import run_migrations
from delivery_gate.metadata import METADATA

run_migrations(METADATA)
