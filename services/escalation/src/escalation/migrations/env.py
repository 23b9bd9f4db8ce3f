"""Alembic's entry: migrate the escalation schema."""

from common.persistence.migrations import run
from escalation.tables import METADATA

run(METADATA)
