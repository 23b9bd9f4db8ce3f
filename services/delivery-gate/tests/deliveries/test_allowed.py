"""What `allowed` of a delivery says is what its routes do: every act, in every state, for everybody (G2, G3, R1)."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any, Final

import pytest
from httpx import AsyncClient

from delivery_gate_support.gate_client import GateClient, digest
from opsdesk_testing.allowed_acts import Way, allowed_of, check_allowed_acts
from opsdesk_testing.client import client

pytestmark = pytest.mark.thorough

REFUSAL: Final[dict[str, Any]] = {
    "reasons": [{"code": "CHECK_FAILED", "justification": "Not fit"}],
    "follow_ups": [{"kind": "investigation", "task": "Look at it"}],
}
DIGESTS: Final[dict[str, str]] = {}
"""The digest of each delivery by its address: every one has a version of its own, since a refusal holds its version."""


def _runs(address: str) -> dict[str, Any]:
    return {"digest": DIGESTS[address]}


WAYS: Final = {
    "approve": Way("/approve"),
    "refuse": Way("/refuse", REFUSAL),
    "withdraw": Way("/withdraw"),
    "start": Way("/start", _runs),
    "rolled_out": Way("/rolled-out"),
    "verify": Way("/verify", _runs),
    "fail": Way("/fail", {"justification": "No invoices."}),
}
STATES: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "in_review": (),
    "approved": (("anna", "approve"),),
    "delivering": (("anna", "approve"), ("anna", "start")),
    "verifying": (("anna", "approve"), ("anna", "start"), ("anna", "rolled_out")),
    "delivered": (("anna", "approve"), ("anna", "start"), ("anna", "verify")),
    "refused": (("anna", "refuse"),),
    "withdrawn": (("dana", "withdraw"),),
}
CALLERS: Final = ("anna", "omar", "dana", "pavel", "sven", "quin", "pipeline")


@pytest.fixture
async def people(gate: GateClient) -> AsyncIterator[dict[str, AsyncClient]]:
    async with AsyncExitStack() as stack:
        yield {name: await stack.enter_async_context(client(gate.app, name)) for name in CALLERS}


async def _submitted(
    gate: GateClient, people: dict[str, AsyncClient], steps: tuple[tuple[str, str], ...]
) -> str:
    """A delivery of a new version to an environment on which nothing runs."""
    known = (await gate.get_ok("anna", "deliveries?limit=200"))["items"]
    for one in known:
        if one["state"] in {"delivering", "verifying"}:
            await gate.post_ok("anna", f"deliveries/{one['key']}/verify", {"digest": one["digest"]})
    digit = f"{len(known):x}"
    await gate.register_version(f"1.{len(known)}", digit)
    made = await gate.submit(f"1.{len(known)}", "acme-staging")
    address = f"/v1/deliveries/{made['key']}"
    DIGESTS[address] = digest(digit)
    for who, act in steps:
        answer = await WAYS[act].ask(people[who], address)
        assert answer.is_success, answer.text
    return address


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize("state", STATES)
async def test_it_is_what_the_route_does(
    gate: GateClient, people: dict[str, AsyncClient], state: str, caller: str
) -> None:
    await check_allowed_acts(people[caller], WAYS, lambda: _submitted(gate, people, STATES[state]))


async def test_who_requested_it_and_who_has_approved_it_are_offered_no_approval(
    gate: GateClient, people: dict[str, AsyncClient]
) -> None:
    await gate.register_version("1.0", "1")
    await gate.deliver_to_staging("1.0", "1")
    made = await gate.submit("1.0", "acme-prod")
    address = f"/v1/deliveries/{made['key']}"
    await gate.approve(made["key"], "anna")
    allowed = {who: (await allowed_of(people[who], address))["approve"] for who in CALLERS}
    assert {who for who, one in allowed.items() if one["possible"]} == {"omar"}
    assert allowed["anna"]["why_not"]["code"] == "already_counted"
    assert allowed["dana"]["why_not"]["code"] == "permission_missing"
