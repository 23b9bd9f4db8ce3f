"""What the gate hears late about a Blocker (G8)."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

import pytest
from sqlalchemy import text

from common.events.tickets import BlockerLifted
from common.http import state_of
from common.http.state import set_state
from common.messaging.catch_up import AppliedEvents
from delivery_gate_support.gate_client import ACME, ENVIRONMENTS, GateClient
from opsdesk_testing.protocol import freeze_time, outbox_events

NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
REQUEST = {"environment": "acme-prod", "ticket": "OPS-1", "description": "Raise the pool limit."}


@dataclass
class _FixedConsumer:
    """A consumer that says whether it is current, and remembers about what it was asked."""

    current: bool
    asked: tuple[str, str] = ("", "")

    async def is_current(self, topic: str, key: str, within_s: float, load_offsets: object) -> bool:
        self.asked = topic, key
        return self.current


def _install(gate: GateClient, *, current: bool) -> _FixedConsumer:
    consumer = _FixedConsumer(current)
    set_state(gate.app, replace(state_of(gate.app), consumer=cast(AppliedEvents, consumer)))
    return consumer


async def _authorized(gate: GateClient) -> str:
    await gate.raise_blocker()
    change = await gate.post_ok("anna", "emergency-changes", REQUEST)
    await gate.post_ok("omar", f"emergency-changes/{change['key']}/authorize")
    return str(change["key"])


async def _applied(gate: GateClient) -> str:
    """A change requested at nine and applied at 9:10."""
    key = await _authorized(gate)
    await freeze_time(gate.database, NINE + 10 * MINUTE)
    await gate.post_ok("anna", f"emergency-changes/{key}/apply")
    await freeze_time(gate.database, NINE + 15 * MINUTE)
    return key


async def _types(gate: GateClient) -> list[str]:
    return [event.type for event in await outbox_events(gate.database)]


async def _investigations(gate: GateClient) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await gate.get_ok("quin", "follow-ups"))["items"]
    return items


@pytest.mark.parametrize("step", ["authorize", "apply"])
async def test_a_step_is_deferred_while_the_gate_has_not_heard_everything(
    gate: GateClient, step: str
) -> None:
    """G8: and it succeeds unchanged once everything is heard; the audit trail says it was deferred."""
    await gate.raise_blocker()
    change = await gate.post_ok("anna", "emergency-changes", REQUEST)
    path = f"emergency-changes/{change['key']}"
    if step == "apply":
        await gate.post_ok("omar", f"{path}/authorize")
    person = "omar" if step == "authorize" else "anna"
    consumer = _install(gate, current=False)
    deferred = await gate.post(person, f"{path}/{step}")
    assert (deferred.status_code, deferred.json()["code"]) == (409, "KNOWLEDGE_STALE")
    assert deferred.json()["outcome"] == "deferred"
    assert consumer.asked == ("opsdesk.tickets", str(UUID(int=0x71)))
    async with gate.database.transaction() as tx:
        grounds = await tx.scalar(text("SELECT grounds FROM audit ORDER BY position DESC LIMIT 1"))
    assert grounds == {"deferred": "KNOWLEDGE_STALE"}
    consumer.current = True
    await gate.post_ok(person, f"{path}/{step}")


async def test_an_event_of_the_ticket_that_waits_or_is_dead_defers_it(gate: GateClient) -> None:
    """G8: the consumer has passed it, and still the gate has not heard it."""
    key = await _authorized(gate)
    later = _lifted("resolved", NINE)
    gate.sequences[later.subject()] += 1  # the event between is still missing
    await gate.deliver_event(later)
    parked = await gate.post("anna", f"emergency-changes/{key}/apply")
    assert parked.json()["code"] == "KNOWLEDGE_STALE"
    async with gate.database.transaction() as tx:
        await tx.execute(text("DELETE FROM parked"))
        await tx.execute(
            text("UPDATE inbox SET dead_at = sequence + 1 WHERE subject = :ticket"),
            {"ticket": later.subject()},
        )
    dead = await gate.post("anna", f"emergency-changes/{key}/apply")
    assert dead.json()["code"] == "KNOWLEDGE_STALE"


def _lifted(reason: Any, at: datetime) -> BlockerLifted:
    return BlockerLifted(
        at=at,
        ticket_id=UUID(int=0x71),
        ticket="OPS-1",
        title="Nobody can pay",
        kind="incident",
        priority="major",
        state="open",
        customer_id=ACME,
        customer="acme",
        environment_id=ENVIRONMENTS["acme-prod"],
        environment="acme-prod",
        reason=reason,
    )


@pytest.mark.parametrize("reason", ["lowered", "resolved", "closed", "merged", "moved"])
async def test_an_end_heard_after_the_application_marks_announces_and_investigates(
    gate: GateClient, reason: str
) -> None:
    """G8: applied at 9:10, the Blocker had ended at 9:09."""
    key = await _applied(gate)
    await gate.lift_blocker(reason, at=NINE + 9 * MINUTE)
    change = await gate.get_ok("anna", f"emergency-changes/{key}")
    assert (change["state"], change["without_blocker"]) == ("applied", True)
    assert change["blocker_ended_at"] == "2030-01-07T09:09:00Z"
    assert (await _types(gate))[-2:] == [
        "opsdesk.emergency.without_blocker.v1",
        "opsdesk.follow_up.opened.v1",
    ]
    (investigation,) = await _investigations(gate)
    assert investigation["kind"] == "investigation"
    assert investigation["emergency_id"] == change["id"]
    assert key in investigation["task"]
    marked = await gate.get_ok("anna", "emergency-changes?without_blocker=true")
    assert [one["key"] for one in marked["items"]] == [key]
    assert (await gate.get_ok("anna", "emergency-changes?without_blocker=false"))["items"] == []


@pytest.mark.parametrize("ended", [10 * MINUTE, 11 * MINUTE])
async def test_an_end_at_or_after_the_application_changes_nothing(
    gate: GateClient, ended: timedelta
) -> None:
    """G8."""
    key = await _applied(gate)
    await gate.lift_blocker("resolved", at=NINE + ended)
    change = await gate.get_ok("anna", f"emergency-changes/{key}")
    assert (change["state"], change["without_blocker"]) == ("applied", False)
    assert await _investigations(gate) == []


async def test_an_end_heard_before_the_application_revokes_it(gate: GateClient) -> None:
    """G8: the same two facts in the other order."""
    key = await _authorized(gate)
    await freeze_time(gate.database, NINE + 10 * MINUTE)
    await gate.lift_blocker("resolved", at=NINE + 9 * MINUTE)
    late = await gate.post("anna", f"emergency-changes/{key}/apply")
    assert late.json()["code"] == "NOT_REVIEWABLE"
    change = await gate.get_ok("anna", f"emergency-changes/{key}")
    assert (change["state"], change["without_blocker"]) == ("revoked", False)


async def test_a_blocker_that_was_open_again_in_time_withdraws_the_mark(gate: GateClient) -> None:
    """G8: ended at 9:05, raised again at 9:07, both heard after the application at 9:10; a second
    end and no second investigation."""
    key = await _applied(gate)
    await gate.lift_blocker("lowered", at=NINE + 5 * MINUTE)
    await gate.raise_blocker(at=NINE + 7 * MINUTE)
    change = await gate.get_ok("anna", f"emergency-changes/{key}")
    assert (change["without_blocker"], change["blocker_ended_at"]) == (False, None)
    assert (await _types(gate))[-1] == "opsdesk.emergency.blocker_confirmed.v1"
    await gate.lift_blocker("lowered", at=NINE + 8 * MINUTE)
    again = await gate.get_ok("anna", f"emergency-changes/{key}")
    assert again["blocker_ended_at"] == "2030-01-07T09:08:00Z"
    assert len(await _investigations(gate)) == 1
