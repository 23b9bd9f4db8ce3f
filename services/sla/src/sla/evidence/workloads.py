"""The kinds of work of evidence with the database: long statements, beside all others."""

from typing import Final

from common.persistence.workload import Workload

SEALING: Final = Workload("sealing", 2, acquire_s=10, lock_s=5, statement_s=600, idle_s=600)
"""A pass over the facts of a minute, or at first of all; and the head that is published."""
CHECKING: Final = Workload("checking", 1, acquire_s=10, lock_s=10, statement_s=0, idle_s=0)
"""Commands that read every fact."""
