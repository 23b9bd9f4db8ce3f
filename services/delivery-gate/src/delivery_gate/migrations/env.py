"""Alembic's entry: migrate the delivery_gate schema."""

from common.persistence.migrations import run
from delivery_gate.metadata import METADATA

run(METADATA)
