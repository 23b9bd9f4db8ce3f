"""Brings the book into OpsDesk, chapter by chapter; what is there already is left alone."""

import asyncio
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from opsdesk.api_client import Desk, Problem
from opsdesk.company.demo_data import Book, Entry
from opsdesk.demo_clients import Office

Tell = Callable[[str, int, int], None]
"""Hears of each chapter: its name, how many entries it has, how many of them are new."""

PATIENCE = 30.0
"""Seconds that a service gets to hear from intake of the people and customers it is told about."""
PAUSE = 0.1
AGREEMENTS = "/v1/agreements"


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where the entries of a chapter belong. `path` may name fields of an entry, as `{customer}`.

    `known_by`: the field by which an entry is found again.
    """

    chapter: str
    service: str
    who: str
    path: str
    known_by: str
    body: Callable[[Entry], Mapping[str, Any]] = dict
    per_customer: bool = False


def _contact(entry: Entry) -> Mapping[str, Any]:
    return {"name": entry["name"], "address": entry["email"], "language": entry["language"]}


def _without_customer(entry: Entry) -> Mapping[str, Any]:
    return {name: value for name, value in entry.items() if name != "customer"}


SHELVES: Sequence[Shelf] = (
    Shelf("people", "intake", "theo", "/v1/people", "sub"),
    Shelf("partners", "intake", "theo", "/v1/partners", "key"),
    Shelf("customers", "intake", "theo", "/v1/customers", "key"),
    Shelf(
        "contacts",
        "intake",
        "theo",
        "/v1/customers/{customer}/contacts",
        "address",
        _contact,
        per_customer=True,
    ),
    Shelf(
        "environments",
        "intake",
        "theo",
        "/v1/customers/{customer}/environments",
        "key",
        _without_customer,
        per_customer=True,
    ),
    Shelf("calendars", "sla", "theo", "/v1/calendars", "key"),
    Shelf("services", "sla", "theo", "/v1/services", "key"),
    Shelf("rotas", "escalation", "theo", "/v1/rotas", "key"),
    Shelf("policies", "escalation", "theo", "/v1/policies", "key"),
    Shelf("products", "delivery-gate", "pavel", "/v1/products", "key"),
)


async def load(office: Office, book: Book, tell: Tell) -> int:
    """Answers how many entries are new. Raises Problem for what a service does not accept."""
    added = 0
    for shelf in SHELVES:
        added += await _fill(office[shelf.who], shelf, book.entries(shelf.chapter), tell)
    added += await _agree(office["theo"], office["gina"], book.entries("agreements"), tell)
    return added + await _lay_matrix(office["theo"], book.entries("matrix"), tell)


async def _fill(desk: Desk, shelf: Shelf, entries: Sequence[Entry], tell: Tell) -> int:
    paths = {shelf.path.format_map(entry) for entry in entries}
    there = {
        item[shelf.known_by]
        for path in sorted(paths)
        async for item in desk.items(shelf.service, path)
    }
    missing = [entry for entry in entries if shelf.body(entry)[shelf.known_by] not in there]
    for entry in missing:
        await _add(desk, shelf.service, shelf.path.format_map(entry), shelf.body(entry))
    tell(shelf.chapter, len(entries), len(missing))
    return len(missing)


async def _agree(proposer: Desk, second: Desk, entries: Sequence[Entry], tell: Tell) -> int:
    """Each takes the steps that are left: one person approves for us and another for the customer,
    and that other one publishes."""
    there = {item["key"]: item async for item in proposer.items("sla", AGREEMENTS)}
    for entry in entries:
        if entry["key"] not in there:
            await _add(proposer, "sla", AGREEMENTS, entry)
        for desk, step in _left(there.get(entry["key"]), proposer, second):
            await desk.post("sla", f"{AGREEMENTS}/{entry['key']}/{step}")
    new = sum(entry["key"] not in there for entry in entries)
    tell("agreements", len(entries), new)
    return new


def _left(present: Entry | None, proposer: Desk, second: Desk) -> Iterator[tuple[Desk, str]]:
    state = present["state"] if present else "draft"
    if state == "draft":
        yield proposer, "propose"
    if state == "draft" or (state == "proposed" and present and not present["approved"]):
        yield proposer, "approve"
    if state in ("draft", "proposed"):
        yield second, "approve"
    if state in ("draft", "proposed", "agreed"):
        yield second, "publish"


async def _lay_matrix(desk: Desk, rows: Sequence[Entry], tell: Tell) -> int:
    """Once: a matrix that names a policy of the book is the company's own already."""
    present = await desk.get("escalation", "/v1/matrix")
    ours = {row["policy"] for row in rows}
    new = 0 if ours & {row["policy"] for row in present["rows"]} else len(rows)
    if new:
        await desk.put("escalation", "/v1/matrix", {"rows": list(rows)})
    tell("matrix", len(rows), new)
    return new


async def _add(desk: Desk, service: str, path: str, body: Mapping[str, Any]) -> None:
    """Waits for a service that has not yet heard of somebody whom intake has announced."""
    give_up_at = asyncio.get_running_loop().time() + PATIENCE
    while True:
        try:
            await desk.post(service, path, body, key=_key(path, body))
            return
        except Problem as problem:
            if not _not_heard_yet(problem) or asyncio.get_running_loop().time() > give_up_at:
                raise
        await asyncio.sleep(PAUSE)


def _key(path: str, body: Mapping[str, Any]) -> str:
    """Made of what is asked for, so that a load that was cut off may be repeated."""
    asked = json.dumps([path, body], sort_keys=True).encode()
    return f"company-{hashlib.sha256(asked).hexdigest()[:32]}"


def _not_heard_yet(problem: Problem) -> bool:
    codes = [str(error.get("code", "")) for error in problem.told.get("errors", [])]
    return problem.status == 422 and bool(codes) and all(c.startswith("unknown") for c in codes)
