"""How Alembic reaches the sla schema."""

from common.persistence.migrations import run
from sla.tables import METADATA

run(METADATA)
