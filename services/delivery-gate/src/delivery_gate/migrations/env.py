"""Alembic's entry: migrate the delivery_gate schema."""

from common.migrations import run
from delivery_gate.tables import METADATA

run(METADATA)
