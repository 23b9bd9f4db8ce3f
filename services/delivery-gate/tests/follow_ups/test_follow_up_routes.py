from datetime import datetime, timedelta
from typing import Any

import pytest

from delivery_gate_support.gate_client import GateClient
from opsdesk_testing.protocol import outbox_events


@pytest.fixture
async def work(gate: GateClient) -> dict[str, Any]:
    """The follow-up of a refused 1.0."""
    await gate.register_version("1.0", "1")
    made = await gate.submit("1.0", "acme-staging")
    body = {
        "reasons": [{"justification": "Nobody was told."}],
        "follow_ups": [{"kind": "documentation", "task": "Tell them."}],
    }
    refused = await gate.post_ok("anna", f"deliveries/{made['key']}/refuse", body)
    (key,) = refused["verdict"]["follow_ups"]
    return await gate.get_ok("quin", f"follow-ups/{key}")


async def reason_codes(gate: GateClient, version: str, to: str) -> set[str]:
    verdict = (await gate.submit(version, to))["verdict"]
    return {reason["code"] for reason in verdict["reasons"]}


async def test_the_version_is_held_everywhere_and_under_every_name(
    gate: GateClient, work: dict[str, Any]
) -> None:
    """G5: until a second person has confirmed; evidence alone frees nothing."""
    await gate.register_version("1.0-final", "1")
    assert "FOLLOWUP_OPEN" in await reason_codes(gate, "1.0", "acme-prod")
    assert await reason_codes(gate, "1.0-final", "acme-staging") == {"FOLLOWUP_OPEN"}
    await gate.post_ok("omar", f"follow-ups/{work['key']}/close", {"evidence": "Told on Monday."})
    assert await reason_codes(gate, "1.0", "acme-staging") == {"FOLLOWUP_OPEN"}
    confirmed = await gate.post_ok("quin", f"follow-ups/{work['key']}/confirm")
    assert (confirmed["blocks_delivery"], confirmed["closed_by"], confirmed["confirmed_by"]) == (
        False,
        "omar",
        "quin",
    )
    assert await reason_codes(gate, "1.0-final", "acme-staging") == set()


async def test_what_was_approved_before_is_held_as_well(gate: GateClient) -> None:
    """G2, G5: a refusal elsewhere stops what waits here when it starts."""
    await gate.register_version("1.0", "1")
    here = await gate.submit("1.0", "acme-staging")
    await gate.approve(here["key"], "anna")
    await gate.deliver_to_staging("1.0", "1")
    there = await gate.submit("1.0", "acme-prod")
    body = {
        "reasons": [{"justification": "It loses data."}],
        "follow_ups": [{"kind": "investigation", "task": "Find out why."}],
    }
    await gate.post_ok("omar", f"deliveries/{there['key']}/refuse", body)
    path = f"deliveries/{here['key']}/start"
    digest = here["digest"]
    stopped = await gate.post_ok("anna", path, {"digest": digest})
    assert stopped["state"] == "refused"
    assert [reason["code"] for reason in stopped["verdict"]["reasons"]] == ["FOLLOWUP_OPEN"]


async def test_evidence_is_asked_for_and_judged_by_another_person(
    gate: GateClient, work: dict[str, Any]
) -> None:
    """G5, R1."""
    path = f"follow-ups/{work['key']}"
    empty = await gate.post("omar", f"{path}/close", {"evidence": " "})
    assert (empty.status_code, empty.json()["code"]) == (422, "EVIDENCE_REQUIRED")
    early = await gate.post("quin", f"{path}/confirm")
    assert (early.status_code, early.json()["code"]) == (422, "EVIDENCE_REQUIRED")
    await gate.post_ok("omar", f"{path}/close", {"evidence": "Told."})
    own = await gate.post("omar", f"{path}/confirm")
    assert (own.status_code, own.json()["code"]) == (403, "SELF_CONFIRMATION")
    again = await gate.post_ok("quin", f"{path}/reject")
    assert (again["state"], again["evidence"]) == ("open", None)


@pytest.mark.parametrize("evidence", ["https://", "http:///x", "https://me:pw@ci.example/7"])
async def test_an_address_that_nobody_can_open_is_no_evidence(
    gate: GateClient, work: dict[str, Any], evidence: str
) -> None:
    answer = await gate.post("omar", f"follow-ups/{work['key']}/close", {"evidence": evidence})
    assert [one["pointer"] for one in answer.json()["errors"]] == ["/evidence"]


