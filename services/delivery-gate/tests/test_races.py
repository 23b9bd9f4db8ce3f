"""Two at once, in transactions that really commit; and the database's own word on four eyes."""

from collections import Counter

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from delivery_gate_support.gate_client import GateClient, digest

ASKED = {"environment": "acme-prod", "ticket": "OPS-1", "description": "Raise the pool limit."}


async def test_the_same_person_twice_at_once_counts_once(gate: GateClient) -> None:
    """G3."""
    await gate.register_version("1.0", "1")
    await gate.deliver_to_staging("1.0", "1")
    made = await gate.submit("1.0", "acme-prod")
    path = f"deliveries/{made['key']}/approve"
    answers = await gate.run_concurrently(*(gate.post("anna", path) for _ in range(4)))
    assert Counter(one.status_code for one in answers) == {200: 1, 403: 3}
    assert (await gate.get_ok("anna", f"deliveries/{made['key']}"))["state"] == "in_review"


async def test_two_approvers_at_once_are_two(gate: GateClient) -> None:
    """G3."""
    await gate.register_version("1.0", "1")
    await gate.deliver_to_staging("1.0", "1")
    made = await gate.submit("1.0", "acme-prod")
    path = f"deliveries/{made['key']}/approve"
    answers = await gate.run_concurrently(
        *(gate.post(who, path) for who in ("anna", "omar", "theo"))
    )
    assert Counter(one.status_code for one in answers) == {200: 2, 409: 1}
    assert (await gate.get_ok("anna", f"deliveries/{made['key']}"))["state"] == "approved"


async def test_two_deliveries_on_one_environment_do_not_both_start(gate: GateClient) -> None:
    """G11."""
    keys = []
    for name, digit in (("1.0", "1"), ("1.1", "2")):
        await gate.register_version(name, digit)
        made = await gate.submit(name, "acme-staging")
        await gate.approve(made["key"], "anna")
        keys.append((made["key"], digit))
    answers = await gate.run_concurrently(
        *(gate.post_ok("omar", f"deliveries/{key}/start", {"digest": digest(d)}) for key, d in keys)
    )
    assert sorted(one["verdict"]["outcome"] for one in answers) == ["accepted", "deferred"]
    assert sorted(one["state"] for one in answers) == ["approved", "delivering"]


async def test_an_approval_and_a_refusal_at_once_leave_one_truth(gate: GateClient) -> None:
    await gate.register_version("1.0", "1")
    made = await gate.submit("1.0", "acme-staging")
    body = {
        "reasons": [{"justification": "No rollback."}],
        "follow_ups": [{"kind": "retest", "task": "Show it."}],
    }
    await gate.run_concurrently(
        gate.post("anna", f"deliveries/{made['key']}/approve"),
        gate.post("omar", f"deliveries/{made['key']}/refuse", body),
    )
    assert (await gate.get_ok("anna", f"deliveries/{made['key']}"))["state"] == "refused"


@pytest.mark.parametrize("round", range(3))
async def test_an_emergency_is_applied_before_its_blocker_is_lifted_or_never(
    gate: GateClient, round: int
) -> None:
    """G8: both lock the environment, so one of them was first and the other knows it."""
    await gate.raise_blocker()
    change = await gate.post_ok("anna", "emergency-changes", ASKED)
    await gate.post_ok("omar", f"emergency-changes/{change['key']}/authorize")

    async def lifted() -> int:
        await gate.lift_blocker("resolved")
        return 0

    async def applied() -> int:
        return (await gate.post("anna", f"emergency-changes/{change['key']}/apply")).status_code

    status, _ = await gate.run_concurrently(applied(), lifted())
    after = await gate.get_ok("anna", f"emergency-changes/{change['key']}")
    environment = await gate.get_ok("anna", "environments/acme-prod")
    if status == 200:
        assert (after["state"], environment["state"]) == ("applied", "in_debt")
    else:
        assert status == 409
        assert (after["state"], environment["state"]) == ("revoked", "compliant")


async def test_a_name_registered_twice_at_once_is_bound_once(gate: GateClient) -> None:
    """G1."""
    await gate.post("pipeline", "products", {"key": "billing", "name": "Billing"})
    wanted = [{"product": "billing", "name": "1.0", "digest": digest(digit)} for digit in "1212"]
    answers = await gate.run_concurrently(
        *(gate.post("pipeline", "versions", one) for one in wanted)
    )
    assert Counter(one.status_code for one in answers) == {201: 2, 409: 2}
    assert len({one.json()["id"] for one in answers if one.status_code == 201}) == 1


async def test_requests_at_once_have_different_attempts(gate: GateClient) -> None:
    """G5."""
    await gate.register_version("1.0", "1")
    made = await gate.run_concurrently(*(gate.submit("1.0", "acme-staging") for _ in range(4)))
    assert sorted(one["attempt"] for one in made) == [1, 2, 3, 4]


SELF_CONFIRMED = """
    UPDATE follow_ups SET confirmed_by = closed_by, confirmed_at = closed_at, state = 'confirmed'
"""
SELF_AUTHORIZED = """
    UPDATE emergency_changes SET authorized_by = requested_by, state = 'authorized'
"""
SELF_APPROVED = """
    INSERT INTO approvals SELECT id, requested_by, 1, requested_by, 'x', environment, 1, requested_at
    FROM deliveries
"""
APPROVED_BY_A_LIE_ABOUT_THE_REQUESTER = """
    INSERT INTO approvals SELECT id, requested_by, 1, 'somebody', 'x', environment, 1, requested_at
    FROM deliveries
"""
UNVERSIONED = "UPDATE deliveries SET version_id = NULL, digest = NULL, state = 'delivering'"
BARE_REFUSAL = """
    INSERT INTO verdicts (id, delivery_id, customer, outcome, reasons, follow_ups,
        criteria_version, decided_by, at)
    SELECT id, id, customer, 'refused', '[]', '[]', 1, 'x', requested_at FROM deliveries
"""


@pytest.mark.parametrize(
    "statement",
    [
        SELF_CONFIRMED,
        SELF_AUTHORIZED,
        SELF_APPROVED,
        APPROVED_BY_A_LIE_ABOUT_THE_REQUESTER,
        UNVERSIONED,
        BARE_REFUSAL,
    ],
)
async def test_the_database_refuses_it_too(gate: GateClient, statement: str) -> None:
    """R1, R6, R7: no role, no bug and no script is exempt."""
    await gate.register_version("1.0", "1")
    refused = await gate.submit(None, "acme-staging")
    work = refused["verdict"]["follow_ups"][0]
    await gate.post_ok("anna", f"follow-ups/{work}/close", {"evidence": "x"})
    await gate.raise_blocker()
    await gate.post_ok("anna", "emergency-changes", ASKED)
    with pytest.raises(IntegrityError):
        async with gate.database.transaction() as tx:
            await tx.execute(text(statement))
