from datetime import UTC, datetime, timedelta

from delivery_gate_support.gate_client import GateClient, digest
from opsdesk_testing.protocol import freeze_time, outbox_events

NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)


async def test_an_unexplained_digest_stops_deliveries_until_it_is_explained(
    gate: GateClient,
) -> None:
    """G10."""
    await gate.register_version("1.0", "1")
    await gate.deliver_to_staging("1.0", "1")
    await gate.register_version("1.1", "2")
    seen = {"product": "billing", "digest": digest("9")}
    for _ in range(2):
        environment = await gate.post_ok("monitor", "environments/acme-staging/observations", seen)
        assert (environment["state"], environment["drift"]["digest"]) == ("drifted", digest("9"))
    refused = await gate.submit("1.1", "acme-staging")
    assert [one["code"] for one in refused["verdict"]["reasons"]] == ["ENV_DRIFTED"]
    work = (await gate.get_ok("quin", "follow-ups?state=open"))["items"]
    (drift,) = [one for one in work if one["delivery_id"] is None]
    await gate.post_ok("anna", f"follow-ups/{drift['key']}/close", {"evidence": "A hand-made fix."})
    await gate.post_ok("omar", f"follow-ups/{drift['key']}/confirm")
    environment = await gate.get_ok("anna", "environments/acme-staging")
    assert (environment["state"], environment["running"]) == ("compliant", {"billing": digest("9")})


async def test_an_old_investigation_does_not_explain_a_new_drift(gate: GateClient) -> None:
    """G10."""
    await gate.register_version("1.0", "1")
    await gate.deliver_to_staging("1.0", "1")
    path = "environments/acme-staging/observations"
    for hour, digit in enumerate("919"):
        await freeze_time(gate.database, NINE + timedelta(hours=hour))
        environment = await gate.post_ok(
            "monitor", path, {"product": "billing", "digest": digest(digit)}
        )
    assert environment["state"] == "drifted"
    second, first = (await gate.get_ok("quin", "follow-ups?state=open"))["items"]
    for work, state in ((first, "drifted"), (second, "compliant")):
        await gate.post_ok("anna", f"follow-ups/{work['key']}/close", {"evidence": "Found."})
        await gate.post_ok("omar", f"follow-ups/{work['key']}/confirm")
        assert (await gate.get_ok("anna", "environments/acme-staging"))["state"] == state


async def test_restoring_the_known_digest_ends_the_drift(gate: GateClient) -> None:
    """G10."""
    await gate.register_version("1.0", "1")
    await gate.deliver_to_staging("1.0", "1")
    path = "environments/acme-staging/observations"
    await gate.post_ok("monitor", path, {"product": "billing", "digest": None})
    environment = await gate.post_ok("monitor", path, {"product": "billing", "digest": digest("1")})
    assert environment["state"] == "compliant"
    types = [one.type for one in await outbox_events(gate.database) if "environment." in one.type]
    assert types == ["opsdesk.environment.drifted.v1", "opsdesk.environment.compliant.v1"]
