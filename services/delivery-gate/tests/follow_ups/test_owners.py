"""Whose work a follow-up is: shown with it, and a filter of the list."""

from typing import Any

from delivery_gate_support.gate_client import READY, GateClient
from opsdesk_testing.client import client

REFUSAL: dict[str, Any] = {
    "reasons": [{"code": "CHECK_FAILED", "justification": "Not fit"}],
    "follow_ups": [{"kind": "investigation", "task": "Look at it"}],
}


async def _refused(gate: GateClient, requester: str, name: str, digit: str) -> str:
    """The key of the follow-up of a refused delivery that `requester` asked for."""
    await gate.register_version(name, digit)
    body = {
        "product": "billing",
        "version": name,
        "environment": "acme-staging",
        "readiness": READY,
    }
    made = await gate.post_ok(requester, "deliveries", body)
    refused = await gate.post_ok("anna", f"deliveries/{made['key']}/refuse", REFUSAL)
    (key,) = refused["verdict"]["follow_ups"]
    return str(key)


async def _keys(gate: GateClient, query: str) -> set[str]:
    found = await gate.get_ok("quin", f"follow-ups{query}")
    return {one["key"] for one in found["items"]}


async def test_it_is_the_work_of_who_asked_for_what_was_refused(gate: GateClient) -> None:
    pavels = await _refused(gate, "pavel", "1.0", "1")
    danas = await _refused(gate, "dana", "1.1", "2")
    shown = await gate.get_ok("quin", f"follow-ups/{pavels}")
    assert shown["owners"] == ["pavel"]
    assert await _keys(gate, "?owner=pavel") == {pavels}
    assert await _keys(gate, "?owner=dana&state=open") == {danas}
    assert await _keys(gate, "?owner=omar") == set()
    assert await _keys(gate, "") == {pavels, danas}
    closed = await gate.post_ok("pavel", f"follow-ups/{pavels}/close", {"evidence": "run 7"})
    assert closed["owners"] == ["pavel"]


async def test_of_a_machine_it_is_also_the_work_of_who_answers_for_it(gate: GateClient) -> None:
    async with client(gate.app, "pipeline", owner="mia") as pipeline:
        assert (await pipeline.get("/v1/deliveries")).is_success
    key = await _refused(gate, "pipeline", "1.0", "1")
    assert (await gate.get_ok("quin", f"follow-ups/{key}"))["owners"] == ["pipeline", "mia"]
    assert await _keys(gate, "?owner=mia") == {key}
