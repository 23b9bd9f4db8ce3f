"""Seals over facts, and the heads that were published."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from common.audit.verifier import INITIAL_CHAIN as INITIAL_AUDIT_CHAIN
from sla.evidence.domain.fact_verifier import chain_value

NEVER_CHANGED: Final = (
    "audit",
    "audit_leaves",
    "audit_seals",
    "clock_inputs",
    "fact_seals",
    "fact_versions",
    "punctuality_seals",
    "samples",
)
"""Tables in which no row is ever changed or deleted: PostgreSQL's counters of that stay as they are."""

_SELECT_CIRCUMSTANCES = f"""
SELECT pg_current_snapshot()::text AS snapshot,
    (SELECT system_identifier FROM pg_control_system()) AS cluster,
    coalesce((SELECT number || ':' || encode(chain, 'hex') FROM audit_seals ORDER BY number DESC LIMIT 1),
        '0:{INITIAL_AUDIT_CHAIN.hex()}') AS audit_head,
    (SELECT jsonb_object_agg(relname, n_tup_upd + n_tup_del)::text FROM pg_stat_user_tables
     WHERE schemaname = current_schema() AND relname = ANY($1::text[])) AS rewritten
"""
_SELECT_SEAL = """
SELECT number, sealed_at, relation, layout, size, positions::text AS positions, leaves, audit_head,
    rewritten::text AS rewritten, snapshot, floor, cluster, previous, chain FROM fact_seals
"""
_INSERT_SEAL = """
INSERT INTO fact_seals (number, sealed_at, relation, layout, size, positions, leaves, audit_head, rewritten,
    snapshot, floor, cluster, previous, chain)
VALUES ($1, $2, $3, $4, $5, $6::text::int8multirange, $7, $8, $9::text::jsonb, $10, $11, $12, $13, $14)
"""


@dataclass(frozen=True, slots=True)
class FactSeal:
    """A seal over facts of one table (`relation`; None: over nothing new)."""

    number: int
    sealed_at: datetime
    relation: str | None
    layout: int
    size: int
    positions: str
    leaves: bytes
    audit_head: str
    rewritten: Mapping[str, int]
    snapshot: str
    floor: int
    cluster: int
    previous: bytes
    chain: bytes = b""

    @property
    def head(self) -> str:
        return f"{self.number}:{self.chain.hex()}"

    def members(self) -> dict[str, object]:
        """The members of the seal as they are hashed and exported."""
        return {
            "number": self.number,
            "sealed_at": format_instant(self.sealed_at),
            "relation": self.relation,
            "layout": self.layout,
            "size": self.size,
            "positions": self.positions,
            "leaves": self.leaves.hex(),
            "audit_head": self.audit_head,
            "rewritten": self.rewritten,
            "snapshot": self.snapshot,
            "floor": self.floor,
            "cluster": self.cluster,
            "previous": self.previous.hex(),
            "chain": self.chain.hex(),
        }

    def computed_chain(self) -> bytes:
        """The chain value that the seal must have."""
        return chain_value(self.previous, self.members())


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a pass finds beside the facts, in its one snapshot."""

    snapshot: str
    cluster: int
    audit_head: str
    rewritten: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Anchor:
    """A head that was published, with the time-stamp of an authority where there is one."""

    id: UUID
    number: int
    seal: int
    chain: bytes
    anchored_at: datetime
    timestamp_token: bytes | None = None
    timestamp_problem: str | None = None

    @property
    def head(self) -> str:
        return f"{self.seal}:{self.chain.hex()}"


async def read_circumstances(connection: "asyncpg.Connection[Any]") -> Circumstances:
    row = await connection.fetchrow(_SELECT_CIRCUMSTANCES, list(NEVER_CHANGED))
    assert row is not None
    counters = json.loads(row["rewritten"] or "{}")
    return Circumstances(row["snapshot"], row["cluster"], row["audit_head"], counters)


async def find_newest(connection: "asyncpg.Connection[Any]") -> FactSeal | None:
    row = await connection.fetchrow(_SELECT_SEAL + " ORDER BY number DESC LIMIT 1")
    return _to_seal(row) if row else None


async def list_after(
    connection: "asyncpg.Connection[Any]", number: int, limit: int
) -> list[FactSeal]:
    """List up to `limit` seals with higher numbers, in order."""
    rows = await connection.fetch(
        _SELECT_SEAL + " WHERE number > $1 ORDER BY number LIMIT $2", number, limit
    )
    return [_to_seal(row) for row in rows]


async def get_highest_position(connection: "asyncpg.Connection[Any]") -> int:
    """Return the highest position that a seal covers; 0 where there is none."""
    query = "SELECT coalesce(max(upper(positions)) - 1, 0) FROM fact_seals"
    return int(await connection.fetchval(query))


async def list_lost_audit_heads(connection: "asyncpg.Connection[Any]") -> list[str]:
    """List the heads of the audit trail that were sealed with facts and are not in it any more."""
    rows = await connection.fetch(
        """
        SELECT DISTINCT audit_head FROM fact_seals WHERE audit_head NOT LIKE '0:%' AND audit_head NOT IN (
            SELECT number || ':' || encode(chain, 'hex') FROM audit_seals)
        """
    )
    return [row["audit_head"] for row in rows]


async def insert_seal(connection: "asyncpg.Connection[Any]", seal: FactSeal) -> None:
    await connection.execute(
        _INSERT_SEAL,
        seal.number,
        seal.sealed_at,
        seal.relation,
        seal.layout,
        seal.size,
        seal.positions,
        seal.leaves,
        seal.audit_head,
        json.dumps(seal.rewritten),
        seal.snapshot,
        seal.floor,
        seal.cluster,
        seal.previous,
        seal.chain,
    )


async def list_anchors(connection: "asyncpg.Connection[Any]") -> list[Anchor]:
    """List all published heads, in order."""
    rows = await connection.fetch("SELECT * FROM fact_anchors ORDER BY number")
    return [Anchor(**row) for row in rows]


async def find_newest_anchor(connection: "asyncpg.Connection[Any]") -> Anchor | None:
    row = await connection.fetchrow("SELECT * FROM fact_anchors ORDER BY number DESC LIMIT 1")
    return Anchor(**row) if row else None


async def page_anchors(
    connection: "asyncpg.Connection[Any]", after: tuple[int] | None, limit: int
) -> list[Anchor]:
    """List up to `limit` + 1 published heads, by number."""
    query = "SELECT * FROM fact_anchors WHERE number > $1 ORDER BY number LIMIT $2"
    rows = await connection.fetch(query, after[0] if after else 0, limit + 1)
    return [Anchor(**row) for row in rows]


async def count_facts(connection: "asyncpg.Connection[Any]") -> int:
    """Count the facts that are sealed."""
    return int(await connection.fetchval("SELECT coalesce(sum(size), 0) FROM fact_seals"))


def format_instant(at: datetime) -> str:
    """An instant as it is hashed and exported."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _to_seal(row: asyncpg.Record) -> FactSeal:
    values = dict(row)
    return FactSeal(**values | {"rewritten": json.loads(values["rewritten"])})
