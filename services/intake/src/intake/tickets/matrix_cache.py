"""The matrix of impact and urgency in memory, so that no new ticket waits for a statement."""

import asyncio
from typing import Final

from common.persistence.database import Database
from intake.tickets.domain.priority import Matrix
from intake.tickets.store import priority_matrices

MAX_AGE_S: Final = 5.0
"""Seconds after which a change of the matrix holds on every replica."""


class MatrixCache:
    """Reads the matrix again once it is older than MAX_AGE_S; every caller sees the same."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._cells: Matrix | None = None
        self._read_at = 0.0

    async def get(self) -> Matrix:
        """The priorities by impact and urgency, at most MAX_AGE_S old."""
        now = asyncio.get_running_loop().time()
        if self._cells is None or now - self._read_at > MAX_AGE_S:
            self._read_at = now
            async with self._database.transaction(all_rows=True) as tx:
                self._cells = await priority_matrices.find_cells(tx)
        return self._cells

    def forget(self) -> None:
        """Read it again with the next ticket: it has changed."""
        self._cells = None
