"""Steps at the delivery gate that J2 and J3 share."""

import hashlib
from collections.abc import Sequence

from common.persistence.ids import uuid7
from opsdesk.api_client import JSON
from opsdesk.journeys.context import JourneyContext

GATE = "delivery-gate"
PRODUCT = "billing"
PRODUCTION = "acme-prod"
CHANGES = "/v1/emergency-changes"
READINESS = {
    "customer_communication": "https://wiki.meridian.example/billing/announcement",
    "rollback_plan": "https://wiki.meridian.example/billing/rollback",
    "stakeholder_approvals": "https://wiki.meridian.example/billing/approvals",
    "documentation": "https://wiki.meridian.example/billing/manual",
    "knowledge_session": "https://wiki.meridian.example/billing/session",
}


async def new_version(context: JourneyContext, contains: Sequence[str] = ()) -> JSON:
    """Register the next version of billing, and report its checks as passed."""
    existing = {
        one["name"] async for one in context["quin"].items(GATE, "/v1/versions", product=PRODUCT)
    }
    name = next(
        name for number in range(len(existing) + 1) if (name := f"1.4.{number}") not in existing
    )
    digest = f"sha256:{hashlib.sha256(uuid7().bytes).hexdigest()}"
    body = {"product": PRODUCT, "name": name, "digest": digest, "contains": list(contains)}
    version = await context["pipeline"].post(GATE, "/v1/versions", body)
    checks = [
        {"kind": kind, "result": "passed"} for kind in ("regression_test", "vulnerability_scan")
    ]
    await context["pipeline"].post(GATE, f"/v1/versions/{version['id']}/checks", {"checks": checks})
    context.say(f"pipeline registers {PRODUCT} {name} ({digest[:19]}…), its checks have passed.")
    return version


async def submit(
    context: JourneyContext, version: JSON, environment: str, lifecycle: str = "standard"
) -> JSON:
    """Request a delivery and return it with its verdict, which may be a refusal."""
    body = {
        "product": version["product"],
        "version": version["name"],
        "digest": version["digest"],
        "environment": environment,
        "lifecycle": lifecycle,
        "readiness": READINESS,
    }
    delivery = await context["pipeline"].post(GATE, "/v1/deliveries", body)
    verdict = delivery["verdict"]
    context.say(
        f"pipeline submits {delivery['key']}, {version['name']} to {environment}, "
        f"attempt {delivery['attempt']}: {' '.join([verdict['outcome'], *reason_codes(delivery)])}"
    )
    return delivery


async def approve(context: JourneyContext, delivery: JSON, *people: str) -> None:
    for person in people:
        await context[person].post(GATE, f"/v1/deliveries/{delivery['key']}/approve")
    context.say(f"{delivery['key']} is approved by {' and '.join(people)}.")


async def deliver(context: JourneyContext, delivery: JSON, verifier: str) -> JSON:
    """Start, roll out and verify a delivery; return it."""
    path, delivery_state = f"/v1/deliveries/{delivery['key']}", {"digest": delivery["digest"]}
    await context["pipeline"].post(GATE, f"{path}/start", delivery_state)
    await context["pipeline"].post(GATE, f"{path}/rolled-out")
    body = await context[verifier].post(GATE, f"{path}/verify", delivery_state)
    context.say(f"{delivery['key']} runs on {delivery['environment']}; {verifier} verified it.")
    return body


async def settle_debt(context: JourneyContext, change: str) -> JSON:
    """Deliver a version that contains the change, as the hotfix that a debt allows."""
    version = await new_version(context, contains=[change])
    delivery = await submit(context, version, PRODUCTION, lifecycle="hotfix")
    await approve(context, delivery, "anna", "omar")
    return await deliver(context, delivery, "anna")


async def close_open_changes(context: JourneyContext) -> None:
    """Revoke and settle what an interrupted earlier run left behind."""
    for state in ("requested", "authorized"):
        pending = context["sven"].items(GATE, CHANGES, environment=PRODUCTION, state=state)
        for change in [one async for one in pending]:
            left = {"reason": "The demo was interrupted."}
            await context["sven"].post(GATE, f"{CHANGES}/{change['key']}/revoke", left)
    if debt := (await get_environment(context, PRODUCTION))["debt"]:
        context.say(f"{PRODUCTION} still owes {debt['change']}: an earlier run was interrupted.")
        await settle_debt(context, debt["change"])


def reason_codes(delivery: JSON) -> list[str]:
    """Return the reason codes of the latest verdict."""
    return [str(reason["code"]) for reason in delivery["verdict"]["reasons"]]


async def get_environment(context: JourneyContext, key: str) -> JSON:
    matches: JSON = await context["anna"].get(GATE, f"/v1/environments/{key}")
    return matches
