"""Loads the demo company into OpsDesk, section by section; existing entries are not changed."""

import asyncio
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from opsdesk.api_client import ApiClient, Problem
from opsdesk.company.demo_data import DemoData, Entry
from opsdesk.demo_clients import DemoClients

ReportSection = Callable[[str, int, int], None]
"""Called with each section: its name, how many entries it has, how many of them are new."""

PROPAGATION_TIMEOUT_S = 30.0
"""Seconds for a service to receive people and customers from intake."""
RETRY_DELAY_S = 0.1
AGREEMENTS = "/v1/agreements"


@dataclass(frozen=True, slots=True)
class SectionTarget:
    """Where the entries of a section are created, and by whom.

    `path` may contain fields of an entry, as `{customer}`. `key_field` identifies an entry.
    """

    section: str
    service: str
    actor: str
    path: str
    key_field: str
    body: Callable[[Entry], Mapping[str, Any]] = dict
    per_customer: bool = False


def _contact(entry: Entry) -> Mapping[str, Any]:
    given = {name: entry[name] for name in ("name", "language", "phone") if name in entry}
    return given | {"address": entry["email"]}


def _without_customer(entry: Entry) -> Mapping[str, Any]:
    return {name: value for name, value in entry.items() if name != "customer"}


SECOND_PERSON = "anna"
"""Who confirms what another one registered."""
SECTION_TARGETS: Sequence[SectionTarget] = (
    SectionTarget("people", "intake", "theo", "/v1/people", "sub"),
    SectionTarget("partners", "intake", "theo", "/v1/partners", "key"),
    SectionTarget("customers", "intake", "theo", "/v1/customers", "key"),
    SectionTarget(
        "contacts",
        "intake",
        "theo",
        "/v1/customers/{customer}/contacts",
        "address",
        _contact,
        per_customer=True,
    ),
    SectionTarget(
        "environments",
        "intake",
        "theo",
        "/v1/customers/{customer}/environments",
        "key",
        _without_customer,
        per_customer=True,
    ),
    SectionTarget("calendars", "sla", "theo", "/v1/calendars", "key"),
    SectionTarget("services", "sla", "theo", "/v1/services", "key"),
    SectionTarget("rotas", "escalation", "theo", "/v1/rotas", "key"),
    SectionTarget("policies", "escalation", "theo", "/v1/policies", "key"),
    SectionTarget("products", "delivery-gate", "pavel", "/v1/products", "key"),
)


async def load(clients: DemoClients, demo_data: DemoData, report: ReportSection) -> int:
    """Load all sections. Returns how many entries are new. Raises Problem for a refused entry."""
    added = 0
    for target in SECTION_TARGETS:
        added += await _load_section(
            clients[target.actor], target, demo_data.entries(target.section), report
        )
    await _confirm_registrations(clients[SECOND_PERSON], demo_data)
    responsibilities = demo_data.entries("responsibilities")
    added += await _load_responsibilities(clients["gina"], responsibilities, report)
    added += await _load_agreements(
        clients["theo"], clients["gina"], demo_data.entries("agreements"), report
    )
    return added + await _load_matrix(clients["theo"], demo_data.entries("matrix"), report)


async def _load_section(
    client: ApiClient, target: SectionTarget, entries: Sequence[Entry], report: ReportSection
) -> int:
    paths = {target.path.format_map(entry) for entry in entries}
    existing = {
        item[target.key_field]
        for path in sorted(paths)
        async for item in client.items(target.service, path)
    }
    missing = [entry for entry in entries if target.body(entry)[target.key_field] not in existing]
    for entry in missing:
        await _create(client, target.service, target.path.format_map(entry), target.body(entry))
    report(target.section, len(entries), len(missing))
    return len(missing)


async def _confirm_registrations(client: ApiClient, demo_data: DemoData) -> None:
    """Confirm what takes a second person: leading roles, and contacts as people of their own."""
    async for person in client.items("intake", "/v1/people"):
        if person["pending"]:
            await client.post("intake", f"/v1/people/{person['sub']}/confirm")
    for customer in {entry["customer"] for entry in demo_data.entries("contacts")}:
        path = f"/v1/customers/{customer}/contacts"
        async for contact in client.items("intake", path):
            if contact["counts_for"]:
                await client.post("intake", f"{path}/{contact['id']}/confirm")


