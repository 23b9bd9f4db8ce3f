"""Verification of the trail in the database: every seal is computed again from the entries."""

from dataclasses import dataclass
from typing import Any

import asyncpg

from common.audit.sealer import ENTRY_HASH_SQL, format_instant
from common.audit.verifier import INITIAL_CHAIN, chain, root
from common.persistence.database import Database

_SELECT_LEAVES = f"""
SELECT l.position, l.hash, CASE WHEN a.position IS NOT NULL THEN {ENTRY_HASH_SQL} END AS found
FROM audit_leaves l LEFT JOIN audit a USING (position) WHERE l.seal = $1 ORDER BY l.position
"""
_SELECT_LATE_ENTRY = """
SELECT min(a.position) FROM audit a WHERE (a.xid < $1 OR a.position <= $2)
    AND NOT EXISTS (SELECT FROM audit_leaves l WHERE l.position = a.position)
"""
_SELECT_CLUSTER = "SELECT system_identifier FROM pg_control_system()"


@dataclass(frozen=True, slots=True)
class VerificationResult:
    """The result. `difference` is the first difference, None when the trail is whole."""

    difference: str | None
    seals: int
    sealed: int
    unsealed: int
    head: str

    def summary(self) -> str:
        return (
            f"whole: {self.sealed} entries in {self.seals} seals, "
            f"{self.unsealed} not sealed yet, head {self.head}"
        )


async def verify(database: Database, *, head: str | None = None) -> VerificationResult:
    """Verify the whole trail in one snapshot. `head` is a NUMBER:CHAIN that was noted earlier.

    It cannot detect the removal of unsealed entries, nor a trail that was rewritten from some seal
    on, unless a head noted after that seal is given.
    """
    connection = await database.dedicated_connection()
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            return await _Verification(connection).run(head)
    finally:
        await connection.close()


class _Verification:
    def __init__(self, connection: "asyncpg.Connection[Any]") -> None:
        self.connection = connection
        self.heads = [f"0:{INITIAL_CHAIN.hex()}"]
        self.previous = INITIAL_CHAIN
        self.sealed = 0

    async def run(self, head: str | None) -> VerificationResult:
        seals = await self.connection.fetch("SELECT * FROM audit_seals ORDER BY number")
        difference = None
        for expected, row in enumerate(seals, start=1):
            if difference := await self._check_seal(expected, row):
                break
        if difference is None:
            difference = await self._check_outside_seals(seals)
        if difference is None and head is not None and head not in self.heads:
            difference = f"no seal is {head}: the trail was rewritten after it was noted"
        unsealed = await self.connection.fetchval("SELECT count(*) FROM audit") - self.sealed
        return VerificationResult(
            difference, len(self.heads) - 1, self.sealed, unsealed, self.heads[-1]
        )

    async def _check_seal(self, expected: int, row: asyncpg.Record) -> str | None:
        if row["number"] != expected:
            return f"seal {expected} is missing"
        if row["previous"] != self.previous:
            return f"seal {expected} does not follow seal {expected - 1}"
        leaves = await self.connection.fetch(_SELECT_LEAVES, expected)
        for entry in leaves:
            if entry["found"] is None:
                return f"entry {entry['position']} of seal {expected} is missing"
            if entry["found"] != entry["hash"]:
                return f"entry {entry['position']} of seal {expected} was changed"
        hashes = [entry["hash"] for entry in leaves]
        if len(hashes) != row["size"] or root(hashes) != row["root"]:
            return f"seal {expected} does not match its entries"
        self.previous = chain(
            self.previous, expected, format_instant(row["sealed_at"]), row["size"], row["root"]
        )
        if self.previous != row["chain"]:
            return f"seal {expected} was changed"
        self.heads.append(f"{expected}:{self.previous.hex()}")
        self.sealed += len(hashes)
        return None

    async def _check_outside_seals(self, seals: list[asyncpg.Record]) -> str | None:
        """Find hashes without a seal, and entries that were inserted later."""
        missing_seal = await self.connection.fetchval(
            "SELECT min(seal) FROM audit_leaves WHERE NOT seal BETWEEN 1 AND $1", len(seals)
        )
        if missing_seal is not None:
            return f"seal {missing_seal} is missing"
        if not seals:
            return None
        last = seals[-1]
        same = last["cluster"] == await self.connection.fetchval(_SELECT_CLUSTER)
        late_entry = await self.connection.fetchval(
            _SELECT_LATE_ENTRY, last["settled"] if same else 0, last["floor"]
        )
        if late_entry is not None:
            return f"entry {late_entry} was inserted after its time had been sealed"
        return None
