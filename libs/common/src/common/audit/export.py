"""Export of the sealed trail for an outsider: entries as JSON lines, the seals, and the verifier."""

import hashlib
import json
import shutil
from dataclasses import asdict, astuple, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg

from common.audit import verifier
from common.audit.sealer import ENTRY_LINE_SQL, format_instant
from common.now import now
from common.persistence.database import Database

_SELECT_ENTRIES = f"""
SELECT {ENTRY_LINE_SQL} AS line FROM audit a JOIN audit_leaves l USING (position)
WHERE ($1::text IS NULL OR a.subject = $1) AND ($2::text IS NULL OR a.who = $2)
    AND ($3::timestamptz IS NULL OR a.at >= $3) AND ($4::timestamptz IS NULL OR a.at < $4)
ORDER BY a.position
"""
_SELECT_SEALS = """
SELECT s.*, (SELECT array_agg(l.position ORDER BY l.position) FROM audit_leaves l
             WHERE l.seal = s.number) AS positions,
    (SELECT array_agg(l.hash ORDER BY l.position) FROM audit_leaves l
     WHERE l.seal = s.number) AS hashes
FROM audit_seals s ORDER BY s.number
"""


@dataclass(frozen=True, slots=True)
class ExportFilter:
    """Which entries to export: about a subject, by a person, in `[since, until)`.

    All None: everything that is sealed.
    """

    subject: str | None = None
    who: str | None = None
    since: datetime | None = None
    until: datetime | None = None


EVERYTHING = ExportFilter()


async def export(
    database: Database, folder: Path, service: str, part: ExportFilter = EVERYTHING
) -> str:
    """Write the sealed entries that match the filter, with all seals, to an empty folder.

    The hashes of all entries are exported, so that a part can be verified like the whole. Returns
    the result of the verifier. Raises SystemExit where the folder is not empty.
    """
    create_empty_folder(folder)
    connection = await database.dedicated_connection()
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            head = await _write_seals(connection, folder / "seals.jsonl")
            await _write_entries(connection, folder / "entries.jsonl", part)
    finally:
        await connection.close()
    shutil.copy(verifier.__file__, folder / "verifier.py")
    _write_manifest(folder, service, part, head)
    try:
        return f"{folder}: {verifier.check(folder)}"
    except verifier.Difference as difference:
        raise SystemExit(f"{folder} was written, but does not verify: {difference}") from None


def create_empty_folder(folder: Path) -> None:
    """Create the folder of an export. Raises SystemExit where there is one that is not empty."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise SystemExit(f"{folder} is not empty: name a new folder.")


async def _write_seals(connection: "asyncpg.Connection[Any]", path: Path) -> str:
    head = f"0:{verifier.INITIAL_CHAIN.hex()}"
    with path.open("w", encoding="utf-8") as file:
        async for seal in connection.cursor(_SELECT_SEALS):
            file.write(json.dumps(_seal_members(seal)) + "\n")
            head = f"{seal['number']}:{seal['chain'].hex()}"
    return head


async def _write_entries(
    connection: "asyncpg.Connection[Any]", path: Path, part: ExportFilter
) -> None:
    # In binary mode: exactly these bytes were hashed.
    with path.open("wb") as file:
        async for entry in connection.cursor(_SELECT_ENTRIES, *astuple(part)):
            file.write(entry["line"].encode() + b"\n")


def _seal_members(seal: asyncpg.Record) -> dict[str, Any]:
    leaves = zip(seal["positions"] or [], seal["hashes"] or [], strict=True)
    return {
        "number": seal["number"],
        "sealed_at": format_instant(seal["sealed_at"]),
        "size": seal["size"],
        "root": seal["root"].hex(),
        "previous": seal["previous"].hex(),
        "chain": seal["chain"].hex(),
        "leaves": [[position, hash.hex()] for position, hash in leaves],
    }


def _write_manifest(folder: Path, service: str, part: ExportFilter, head: str) -> None:
    files = ("entries.jsonl", "seals.jsonl")
    manifest = {
        "format": verifier.FORMAT,
        "service": service,
        "exported_at": format_instant(now()),
        "part": None if part == EVERYTHING else {k: v and str(v) for k, v in asdict(part).items()},
        "head": head,
        "files": {f: hashlib.sha256((folder / f).read_bytes()).hexdigest() for f in files},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
