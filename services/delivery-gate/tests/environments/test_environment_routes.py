from datetime import UTC, datetime

from common.events.directory import EnvironmentKnown
from delivery_gate_support.gate_client import ACME, ENVIRONMENTS, GateClient

NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)
ASKED = {"environment": "acme-prod", "ticket": "OPS-1", "description": "Raise the pool limit."}


async def test_a_contact_sees_the_own_environments_only(gate: GateClient) -> None:
    own = await gate.get_ok("jan", "environments")
    assert [one["key"] for one in own["items"]] == ["acme-prod", "acme-staging"]
    assert (await gate.get_ok("britta", "environments"))["items"] == []
    assert (await gate.get("britta", "environments/acme-prod")).status_code == 404


async def test_the_directory_changes_what_it_knows_and_nothing_else(gate: GateClient) -> None:
    await gate.raise_blocker()
    change = await gate.post_ok("anna", "emergency-changes", ASKED)
    await gate.post_ok("omar", f"emergency-changes/{change['key']}/authorize")
    await gate.post_ok("anna", f"emergency-changes/{change['key']}/apply")
    known = EnvironmentKnown(
        at=NINE,
        environment_id=ENVIRONMENTS["acme-prod"],
        environment="acme-prod",
        customer_id=ACME,
        customer="acme",
        tier="production",
        name="Production, renamed",
    )
    await gate.deliver_event(known)
    assert (await gate.get_ok("anna", "environments/acme-prod"))["state"] == "in_debt"
    await gate.deliver_event(known.model_copy(update={"retired": True}))
    assert (await gate.get("anna", "environments/acme-prod")).status_code == 404
