"""What J2 and J3 do at the gate: register, check, submit, approve, deliver."""

import hashlib
from collections.abc import Sequence

from common.persistence.ids import uuid7
from opsdesk.api_client import JSON
from opsdesk.journeys.context import Stage

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


async def new_version(stage: Stage, contains: Sequence[str] = ()) -> JSON:
    """The pipeline registers the next version of billing and reports its checks as passed."""
    known = {
        one["name"] async for one in stage["quin"].items(GATE, "/v1/versions", product=PRODUCT)
    }
    name = next(name for number in range(len(known) + 1) if (name := f"1.4.{number}") not in known)
    digest = f"sha256:{hashlib.sha256(uuid7().bytes).hexdigest()}"
    wanted = {"product": PRODUCT, "name": name, "digest": digest, "contains": list(contains)}
    version = await stage["pipeline"].post(GATE, "/v1/versions", wanted)
    passed = [
        {"kind": kind, "result": "passed"} for kind in ("regression_test", "vulnerability_scan")
    ]
    await stage["pipeline"].post(GATE, f"/v1/versions/{version['id']}/checks", {"checks": passed})
    stage.say(f"pipeline registers {PRODUCT} {name} ({digest[:19]}…), its checks have passed.")
    return version


async def submit(
    stage: Stage, version: JSON, environment: str, lifecycle: str = "standard"
) -> JSON:
    """The delivery with its verdict, which may well be a refusal."""
    wanted = {
        "product": version["product"],
        "version": version["name"],
        "digest": version["digest"],
        "environment": environment,
        "lifecycle": lifecycle,
        "readiness": READINESS,
    }
    delivery = await stage["pipeline"].post(GATE, "/v1/deliveries", wanted)
    verdict = delivery["verdict"]
    stage.say(
        f"pipeline submits {delivery['key']}, {version['name']} to {environment}, "
        f"attempt {delivery['attempt']}: {' '.join([verdict['outcome'], *codes(delivery)])}"
    )
    return delivery


async def approve(stage: Stage, delivery: JSON, *people: str) -> None:
    for who in people:
        await stage[who].post(GATE, f"/v1/deliveries/{delivery['key']}/approve")
    stage.say(f"{delivery['key']} is approved by {' and '.join(people)}.")


async def bring_out(stage: Stage, delivery: JSON, verifier: str) -> JSON:
    """Start, roll out, verify. Answers the delivery as it ended."""
    path, seen = f"/v1/deliveries/{delivery['key']}", {"digest": delivery["digest"]}
    await stage["pipeline"].post(GATE, f"{path}/start", seen)
    await stage["pipeline"].post(GATE, f"{path}/rolled-out")
    ended = await stage[verifier].post(GATE, f"{path}/verify", seen)
    stage.say(f"{delivery['key']} runs on {delivery['environment']}; {verifier} verified it.")
    return ended


async def pay(stage: Stage, change: str) -> JSON:
    """A version that contains the change, on the short way that a debt opens (G7)."""
    version = await new_version(stage, contains=[change])
    delivery = await submit(stage, version, PRODUCTION, lifecycle="hotfix")
    await approve(stage, delivery, "anna", "omar")
    return await bring_out(stage, delivery, "anna")


async def tidy(stage: Stage) -> None:
    """What an earlier run left that was cut off: nothing of it may stand in the way of this one."""
    for state in ("requested", "authorized"):
        pending = stage["sven"].items(GATE, CHANGES, environment=PRODUCTION, state=state)
        for change in [one async for one in pending]:
            left = {"reason": "The demo was cut off."}
            await stage["sven"].post(GATE, f"{CHANGES}/{change['key']}/revoke", left)
    if debt := (await environment(stage, PRODUCTION))["debt"]:
        stage.say(f"{PRODUCTION} still owes {debt['change']}: an earlier run was cut off.")
        await pay(stage, debt["change"])


def codes(delivery: JSON) -> list[str]:
    """The reasons of its latest verdict."""
    return [str(reason["code"]) for reason in delivery["verdict"]["reasons"]]


async def environment(stage: Stage, key: str) -> JSON:
    found: JSON = await stage["anna"].get(GATE, f"/v1/environments/{key}")
    return found
