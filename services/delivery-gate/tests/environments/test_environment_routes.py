from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from common.events.directory import EnvironmentKnown
from common.events.tickets import BlockerRaised
from delivery_gate_support.gate_client import ACME, ENVIRONMENTS, GateClient, digest
from opsdesk_testing.protocol import freeze_time, outbox_events

NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)
ASKED = {"environment": "acme-prod", "ticket": "OPS-1", "description": "Raise the pool limit."}


async def test_a_contact_sees_the_own_environments_only(play: GateClient) -> None:
    own = await play.get_ok("jan", "environments")
    assert [one["key"] for one in own["items"]] == ["acme-prod", "acme-staging"]
    assert (await play.get_ok("britta", "environments"))["items"] == []
    assert (await play.get("britta", "environments/acme-prod")).status_code == 404


async def test_the_directory_changes_what_it_knows_and_nothing_else(play: GateClient) -> None:
    await play.blocker_raised()
    change = await play.post_ok("anna", "emergency-changes", ASKED)
    await play.post_ok("omar", f"emergency-changes/{change['key']}/authorize")
    await play.post_ok("anna", f"emergency-changes/{change['key']}/apply")
    known = EnvironmentKnown(
        at=NINE,
        environment_id=ENVIRONMENTS["acme-prod"],
        environment="acme-prod",
        customer_id=ACME,
        customer="acme",
        tier="production",
        name="Production, renamed",
    )
    await play.deliver_event(known)
    assert (await play.get_ok("anna", "environments/acme-prod"))["state"] == "in_debt"
    await play.deliver_event(known.model_copy(update={"retired": True}))
    assert (await play.get("anna", "environments/acme-prod")).status_code == 404


async def test_an_unexplained_digest_stops_deliveries_until_it_is_explained(
    play: GateClient,
) -> None:
    """G10."""
    await play.register_version("1.0", "1")
    await play.deliver_to_staging("1.0", "1")
    await play.register_version("1.1", "2")
    seen = {"product": "billing", "digest": digest("9")}
    for _ in range(2):
        place = await play.post_ok("monitor", "environments/acme-staging/observations", seen)
        assert (place["state"], place["drift"]["digest"]) == ("drifted", digest("9"))
    refused = await play.submit("1.1", "acme-staging")
    assert [one["code"] for one in refused["verdict"]["reasons"]] == ["ENV_DRIFTED"]
    work = (await play.get_ok("quin", "follow-ups?state=open"))["items"]
    (drift,) = [one for one in work if one["delivery_id"] is None]
    await play.post_ok("anna", f"follow-ups/{drift['key']}/close", {"evidence": "A hand-made fix."})
    await play.post_ok("omar", f"follow-ups/{drift['key']}/confirm")
    place = await play.get_ok("anna", "environments/acme-staging")
    assert (place["state"], place["running"]) == ("compliant", {"billing": digest("9")})


async def test_an_old_investigation_does_not_explain_a_new_drift(play: GateClient) -> None:
    """G10."""
    await play.register_version("1.0", "1")
    await play.deliver_to_staging("1.0", "1")
    path = "environments/acme-staging/observations"
    for hour, digit in enumerate("919"):
        await freeze_time(play.database, NINE + timedelta(hours=hour))
        place = await play.post_ok("monitor", path, {"product": "billing", "digest": digest(digit)})
    assert place["state"] == "drifted"
    second, first = (await play.get_ok("quin", "follow-ups?state=open"))["items"]
    for work, state in ((first, "drifted"), (second, "compliant")):
        await play.post_ok("anna", f"follow-ups/{work['key']}/close", {"evidence": "Found."})
        await play.post_ok("omar", f"follow-ups/{work['key']}/confirm")
        assert (await play.get_ok("anna", "environments/acme-staging"))["state"] == state


async def test_restoring_the_known_digest_ends_the_drift(play: GateClient) -> None:
    """G10."""
    await play.register_version("1.0", "1")
    await play.deliver_to_staging("1.0", "1")
    path = "environments/acme-staging/observations"
    await play.post_ok("monitor", path, {"product": "billing", "digest": None})
    place = await play.post_ok("monitor", path, {"product": "billing", "digest": digest("1")})
    assert place["state"] == "compliant"
    types = [one.type for one in await outbox_events(play.database) if "environment." in one.type]
    assert types == ["opsdesk.environment.drifted.v1", "opsdesk.environment.compliant.v1"]


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
    play: GateClient, reason: str, code: str
) -> None:
    """G8."""
    await play.blocker_raised()
    change = await play.post_ok("anna", "emergency-changes", ASKED)
    await play.post_ok("omar", f"emergency-changes/{change['key']}/authorize")
    await play.blocker_lifted(reason)
    revoked = await play.get_ok("anna", f"emergency-changes/{change['key']}")
    assert revoked["state"] == "revoked"
    late = await play.post("anna", f"emergency-changes/{change['key']}/apply")
    assert (late.status_code, late.json()["code"]) == (409, "NOT_REVIEWABLE")
    again = await play.post("anna", "emergency-changes", ASKED)
    assert (again.status_code, again.json()["code"]) == (409, code)


async def test_a_blocker_elsewhere_is_none_here(play: GateClient) -> None:
    """G8."""
    await play.blocker_raised("acme-staging")
    denied = await play.post("anna", "emergency-changes", ASKED)
    assert denied.json()["code"] == "BLOCKER_ELSEWHERE"
    await play.blocker_raised()
    assert (await play.post("anna", "emergency-changes", ASKED)).status_code == 201
    second = await play.post("omar", "emergency-changes", ASKED)
    assert second.json()["code"] == "CONFLICT"


async def test_a_change_taken_back_is_not_applied(play: GateClient) -> None:
    await play.blocker_raised()
    change = await play.post_ok("anna", "emergency-changes", ASKED)
    empty = await play.post("anna", f"emergency-changes/{change['key']}/revoke", {"reason": ""})
    assert empty.json()["code"] == "REASON_REQUIRED"
    body = {"reason": "Not needed."}
    revoked = await play.post_ok("anna", f"emergency-changes/{change['key']}/revoke", body)
    assert (revoked["state"], revoked["revocation_reason"]) == ("revoked", "Not needed.")


async def test_a_blocker_on_an_environment_not_heard_of_waits_for_it(play: GateClient) -> None:
    """A reference to something unknown parks; it applies once intake has told of it."""
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
    await play.deliver_event(raised)
    async with play.database.transaction() as tx:
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
    await play.deliver_event(known)
    async with play.database.transaction() as tx:
        assert await tx.scalar(text("SELECT count(*) FROM blockers")) == 1
