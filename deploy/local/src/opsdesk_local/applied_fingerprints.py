"""Fingerprints of the code that was applied to a database, stored there as comments.

With them a start skips migrations that have nothing to do: each would take a second or two.
"""

import hashlib
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

import asyncpg


class AppliedFingerprints:
    """The fingerprints of one database, by schema. `url` is the administrator's, on that database."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def read(self, schema: str) -> str | None:
        connection = await asyncpg.connect(self._url)
        try:
            comment: str | None = await connection.fetchval(
                "SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = $1",
                schema,
            )
            return comment
        finally:
            await connection.close()

    async def write(self, schema: str, fingerprint: str) -> None:
        connection = await asyncpg.connect(self._url)
        try:
            await connection.execute(f"COMMENT ON SCHEMA {schema} IS '{fingerprint}'")
        finally:
            await connection.close()


def fingerprint(modules: Iterable[str], *folders: Path) -> str:
    """Hash all files of these modules (without importing them) and folders."""
    paths = [path for module in modules for path in _paths_of(module)]
    hash_ = hashlib.sha256()
    for path in [*paths, *folders]:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and file.suffix != ".pyc":
                hash_.update(f"{file.name}\0".encode() + file.read_bytes())
    return hash_.hexdigest()


def _paths_of(module: str) -> list[Path]:
    spec = find_spec(module)
    if spec is None:
        return []
    folders = [Path(folder) for folder in spec.submodule_search_locations or []]
    return folders or ([Path(spec.origin)] if spec.origin else [])
