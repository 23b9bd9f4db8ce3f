"""How Alembic reaches the intake schema."""

from common.persistence.migrations import run
from intake.tables import METADATA

run(METADATA)
