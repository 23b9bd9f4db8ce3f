"""Compares facts, versions, seals and published heads, and names what differs in words (R16)."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import asyncpg

from common.audit.verify import verify as verify_audit_trail
from common.persistence.database import Database
from sla.evidence.domain.fact_tables import SEALED, VERSIONED
from sla.evidence.domain.fact_verifier import INITIAL_CHAIN, split_leaves, split_positions
from sla.evidence.domain.row_history import (
    Version,
    check_version,
    describe_difference,
    is_backdated,
    row_name,
)
from sla.evidence.store import fact_seals as seals
from sla.evidence.store import lines, versions
from sla.evidence.store.fact_seals import FactSeal
from sla.evidence.store.lines import FoundFact
from sla.evidence.workloads import CHECKING

SEALS_AT_ONCE = 50
MAX_NAMED = 20
"""How many rows under one seal are named; the others are counted."""


@dataclass(slots=True)
class EvidenceCheck:
    """One check, in one snapshot of the database. `problems` are sentences."""

    connection: "asyncpg.Connection[Any]"
    service_role: str
    problems: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=lambda: [f"0:{INITIAL_CHAIN.hex()}"])
    facts: int = 0
    last: FactSeal | None = None
    not_before: dict[int, datetime | None] = field(default_factory=dict)
    """Of each sealed version: when what was sealed before it was sealed."""

    async def check_seals(self) -> None:
        """Compute every seal again from the facts, in the order of the chain."""
        before: datetime | None = None  # of the pass before
        while batch := await seals.list_after(
            self.connection, self.last.number if self.last else 0, SEALS_AT_ONCE
        ):
            for seal in batch:
                if self.last is not None and seal.sealed_at > self.last.sealed_at:
                    before = self.last.sealed_at
                if not await self._check_seal(seal, before):
                    return
                self.last = seal

    async def _check_seal(self, seal: FactSeal, before: datetime | None) -> bool:
        expected = self.last.number + 1 if self.last else 1
        previous = self.last.chain if self.last else INITIAL_CHAIN
        if seal.number != expected:
            self.problems.append(f"seal {expected} is missing: seal {seal.number} comes next")
            return False
        if seal.previous != previous or seal.computed_chain() != seal.chain:
            self.problems.append(f"seal {expected} was changed, or one before it was made anew")
            return False
        self._check_counters(seal)
        self.heads.append(seal.head)
        if seal.relation is not None:
            await self._check_facts(seal, seal.relation, before)
        return True

    def _check_counters(self, seal: FactSeal) -> None:
        earlier = self.last.rewritten if self.last else seal.rewritten
        for relation, count in seal.rewritten.items():
            more = count - earlier.get(relation, 0)
            if more > 0 and self.last is not None:
                self.problems.append(
                    f"{relation}: {more} rows were changed or deleted between"
                    f" {seals.format_instant(self.last.sealed_at)} and"
                    f" {seals.format_instant(seal.sealed_at)}, where rows are only ever added (seal"
                    f" {seal.number})"
                )

    async def _check_facts(self, seal: FactSeal, relation: str, before: datetime | None) -> None:
        positions, leaves = split_positions(seal.positions), split_leaves(seal.leaves)
        found = await lines.list_sealed(self.connection, relation, seal.layout, positions)
        by_position = {one.position: one for one in found}
        sealed_on = f"sealed on {seals.format_instant(seal.sealed_at)} (seal {seal.number})"
        named = [
            problem
            for position, leaf in zip(positions, leaves, strict=True)
            if (problem := _describe_fact(relation, position, leaf, by_position.get(position)))
        ]
        self.problems += [f"{problem}: {sealed_on}" for problem in named[:MAX_NAMED]]
        if len(named) > MAX_NAMED:
            self.problems.append(f"and {len(named) - MAX_NAMED} more of {relation}, {sealed_on}")
        self.facts += len(positions)
        if relation == "fact_versions":
            self.not_before.update(dict.fromkeys(positions, before))
        self.problems += [
            f"{relation}: {one.name} says that it is from {one.recorded_at.isoformat()}, and was written"
            f" after {before.isoformat()}: it was dated back"
            for one in found
            if before and one.recorded_at and is_backdated(one.recorded_at, before)
        ]

    async def check_outside_seals(self) -> None:
        """Find rows that were put in after their time had been sealed."""
        if self.last is None:
            return
        present = await seals.read_circumstances(self.connection)
        snapshot = self.last.snapshot if self.last.cluster == present.cluster else None
        for relation in SEALED:
            self.problems += [
                f"{relation}: {name} was put in after its time had been sealed"
                for name in await lines.list_put_in(self.connection, relation, snapshot)
            ]

    async def check_writers(self) -> None:
        """Find statements of others, and rows that no statement of the service has written."""
        self.problems += await versions.list_rewritings(self.connection, self.service_role)
        for relation in SEALED:
            if relation in VERSIONED or relation == "fact_versions":
                continue
            for xid, written, there in await versions.list_miscounted(self.connection, relation):
                self.problems.append(
                    f"{relation}: transaction {xid} has written {written} rows, and {there} are there"
                )
        for relation in await versions.list_silent_tables(self.connection):
            self.problems.append(
                f"{relation}: a trigger that records its versions is gone or switched off"
            )

    async def check_histories(self) -> None:
        """Compare every row with its last version, and every version with the one before."""
        for relation in VERSIONED:
            await self._check_history(relation)
            await self._check_present(relation)

    async def _check_history(self, relation: str) -> None:
        table = VERSIONED[relation]
        last_key, previous = "", None
        latest = self.last.sealed_at if self.last else None
        async for key, found in versions.stream_history(self.connection, relation):
            if key != last_key:
                last_key, previous = key, None
            if not isinstance(found.body, dict):
                self.problems.append(
                    f"{relation}: the version at position {found.position} is no row"
                )
                continue
            not_before = self.not_before.get(found.position, latest)
            version = Version(
                found.position,
                found.operation,
                found.body,
                found.written_by,
                found.audited,
                not_before,
            )
            name = row_name(relation, table, version.body)
            self.problems += [
                f"{name} {what}"
                for what in check_version(table, self.service_role, previous, version)
            ]
            previous = version

    async def _check_present(self, relation: str) -> None:
        table = VERSIONED[relation]
        for version, present in await versions.list_differing(self.connection, relation):
            if version is not None and not isinstance(version, dict):
                continue  # it was named with the versions
            if difference := describe_difference(version, present):
                name = row_name(relation, table, version or present or {})
                self.problems.append(f"{name} {difference}")
        if table.erasable is not None:
            for row in await versions.list_broken_promises(self.connection, relation):
                self.problems.append(
                    f"{row_name(relation, table, row)} had {table.erasable} changed after it was written"
                )

    async def check_anchors(self, noted: Sequence[str]) -> None:
        """Compare the heads that were published or noted elsewhere with the chain."""
        known = set(self.heads)
        for anchor in await seals.list_anchors(self.connection):
            if anchor.head not in known:
                self.problems.append(
                    f"the head {anchor.head}, published at {seals.format_instant(anchor.anchored_at)}, is"
                    " not in the chain: it was written anew or cut off since"
                )
        self.problems += [
            f"no seal is {head}: the chain was written anew or cut off after it was noted"
            for head in noted
            if head not in known
        ]

    async def check_audit_trail(self) -> None:
        """Compare the heads of the audit trail that were sealed with the facts with the trail."""
        self.problems += [
            f"the audit trail had the head {head} when facts were sealed, and has it no more"
            for head in await seals.list_lost_audit_heads(self.connection)
        ]

    def summary(self) -> str:
        return f"whole: {self.facts} facts in {len(self.heads) - 1} seals, head {self.heads[-1]}"


def _describe_fact(
    relation: str, position: int, leaf: bytes, found: FoundFact | None
) -> str | None:
    if found is None:
        return f"{relation}: the row at position {position} is missing"
    if found.hash != leaf:
        return f"{relation}: {found.name} (position {position}) was changed"
    return None


async def check_evidence(database: Database, noted: Sequence[str] = ()) -> EvidenceCheck:
    """Check everything. `noted` are heads (NUMBER:CHAIN) that were noted elsewhere."""
    connection = await database.dedicated_connection(CHECKING)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            await connection.execute(lines.FIXED_SETTINGS)
            check = EvidenceCheck(connection, await connection.fetchval("SELECT current_user"))
            await check.check_seals()
            await check.check_outside_seals()
            await check.check_writers()
            await check.check_histories()
            await check.check_audit_trail()
            await check.check_anchors(noted)
    finally:
        await connection.close()
    return check


async def find_evidence_problems(database: Database) -> AsyncIterator[str]:
    """Yield one sentence for each difference, of the audit trail first."""
    trail = await verify_audit_trail(database)
    if trail.difference:
        yield f"audit trail: {trail.difference}"
    for problem in (await check_evidence(database)).problems:
        yield f"evidence: {problem}"
