from typing import Any

import pytest
from httpx import Response
from sqlalchemy import text

from delivery_gate_support.gate_client import READY, GateClient, digest
from opsdesk_testing.client import client
from opsdesk_testing.protocol import outbox_events

WORK = [{"kind": "documentation", "task": "Write the rollback plan."}]


def codes(delivery: dict[str, Any]) -> set[str]:
    return {reason["code"] for reason in delivery["verdict"]["reasons"]}


def pointers(answer: Response) -> set[str]:
    return {one["pointer"] for one in answer.json()["errors"]}


async def audit_grounds(gate: GateClient, action: str) -> list[dict[str, Any]]:
    """The grounds of everything of that action in the audit trail."""
    async with gate.database.transaction() as tx:
        query = text("SELECT grounds FROM audit WHERE action = :action ORDER BY position")
        return list((await tx.execute(query, {"action": action})).scalars())


@pytest.mark.parametrize(
    ("version", "code"),
    [(None, "UNVERSIONED"), ("latest", "MUTABLE_REFERENCE"), ("9.9", "VERSION_UNKNOWN")],
)
async def test_nothing_unversioned(gate: GateClient, version: str | None, code: str) -> None:
    """R7: refused, on record, with its follow-up."""
    await gate.register_version("1.4.0", "1")
    refused = await gate.submit(version, "acme-staging")
    assert (refused["state"], codes(refused)) == ("refused", {code})
    (key,) = refused["verdict"]["follow_ups"]
    assert (await gate.get_ok("quin", f"follow-ups/{key}"))["kind"] == "documentation"


async def test_every_unversioned_request_obliges_anew(gate: GateClient) -> None:
    """R6: what has no name holds nothing, so nothing that is open stands in for its work."""
    await gate.register_version("1.4.0", "1")
    first = await gate.submit(None, "acme-staging")
    second = await gate.submit(None, "acme-staging")
    assert codes(second) == {"UNVERSIONED"}
    assert second["verdict"]["follow_ups"] != first["verdict"]["follow_ups"]


async def test_another_digest_than_the_registered_one_is_investigated(gate: GateClient) -> None:
    await gate.register_version("1.4.0", "1")
    refused = await gate.submit("1.4.0", "acme-staging", digest=digest("2"))
    assert codes(refused) == {"DIGEST_MISMATCH"}
    (key,) = refused["verdict"]["follow_ups"]
    assert (await gate.get_ok("quin", f"follow-ups/{key}"))["kind"] == "investigation"


async def test_a_missing_check_defers_and_its_result_moves_on(gate: GateClient) -> None:
    """G9: the same request, unchanged, without a follow-up."""
    version = await gate.register_version("1.4.0", "1", checked=False)
    waiting = await gate.submit("1.4.0", "acme-staging")
    assert (waiting["state"], waiting["verdict"]["outcome"]) == ("evaluating", "deferred")
    early = await gate.post("anna", f"deliveries/{waiting['key']}/approve")
    assert (early.status_code, early.json()["code"]) == (409, "NOT_REVIEWABLE")
    run = {"kind": "regression_test", "result": "error"}
    await gate.post_ok("pipeline", f"versions/{version['id']}/checks", {"checks": [run]})
    assert (await gate.get_ok("anna", f"deliveries/{waiting['key']}"))["state"] == "evaluating"
    run = {"kind": "regression_test", "result": "passed"}
    await gate.post_ok("pipeline", f"versions/{version['id']}/checks", {"checks": [run]})
    assert (await gate.get_ok("anna", f"deliveries/{waiting['key']}"))["state"] == "in_review"
    assert (await gate.get_ok("quin", "follow-ups"))["items"] == []


async def test_a_failed_check_refuses_what_waited_for_it(gate: GateClient) -> None:
    version = await gate.register_version("1.4.0", "1", checked=False)
    waiting = await gate.submit("1.4.0", "acme-staging")
    run = {"kind": "regression_test", "result": "failed", "evidence": "https://ci.example/9"}
    await gate.post_ok("pipeline", f"versions/{version['id']}/checks", {"checks": [run]})
    refused = await gate.get_ok("anna", f"deliveries/{waiting['key']}")
    assert (refused["state"], codes(refused)) == ("refused", {"CHECK_FAILED"})
    assert refused["verdict"]["reasons"][0]["evidence"] == "https://ci.example/9"


