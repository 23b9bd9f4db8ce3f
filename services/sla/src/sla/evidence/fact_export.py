"""Exports the facts, their seals and the published heads for an outsider (R16)."""

import json
import shutil
from collections.abc import Collection
from pathlib import Path
from typing import Any

import asyncpg

from common.audit.export import create_empty_folder
from common.now import now
from common.persistence.database import Database
from sla.evidence.domain import fact_verifier as verifier
from sla.evidence.domain.fact_tables import SEALED
from sla.evidence.domain.fact_verifier import split_positions
from sla.evidence.store import fact_seals as seals
from sla.evidence.store import lines
from sla.evidence.store.fact_seals import FactSeal
from sla.evidence.workloads import CHECKING

SEALS_AT_ONCE = 50


async def export_facts(
    database: Database, folder: Path, relations: Collection[str] | None = None
) -> str:
    """Write the sealed facts of these tables (None: of all), with all seals, to an empty folder.

    The hashes of all facts are exported, so that a part is checked like the whole. Returns the result
    of the verifier. Raises SystemExit where the folder is not empty, or what was written is not whole.
    """
    create_empty_folder(folder)
    connection = await database.dedicated_connection(CHECKING)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            await connection.execute(lines.FIXED_SETTINGS)
            head = await _write_facts(connection, folder, relations)
            await _write_anchors(connection, folder)
    finally:
        await connection.close()
    manifest = {
        "format": verifier.FORMAT,
        "service": "sla",
        "exported_at": seals.format_instant(now()),
        "relations": None if relations is None else sorted(relations),
        "head": head,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    shutil.copy(verifier.__file__, folder / "verifier.py")
    try:
        return f"{folder}: {verifier.check(folder)}"
    except verifier.Difference as difference:
        raise SystemExit(f"{folder} was written, but is not whole: {difference}") from None


def unknown_relations(relations: Collection[str]) -> list[str]:
    """Return those of these names that are no table whose rows are sealed themselves."""
    return sorted(set(relations) - SEALED.keys())


async def _write_facts(
    connection: "asyncpg.Connection[Any]", folder: Path, relations: Collection[str] | None
) -> str:
    last: FactSeal | None = None
    # In binary mode: exactly these bytes were hashed.
    with (
        (folder / "seals.jsonl").open("wb") as sealed,
        (folder / "facts.jsonl").open("wb") as facts,
    ):
        while batch := await seals.list_after(
            connection, last.number if last else 0, SEALS_AT_ONCE
        ):
            for last in batch:
                sealed.write(json.dumps(last.members()).encode() + b"\n")
                if last.relation is None or (
                    relations is not None and last.relation not in relations
                ):
                    continue
                positions = split_positions(last.positions)
                async for line in lines.stream_lines(
                    connection, last.relation, last.layout, positions
                ):
                    facts.write(line + b"\n")
    return last.head if last else f"0:{verifier.INITIAL_CHAIN.hex()}"


async def _write_anchors(connection: "asyncpg.Connection[Any]", folder: Path) -> None:
    with (folder / "anchors.jsonl").open("w", encoding="utf-8") as file:
        for anchor in await seals.list_anchors(connection):
            member = {
                "number": anchor.number,
                "head": anchor.head,
                "anchored_at": seals.format_instant(anchor.anchored_at),
                "timestamped": anchor.timestamp_token is not None,
            }
            file.write(json.dumps(member) + "\n")
            if anchor.timestamp_token is not None:
                (folder / f"anchor-{anchor.number}.txt").write_bytes(anchor.head.encode())
                (folder / f"anchor-{anchor.number}.tsr").write_bytes(anchor.timestamp_token)