async def _load_responsibilities(
    client: ApiClient, entries: Sequence[Entry], report: ReportSection
) -> int:
    """Appoint delivery managers of customers and product owners of services."""
    path = "/v1/responsibilities"
    known = {(one["role"], one["subject"]) async for one in client.items("intake", path)}
    missing = [one for one in entries if (one["role"], one["subject"]) not in known]
    for one in missing:
        role, body = one["role"], {"person": one["person"], "deputies": one.get("deputies", [])}
        collection, name = _RESPONSIBILITIES[role]
        await _appoint(client, f"/v1/{collection}/{one['subject']}/{name}", body)
    report("responsibilities", len(entries), len(missing))
    return len(missing)


_RESPONSIBILITIES = {
    "dm": ("customers", "delivery-manager"),
    "po": ("services", "product-owner"),
}


async def _appoint(client: ApiClient, path: str, body: Mapping[str, Any]) -> None:
    """Appoint somebody; retry while intake has not heard of the service."""
    give_up_at = asyncio.get_running_loop().time() + PROPAGATION_TIMEOUT_S
    while True:
        try:
            await client.put("intake", path, body)
            return
        except Problem as problem:
            if problem.code != "not-found" or asyncio.get_running_loop().time() > give_up_at:
                raise
        await asyncio.sleep(RETRY_DELAY_S)


async def _load_agreements(
    proposer: ApiClient, approver: ApiClient, entries: Sequence[Entry], report: ReportSection
) -> int:
    """Load agreements, each through the steps that are left to its publication.

    One person approves for us; another one approves for the customer and publishes.
    """
    existing = {item["key"]: item async for item in proposer.items("sla", AGREEMENTS)}
    for entry in entries:
        if entry["key"] not in existing:
            await _create(proposer, "sla", AGREEMENTS, entry)
        for client, step in _remaining_steps(existing.get(entry["key"]), proposer, approver):
            await client.post("sla", f"{AGREEMENTS}/{entry['key']}/{step}")
    new = sum(entry["key"] not in existing for entry in entries)
    report("agreements", len(entries), new)
    return new


def _remaining_steps(
    existing: Entry | None, proposer: ApiClient, approver: ApiClient
) -> Iterator[tuple[ApiClient, str]]:
    state = existing["state"] if existing else "draft"
    if state == "draft":
        yield proposer, "propose"
    if state == "draft" or (state == "proposed" and existing and not existing["approved"]):
        yield proposer, "approve"
    if state in ("draft", "proposed"):
        yield approver, "approve"
    if state in ("draft", "proposed", "agreed"):
        yield approver, "publish"


async def _load_matrix(client: ApiClient, rows: Sequence[Entry], report: ReportSection) -> int:
    """Load the matrix, unless the present one names a policy of the demo company already."""
    current = await client.get("escalation", "/v1/matrix")
    policies = {row["policy"] for row in rows}
    new = 0 if policies & {row["policy"] for row in current["rows"]} else len(rows)
    if new:
        await client.put("escalation", "/v1/matrix", {"rows": list(rows)})
    report("matrix", len(rows), new)
    return new


async def _create(client: ApiClient, service: str, path: str, body: Mapping[str, Any]) -> None:
    """Create an entry; retry while the service has not received what it refers to from intake."""
    give_up_at = asyncio.get_running_loop().time() + PROPAGATION_TIMEOUT_S
    while True:
        try:
            await client.post(service, path, body, key=_idempotency_key(path, body))
            return
        except Problem as problem:
            if not _is_unknown_reference(problem) or asyncio.get_running_loop().time() > give_up_at:
                raise
        await asyncio.sleep(RETRY_DELAY_S)


def _idempotency_key(path: str, body: Mapping[str, Any]) -> str:
    """Derive the key from the request, so that an interrupted load can be repeated."""
    content = json.dumps([path, body], sort_keys=True).encode()
    return f"company-{hashlib.sha256(content).hexdigest()[:32]}"


def _is_unknown_reference(problem: Problem) -> bool:
    codes = [str(error.get("code", "")) for error in problem.body.get("errors", [])]
    return problem.status == 422 and bool(codes) and all(c.startswith("unknown") for c in codes)