async def test_production_says_everything_that_is_missing_at_once(gate: GateClient) -> None:
    """G4, G7, R8."""
    await gate.register_version("1.4.0", "1")
    refused = await gate.submit("1.4.0", "acme-prod", readiness={})
    assert codes(refused) == {"PROMOTION_SKIPPED", "READINESS_MISSING"}
    assert len(refused["verdict"]["reasons"]) == 6
    work = await gate.get_ok("quin", "follow-ups?state=open&product=billing")
    assert {one["kind"] for one in work["items"]} == {"documentation", "retest"}


async def test_a_proof_is_an_address_that_can_be_opened(gate: GateClient) -> None:
    """R8: `https://` alone proves nothing; the same for what a check, a refusal or a failure names"""
    version = await gate.register_version("1.4.0", "1")
    body = {"product": "billing", "version": "1.4.0", "environment": "acme-prod"}
    proofs = READY | {"rollback_plan": "https://", "documentation": "https://me:pw@wiki.example"}
    asked = await gate.post("pipeline", "deliveries", body | {"readiness": proofs})
    assert pointers(asked) == {"/readiness/rollback_plan", "/readiness/documentation"}
    run = {"kind": "regression_test", "result": "passed", "evidence": "run 77"}
    reported = await gate.post("pipeline", f"versions/{version['id']}/checks", {"checks": [run]})
    assert pointers(reported) == {"/checks/0/evidence"}
    made = await gate.submit("1.4.0", "acme-staging")
    reason = {"justification": "It is slow.", "evidence": "http:///x"}
    refusal = {"reasons": [reason], "follow_ups": WORK}
    refused = await gate.post("anna", f"deliveries/{made['key']}/refuse", refusal)
    assert pointers(refused) == {"/reasons/0/evidence"}


async def test_one_person_is_not_two(gate: GateClient) -> None:
    """G3: whatever roles they hold; every attempt is in the audit trail."""
    await gate.register_version("1.4.0", "1")
    await gate.deliver_to_staging("1.4.0", "1")
    async with client(gate.app, "una", roles=["dm", "ops"]) as una:
        asked = {
            "product": "billing",
            "version": "1.4.0",
            "environment": "acme-prod",
            "readiness": READY,
        }
        made = (await una.post("/v1/deliveries", json=asked)).json()
        own = await una.post(f"/v1/deliveries/{made['key']}/approve")
    assert (own.status_code, own.json()["code"]) == (403, "SELF_APPROVAL")
    await gate.approve(made["key"], "anna")
    twice = await gate.post("anna", f"deliveries/{made['key']}/approve")
    assert (twice.status_code, twice.json()["code"]) == (403, "ALREADY_COUNTED")
    early = await gate.post("anna", f"deliveries/{made['key']}/start", {"digest": digest("1")})
    assert (early.status_code, early.json()["code"]) == (409, "NOT_APPROVED")
    denied = [
        one["denied"] for one in await audit_grounds(gate, "delivery.approve") if "denied" in one
    ]
    assert denied == ["SELF_APPROVAL", "ALREADY_COUNTED"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"follow_ups": WORK}, "REASON_REQUIRED"),
        ({"reasons": [{"justification": "  "}], "follow_ups": WORK}, "REASON_REQUIRED"),
        ({"reasons": [{"justification": "It is slow."}]}, "FOLLOWUP_REQUIRED"),
    ],
)
async def test_a_refusal_without_argument_or_follow_up_is_none(
    gate: GateClient, body: dict[str, Any], code: str
) -> None:
    """G4."""
    await gate.register_version("1.4.0", "1")
    made = await gate.submit("1.4.0", "acme-staging")
    answer = await gate.post("anna", f"deliveries/{made['key']}/refuse", body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert (await gate.get_ok("anna", f"deliveries/{made['key']}"))["state"] == "in_review"


async def test_withdrawing_blames_nobody(gate: GateClient) -> None:
    await gate.register_version("1.0", "1")
    made = await gate.submit("1.0", "acme-staging")
    assert (await gate.post_ok("pipeline", f"deliveries/{made['key']}/withdraw"))["state"] == (
        "withdrawn"
    )
    again = await gate.submit("1.0", "acme-staging")
    assert (again["state"], again["attempt"]) == ("in_review", 2)


async def test_the_same_key_submits_once(gate: GateClient) -> None:
    """G12."""
    await gate.register_version("1.0", "1")
    asked = {"product": "billing", "version": "1.0", "environment": "acme-staging"}
    first = await gate.post("pipeline", "deliveries", asked, Idempotency_Key="k1")
    again = await gate.post("pipeline", "deliveries", asked, Idempotency_Key="k1")
    assert again.json() == first.json()
    assert again.headers["idempotency-replayed"] == "true"
    other = await gate.post(
        "pipeline", "deliveries", asked | {"environment": "acme-prod"}, Idempotency_Key="k1"
    )
    assert (other.status_code, other.json()["type"]) == (
        422,
        "urn:opsdesk:error:idempotency-mismatch",
    )
    assert len((await gate.get_ok("anna", "deliveries"))["items"]) == 1


async def test_who_decides_on_an_old_state_gets_the_present_one(gate: GateClient) -> None:
    await gate.register_version("1.0", "1")
    made = await gate.submit("1.0", "acme-staging")
    path = f"deliveries/{made['key']}"
    seen = (await gate.get("anna", path)).headers["etag"]
    await gate.approve(made["key"], "omar")
    late = await gate.post("anna", f"{path}/refuse", {"follow_ups": WORK}, If_Match=seen)
    assert (late.status_code, late.json()["present"]["state"]) == (412, "approved")


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("quin", "deliveries/DEL-1/approve"),
        ("pipeline", "deliveries/DEL-1/approve"),
        ("anna", "deliveries"),
        ("jan", "deliveries"),
        ("quin", "emergency-changes"),
        ("sven", "emergency-changes/EMC-1/authorize"),
        ("anna", "versions"),
    ],
)
async def test_who_may_not_gets_403(gate: GateClient, who: str, path: str) -> None:
    assert (await gate.post(who, path, {})).status_code == 403


