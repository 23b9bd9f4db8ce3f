from typing import Any

import pytest

from delivery_gate_support.gate_client import GateClient
from opsdesk_testing.protocol import outbox_events


@pytest.fixture
async def work(play: GateClient) -> dict[str, Any]:
    """The follow-up of a refused 1.0."""
    await play.register_version("1.0", "1")
    made = await play.submit("1.0", "acme-staging")
    body = {
        "reasons": [{"justification": "Nobody was told."}],
        "follow_ups": [{"kind": "documentation", "task": "Tell them."}],
    }
    refused = await play.post_ok("anna", f"deliveries/{made['key']}/refuse", body)
    (key,) = refused["verdict"]["follow_ups"]
    return await play.get_ok("quin", f"follow-ups/{key}")


async def refusing(play: GateClient, version: str, to: str) -> set[str]:
    verdict = (await play.submit(version, to))["verdict"]
    return {reason["code"] for reason in verdict["reasons"]}


async def test_the_version_is_held_everywhere_and_under_every_name(
    play: GateClient, work: dict[str, Any]
) -> None:
    """G5: until a second person has confirmed; evidence alone frees nothing."""
    await play.register_version("1.0-final", "1")
    assert "FOLLOWUP_OPEN" in await refusing(play, "1.0", "acme-prod")
    assert await refusing(play, "1.0-final", "acme-staging") == {"FOLLOWUP_OPEN"}
    await play.post_ok("omar", f"follow-ups/{work['key']}/close", {"evidence": "Told on Monday."})
    assert await refusing(play, "1.0", "acme-staging") == {"FOLLOWUP_OPEN"}
    confirmed = await play.post_ok("quin", f"follow-ups/{work['key']}/confirm")
    assert (confirmed["blocks_delivery"], confirmed["closed_by"], confirmed["confirmed_by"]) == (
        False,
        "omar",
        "quin",
    )
    assert await refusing(play, "1.0-final", "acme-staging") == set()


async def test_what_was_approved_before_is_held_as_well(play: GateClient) -> None:
    """G2, G5: a refusal elsewhere stops what waits here when it starts."""
    await play.register_version("1.0", "1")
    here = await play.submit("1.0", "acme-staging")
    await play.approve(here["key"], "anna")
    await play.deliver_to_staging("1.0", "1")
    there = await play.submit("1.0", "acme-prod")
    body = {
        "reasons": [{"justification": "It loses data."}],
        "follow_ups": [{"kind": "investigation", "task": "Find out why."}],
    }
    await play.post_ok("omar", f"deliveries/{there['key']}/refuse", body)
    path = f"deliveries/{here['key']}/start"
    digest = here["digest"]
    stopped = await play.post_ok("anna", path, {"digest": digest})
    assert stopped["state"] == "refused"
    assert [reason["code"] for reason in stopped["verdict"]["reasons"]] == ["FOLLOWUP_OPEN"]


async def test_evidence_is_asked_for_and_judged_by_another_person(
    play: GateClient, work: dict[str, Any]
) -> None:
    """G5, R1."""
    path = f"follow-ups/{work['key']}"
    empty = await play.post("omar", f"{path}/close", {"evidence": " "})
    assert (empty.status_code, empty.json()["code"]) == (422, "EVIDENCE_REQUIRED")
    early = await play.post("quin", f"{path}/confirm")
    assert (early.status_code, early.json()["code"]) == (422, "EVIDENCE_REQUIRED")
    await play.post_ok("omar", f"{path}/close", {"evidence": "Told."})
    own = await play.post("omar", f"{path}/confirm")
    assert (own.status_code, own.json()["code"]) == (403, "SELF_CONFIRMATION")
    again = await play.post_ok("quin", f"{path}/reject")
    assert (again["state"], again["evidence"]) == ("open", None)


async def test_who_confirms_has_seen_that_evidence_and_no_other(
    play: GateClient, work: dict[str, Any]
) -> None:
    """The ETag moves with every step, so nobody confirms what was replaced meanwhile."""
    path = f"follow-ups/{work['key']}"
    await play.post_ok("omar", f"{path}/close", {"evidence": "First."})
    seen = (await play.get("quin", path)).headers["etag"]
    await play.post_ok("quay", f"{path}/reject")
    await play.post_ok("omar", f"{path}/close", {"evidence": "Second."})
    late = await play.post("quin", f"{path}/confirm", If_Match=seen)
    assert (late.status_code, late.json()["present"]["evidence"]) == (412, "Second.")
    mine = [
        one for one in await outbox_events(play.database) if one.subject.startswith("follow-up/")
    ]
    assert [(one.type.split(".")[2], one.sequence) for one in mine] == [
        ("opened", 1),
        ("evidence_submitted", 2),
        ("reopened", 3),
        ("evidence_submitted", 4),
    ]
