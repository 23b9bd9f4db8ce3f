"""What takes two people at the gate, by every account that a person may have (R1, G3, G5, G8)."""

from collections.abc import Awaitable, Callable
from typing import Final

import pytest

from common.waiting import operations_of
from delivery_gate.waiting import SOURCES
from delivery_gate_support.gate_client import GateClient, digest
from opsdesk_testing.client import client
from opsdesk_testing.second_person import TwoPersonRequest, check_takes_two, effects_of
from opsdesk_testing.waiting_for_me import check_waits_for_second_person, check_waits_no_more

Scenario = Callable[[GateClient], Awaitable[TwoPersonRequest]]


async def approved(gate: GateClient) -> TwoPersonRequest:
    await gate.register_version("1.4.0", "1")
    body = {"product": "billing", "version": "1.4.0", "environment": "acme-staging"}
    asked = await gate.post_ok("pavel", "deliveries", body | {"readiness": {}})
    return TwoPersonRequest("pavel", "anna", f"/v1/deliveries/{asked['key']}/approve")


async def authorized(gate: GateClient) -> TwoPersonRequest:
    await gate.raise_blocker()
    body = {"environment": "acme-prod", "ticket": "OPS-1", "description": "Raise the pool limit."}
    asked = await gate.post_ok("anna", "emergency-changes", body)
    return TwoPersonRequest("anna", "omar", f"/v1/emergency-changes/{asked['key']}/authorize")


async def _closed_follow_up(gate: GateClient) -> str:
    await gate.register_version("1.4.0", "1")
    seen = {"product": "billing", "digest": digest("9")}
    await gate.post_ok("monitor", "environments/acme-prod/observations", seen)
    (work,) = (await gate.get_ok("anna", "follow-ups"))["items"]
    await gate.post_ok("anna", f"follow-ups/{work['key']}/close", {"evidence": "Seen in the log"})
    return f"/v1/follow-ups/{work['key']}"


async def confirmed(gate: GateClient) -> TwoPersonRequest:
    return TwoPersonRequest("anna", "omar", await _closed_follow_up(gate) + "/confirm")


async def rejected(gate: GateClient) -> TwoPersonRequest:
    return TwoPersonRequest("anna", "omar", await _closed_follow_up(gate) + "/reject")


SCENARIOS: Final[dict[str, Scenario]] = {
    "approve_delivery": approved,
    "authorize_emergency_change": authorized,
    "confirm_follow_up": confirmed,
    "reject_follow_up": rejected,
}

NEVER_WAITS: Final[dict[str, str]] = {}
"""What takes two people and is asked for by none of them first: it waits for nobody, and why."""


def test_every_effect_that_takes_two_is_tried(gate: GateClient) -> None:
    assert effects_of(gate.app).keys() == SCENARIOS.keys()


@pytest.mark.parametrize("operation", SCENARIOS)
async def test_the_first_person_is_refused_with_every_account(
    gate: GateClient, operation: str
) -> None:
    """R1"""
    asked = await SCENARIOS[operation](gate)
    await check_takes_two(gate.app, gate.database, effects_of(gate.app)[operation], asked)


def test_every_effect_that_takes_two_waits_for_somebody(gate: GateClient) -> None:
    """R1"""
    waits = operations_of(SOURCES).keys() - NEVER_WAITS.keys()
    assert effects_of(gate.app).keys() - waits == NEVER_WAITS.keys()


@pytest.mark.parametrize("operation", sorted(SCENARIOS.keys() - NEVER_WAITS.keys()))
async def test_it_waits_for_the_second_person_and_for_no_account_of_the_first(
    gate: GateClient, operation: str
) -> None:
    """R1"""
    asked = await SCENARIOS[operation](gate)
    effect = effects_of(gate.app)[operation]
    await check_waits_for_second_person(gate.app, gate.database, SOURCES, effect, asked)
    async with client(gate.app, asked.second) as second:
        done = await second.request(asked.method, asked.path, json=asked.body)
    assert done.is_success, done.text
    await check_waits_no_more(gate.app, SOURCES, effect, asked)


async def test_two_accounts_of_one_person_approve_once(gate: GateClient) -> None:
    """G3: production needs two people"""
    await gate.register_version("1.4.0", "1")
    await gate.deliver_to_staging("1.4.0", "1")
    asked = await gate.submit("1.4.0", "acme-prod")
    path = f"/v1/deliveries/{asked['key']}/approve"
    codes = []
    for account in ("anna", "anna.private"):
        address = {"email": "anna@ours.example", "roles": ["ops"]}
        async with client(gate.app, account, **address) as caller:
            codes.append((await caller.post(path)).json().get("code"))
    assert codes == [None, "ALREADY_COUNTED"]


async def test_a_machine_and_who_answers_for_it_are_one(gate: GateClient) -> None:
    """G3: what a pipeline of anna's asks for, anna does not approve"""
    await gate.register_version("1.4.0", "1")
    body = {"product": "billing", "version": "1.4.0", "environment": "acme-staging"}
    machine = {"scope": "deliveries:write", "owner": "anna"}
    async with client(gate.app, "annas-pipeline", **machine) as pipeline:
        asked = await pipeline.post("/v1/deliveries", json=body | {"readiness": {}})
    path = f"deliveries/{asked.json()['key']}/approve"
    own = await gate.post("anna", path)
    assert (own.status_code, own.json()["code"]) == (403, "SELF_APPROVAL")
    assert (await gate.post("omar", path)).status_code == 200


async def test_a_person_alone_ends_no_drift(gate: GateClient) -> None:
    """G10: the old digest on somebody's word; the monitor's word ends it"""
    await gate.register_version("1.4.0", "1")
    await gate.deliver_to_production("1.4.0", "1")
    path = "environments/acme-prod/observations"
    await gate.post_ok("monitor", path, {"product": "billing", "digest": digest("9")})
    old = {"product": "billing", "digest": digest("1")}
    refused = await gate.post("anna", path, old)
    assert (refused.status_code, refused.json()["code"]) == (409, "ENV_DRIFTED")
    assert (await gate.get_ok("anna", "environments/acme-prod"))["state"] == "drifted"
    assert (await gate.post_ok("monitor", path, old))["state"] == "compliant"
