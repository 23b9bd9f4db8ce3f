"""Attachments of imported tickets: found in a folder, uploaded, and put where the export names them."""

from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from opsdesk.api_client import JSON, ApiClient, Problem
from opsdesk.commands.console import print_line, print_table
from opsdesk.commands.files import upload_all

FILES = "/v1/imports/files"


async def bring_files(client: ApiClient, source: str, folder: Path) -> None:
    """Bring all files that are still missing from this source; report those that the folder does not hold."""
    missing = [one async for one in client.items("intake", FILES, source=source, missing=True)]
    if not missing:
        return
    names = Counter(last_part(one["name"]) for one in missing)
    unique = {name for name, count in names.items() if count == 1}
    trouble, brought = [], 0
    for one in missing:
        found = find_file(folder, one, unique)
        why = await _bring(client, one, found) if found else "not in the folder"
        brought += why is None
        if why:
            trouble.append((one["ticket"], one["external_id"], one["name"], why))
    if trouble:
        columns = ("ticket", "there", "attachment", "why")
        print_table("Attachments that are missing", columns, trouble)
        print_line(f"Put them into {folder}/<number there>/ and import the same export again.")
    print_line(f"{brought} attachments are on their tickets, {len(trouble)} are missing.")


async def _bring(client: ApiClient, file: JSON, path: Path) -> str | None:
    """Upload a file and put it on its ticket. Why that was refused, else None."""
    try:
        (upload,) = await upload_all(client, [path], file["ticket"])
        await client.post("intake", f"{FILES}/{file['id']}/take", {"upload": upload})
    except Problem as problem:
        return problem.detail
    return None


def find_file(folder: Path, file: JSON, unique: Collection[str]) -> Path | None:
    """The file in the folder: below the number of its ticket, as its address ends, or by a name that is unique.

    `unique` are the names that only one missing file has. Nothing outside of the folder is ever found.
    """
    root = folder.resolve()
    for candidate in _candidates(file, unique):
        path = (root / candidate).resolve()
        if path.is_relative_to(root) and path.is_file():
            return path
    return None


def _candidates(file: JSON, unique: Collection[str]) -> Iterator[PurePosixPath]:
    name, number = last_part(file["name"]), last_part(file["external_id"])
    yield PurePosixPath(number, name)
    yield from (PurePosixPath(f"{number}{mark}{name}") for mark in "-_")
    parts = [part for part in unquote(urlsplit(file["url"]).path).split("/") if part]
    yield from (PurePosixPath(*parts[-count:]) for count in (3, 2) if len(parts) >= count)
    if len(parts) >= 2:
        yield PurePosixPath(parts[-2], name)
    if parts:
        yield PurePosixPath(parts[-1], name)
    if name in unique:
        yield PurePosixPath(name)


def last_part(name: str) -> str:
    """The last part of a name that comes from outside: never another folder."""
    return name.replace("\\", "/").rpartition("/")[2] or "unnamed"
