from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from common.events.directory import EnvironmentKnown
from common.events.tickets import BlockerConfirmed, BlockerRaised, TicketKnown
from delivery_gate.handlers import HANDLERS
from delivery_gate_support.gate_client import ACME, ENVIRONMENTS, GateClient, digest
from opsdesk_testing.protocol import deliver

NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)
ASKED = {"environment": "acme-prod", "ticket": "OPS-1", "description": "Raise the pool limit."}


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("lowered", "NOT_BLOCKER"),
        ("resolved", "BLOCKER_CLOSED"),
        ("closed", "BLOCKER_CLOSED"),
        ("merged", "BLOCKER_CLOSED"),
        ("moved", "BLOCKER_ELSEWHERE"),
    ],
)
async def test_a_lifted_blocker_revokes_what_is_not_applied(
    gate: GateClient, reason: str, code: str
) -> None:
    """G8."""
    await gate.raise_blocker()
    change = await gate.post_ok("anna", "emergency-changes", ASKED)
    await gate.post_ok("omar", f"emergency-changes/{change['key']}/authorize")
    await gate.lift_blocker(reason)
    revoked = await gate.get_ok("anna", f"emergency-changes/{change['key']}")
    assert revoked["state"] == "revoked"
    late = await gate.post("anna", f"emergency-changes/{change['key']}/apply")
    assert (late.status_code, late.json()["code"]) == (409, "NOT_REVIEWABLE")
    again = await gate.post("anna", "emergency-changes", ASKED)
    assert (again.status_code, again.json()["code"]) == (409, code)


async def test_a_blocker_elsewhere_is_none_here(gate: GateClient) -> None:
    """G8."""
    await gate.raise_blocker("acme-staging")
    denied = await gate.post("anna", "emergency-changes", ASKED)
    assert denied.json()["code"] == "BLOCKER_ELSEWHERE"
    await gate.raise_blocker()
    assert (await gate.post("anna", "emergency-changes", ASKED)).status_code == 201
    second = await gate.post("omar", "emergency-changes", ASKED)
    assert second.json()["code"] == "CONFLICT"


async def test_a_change_taken_back_is_not_applied(gate: GateClient) -> None:
    await gate.raise_blocker()
    change = await gate.post_ok("anna", "emergency-changes", ASKED)
    # A space without width shows nothing.
    empty = await gate.post(
        "anna", f"emergency-changes/{change['key']}/revoke", {"reason": "\u200b"}
    )
    assert empty.json()["code"] == "REASON_REQUIRED"
    body = {"reason": "Not needed."}
    revoked = await gate.post_ok("anna", f"emergency-changes/{change['key']}/revoke", body)
    assert (revoked["state"], revoked["revocation_reason"]) == ("revoked", "Not needed.")


async def test_a_blocker_on_an_environment_not_announced_waits_for_it(gate: GateClient) -> None:
    """A reference to something unknown parks; it applies once intake has announced it."""
    elsewhere = UUID(int=0xBB)
    raised = BlockerRaised(
        at=NINE,
        ticket_id=UUID(int=0x72),
        ticket="OPS-2",
        title="Down",
        kind="incident",
        priority="blocker",
        state="open",
        customer_id=ACME,
        customer="acme",
        environment_id=elsewhere,
        environment="acme-test",
    )
    await gate.deliver_event(raised)
    async with gate.database.transaction() as tx:
        assert await tx.scalar(text("SELECT count(*) FROM blockers")) == 0
        assert await tx.scalar(text("SELECT count(*) FROM parked")) == 1
    known = EnvironmentKnown(
        at=NINE,
        environment_id=elsewhere,
        environment="acme-test",
        customer_id=ACME,
        customer="acme",
        tier="test",
        name="Test",
    )
    await gate.deliver_event(known)
    async with gate.database.transaction() as tx:
        assert await tx.scalar(text("SELECT count(*) FROM blockers")) == 1


async def test_a_change_is_not_applied_while_a_delivery_is_rolled_out(gate: GateClient) -> None:
    """G11: and it is once the delivery has ended."""
    await gate.register_version("1.0", "1")
    await gate.deliver_to_staging("1.0", "1")
    made = await gate.submit("1.0", "acme-prod")
    await gate.approve(made["key"], "anna", "omar")
    await gate.raise_blocker()
    change = await gate.post_ok("anna", "emergency-changes", ASKED)
    await gate.post_ok("omar", f"emergency-changes/{change['key']}/authorize")
    await gate.post_ok("anna", f"deliveries/{made['key']}/start", {"digest": digest("1")})
    path = f"emergency-changes/{change['key']}/apply"
    early = await gate.post("anna", path)
    assert (early.status_code, early.json()["code"]) == (409, "CONFLICT")
    await gate.post_ok("anna", f"deliveries/{made['key']}/verify", {"digest": digest("1")})
    assert (await gate.post_ok("anna", path))["state"] == "applied"


async def test_an_announced_ticket_replaces_what_was_missed(gate: GateClient) -> None:
    """A gap before a snapshot is not waited for, and a Blocker that intake does not know ends."""
    ticket: dict[str, Any] = {
        "at": NINE,
        "ticket_id": UUID(int=0x72),
        "ticket": "OPS-2",
        "title": "Down",
        "kind": "incident",
        "state": "open",
        "customer_id": ACME,
        "customer": "acme",
        "environment_id": ENVIRONMENTS["acme-prod"],
        "environment": "acme-prod",
        "opened_at": NINE,
    }
    for sequence, priority in ((5, "blocker"), (9, "major")):
        is_blocker = priority == "blocker"
        known = TicketKnown(**ticket, priority=priority, is_blocker=is_blocker)  # type: ignore[arg-type]  # both are valid
        await deliver(gate.database, HANDLERS, (known, sequence))
        async with gate.database.transaction() as tx:
            states = list(await tx.scalars(text("SELECT state FROM blockers")))
            assert states == ["open" if is_blocker else "lowered"]
            assert await tx.scalar(text("SELECT count(*) FROM parked")) == 0


async def test_a_contacts_blocker_permits_nothing_until_first_level_has_confirmed_it(
    gate: GateClient,
) -> None:
    """R5, G8"""
    await gate.announce_ticket(BlockerRaised, confirmed=False)
    denied = await gate.post("anna", "emergency-changes", ASKED)
    assert (denied.status_code, denied.json()["code"]) == (409, "NOT_BLOCKER")
    await gate.announce_ticket(TicketKnown, opened_at=NINE, is_blocker=True, confirmed=False)
    assert (await gate.post("anna", "emergency-changes", ASKED)).status_code == 409
    await gate.announce_ticket(BlockerConfirmed)
    assert (await gate.post("anna", "emergency-changes", ASKED)).status_code == 201