async def test_who_confirms_has_seen_that_evidence_and_no_other(
    gate: GateClient, work: dict[str, Any]
) -> None:
    """The ETag moves with every step, so nobody confirms what was replaced meanwhile."""
    path = f"follow-ups/{work['key']}"
    await gate.post_ok("omar", f"{path}/close", {"evidence": "First."})
    seen = (await gate.get("quin", path)).headers["etag"]
    await gate.post_ok("quay", f"{path}/reject")
    await gate.post_ok("omar", f"{path}/close", {"evidence": "Second."})
    late = await gate.post("quin", f"{path}/confirm", If_Match=seen)
    assert (late.status_code, late.json()["present"]["evidence"]) == (412, "Second.")
    mine = [
        one for one in await outbox_events(gate.database) if one.subject.startswith("follow-up/")
    ]
    assert [(one.type.split(".")[2], one.sequence) for one in mine] == [
        ("opened", 1),
        ("evidence_submitted", 2),
        ("reopened", 3),
        ("evidence_submitted", 4),
    ]


async def test_the_work_is_given_to_somebody_until_an_instant(
    gate: GateClient, work: dict[str, Any]
) -> None:
    """And from then on it waits for that person alone."""
    for person in ("omar", "pavel"):
        await gate.announce_person(person)
    path = f"follow-ups/{work['key']}/assign"
    due_at = f"{datetime.fromisoformat(work['opened_at']) + timedelta(days=7):%Y-%m-%dT%H:%M:%SZ}"
    assigned = await gate.post_ok("quin", path, {"owner": "omar", "due_at": due_at})
    assert (assigned["owner"], assigned["due_at"]) == ("omar", due_at)
    mine = await gate.get_ok("omar", "waiting-for-me")
    assert [(one["kind"], one["due_at"]) for one in mine["items"]] == [("close_follow_up", due_at)]
    assert (await gate.get_ok("pavel", "waiting-for-me"))["items"] == []
    listed = await gate.get_ok("quin", "follow-ups?owner=omar")
    assert [one["key"] for one in listed["items"]] == [work["key"]]
    assert (await gate.get_ok("quin", "follow-ups?owner=anna"))["items"] == []
    other = await gate.post_ok("quin", path, {"owner": "pavel"})
    assert (other["owner"], other["due_at"]) == ("pavel", due_at), "it is due as before"
    free = await gate.post_ok("quin", path, {"owner": "pavel", "due_at": None})
    assert free["due_at"] is None


async def test_work_that_is_done_or_due_in_the_past_is_given_to_nobody(
    gate: GateClient, work: dict[str, Any]
) -> None:
    path = f"follow-ups/{work['key']}"
    body = {"owner": "omar", "due_at": work["opened_at"]}
    past = await gate.post("omar", f"{path}/assign", body)
    assert [one["pointer"] for one in past.json()["errors"]] == ["/due_at"]
    await gate.post_ok("omar", f"{path}/close", {"evidence": "Told on Monday."})
    late = await gate.post("omar", f"{path}/assign", {"owner": "omar"})
    assert late.status_code == 409


async def test_work_is_given_to_people_whom_the_directory_knows(
    gate: GateClient, work: dict[str, Any]
) -> None:
    """I5: with the nearest name where there is one, and to nobody who has left or works for a partner."""
    path = f"follow-ups/{work['key']}/assign"
    unknown = await gate.post("quin", path, {"owner": "omar"})
    (error,) = unknown.json()["errors"]
    assert (unknown.status_code, error["pointer"], error["code"]) == (
        422,
        "/owner",
        "unknown_reference",
    )
    assert (await gate.post_ok("quin", path, {"owner": "quin"}))["owner"] == "quin", "oneself"
    await gate.announce_person("omar")
    near = (await gate.post("quin", path, {"owner": "omra"})).json()["errors"][0]
    assert "omar" in near["detail"]
    assert (await gate.post_ok("quin", path, {"owner": "omar"}))["owner"] == "omar"
    await gate.announce_person("omar", retired=True)
    left = (await gate.post("quin", path, {"owner": "omar"})).json()["errors"]
    assert [(one["pointer"], one["code"]) for one in left] == [("/owner", "has_left")]
    await gate.announce_person("hosthaven")
    partner = (await gate.post("quin", path, {"owner": "hosthaven"})).json()["errors"]
    assert [(one["pointer"], one["code"]) for one in partner] == [("/owner", "for_staff")]
    assert (await gate.get_ok("quin", f"follow-ups/{work['key']}"))["owner"] == "omar"


async def test_of_a_version_they_are_listed_by_name_and_by_digest(
    gate: GateClient, work: dict[str, Any]
) -> None:
    await gate.register_version("1.0-final", "1")
    await gate.register_version("1.1", "2")
    for name, expected in (("1.0", [work["key"]]), ("1.0-final", [work["key"]]), ("1.1", [])):
        found = await gate.get_ok("quin", f"follow-ups?product=billing&version={name}")
        assert [one["key"] for one in found["items"]] == expected, name
    alone = await gate.get("quin", "follow-ups?version=1.0")
    assert [one["pointer"] for one in alone.json()["errors"]] == ["/query/product"]