async def test_bad_input_is_named_and_stores_nothing(gate: GateClient) -> None:
    answer = await gate.post(
        "pipeline",
        "deliveries",
        {"product": 7, "environment": "acme-prod", "readiness": {"luck": "x"}, "extra": 1},
    )
    assert answer.status_code == 422
    assert {one["pointer"].split("/")[1] for one in answer.json()["errors"]} == {
        "product",
        "readiness",
        "extra",
    }
    unknown = {"product": "nothing", "environment": "nowhere"}
    answer = await gate.post("pipeline", "deliveries", unknown)
    assert [one["pointer"] for one in answer.json()["errors"]] == ["/product", "/environment"]
    assert (await gate.get_ok("anna", "deliveries"))["items"] == []
    assert (await gate.get("anna", "deliveries/DEL-404")).status_code == 404
    assert (await gate.get("anna", "deliveries/DEL-404/verdict")).status_code == 404
    assert (await gate.post("anna", "deliveries/DEL-404/approve")).status_code == 404


async def test_each_event_has_the_next_number_of_its_subject(gate: GateClient) -> None:
    """What subscribers count on: from 1, without gap or repeat."""
    await gate.register_version("1.4.0", "1")
    await gate.deliver_to_production("1.4.0", "1")
    await gate.submit(None, "acme-prod")
    numbers: dict[str, list[int]] = {}
    for one in await outbox_events(gate.database):
        numbers.setdefault(one.subject, []).append(one.sequence)
    assert all(found == list(range(1, len(found) + 1)) for found in numbers.values()), numbers


async def test_of_a_version_its_deliveries_are_listed(gate: GateClient) -> None:
    await gate.register_version("1.0", "1")
    await gate.register_version("1.1", "2")
    first = await gate.submit("1.0", "acme-staging")
    await gate.submit("1.1", "acme-staging")
    found = await gate.get_ok("quin", "deliveries?product=billing&version=1.0")
    assert [one["key"] for one in found["items"]] == [first["key"]]
    alone = await gate.get("quin", "deliveries?version=1.0")
    assert [one["pointer"] for one in alone.json()["errors"]] == ["/query/product"]
