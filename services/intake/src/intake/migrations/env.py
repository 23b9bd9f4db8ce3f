"""Alembic's entry: migrate the intake schema."""

from common.persistence.migrations import run_migrations
from intake.metadata import METADATA

run_migrations(METADATA)
