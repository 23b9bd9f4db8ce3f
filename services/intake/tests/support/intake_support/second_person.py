"""What one person asks for and another one makes take effect, for every effect of intake that takes two (R1)."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from fastapi import FastAPI
from httpx import AsyncClient

from common.events.outages import OutageStarted
from common.http import runtime_of
from intake.handlers import HANDLERS
from intake_support.notices import OUTAGE
from intake_support.tickets import OVER, act, open_ticket
from opsdesk_testing.client import client
from opsdesk_testing.protocol import deliver
from opsdesk_testing.second_person import TwoPersonRequest

Scenario = Callable[[AsyncClient], Awaitable[TwoPersonRequest]]


async def _asked(anna: AsyncClient, step: str, action: str, **body: Any) -> TwoPersonRequest:
    key = await open_ticket(anna, priority="major")
    answer = await act(anna, key, step, **body)
    assert answer.is_success, answer.text
    agreed = {"agree": True} if action.endswith("confirm") else {"reason": "As seen"}
    return TwoPersonRequest("anna", "omar", f"/v1/tickets/{key}/{action}", agreed)


async def lower_priority(anna: AsyncClient) -> TwoPersonRequest:
    return await _asked(anna, "prioritise", "priority/confirm", priority="minor", reason="Few")


async def another_kind(anna: AsyncClient) -> TwoPersonRequest:
    return await _asked(anna, "reclassify", "classification/confirm", kind="question", reason="So")


async def found_by_ops(anna: AsyncClient) -> TwoPersonRequest:
    key = await open_ticket(anna, channel="phone")
    asked = await act(anna, key, "detection", detected_by="ops", reason="So")
    assert asked.is_success, asked.text
    return TwoPersonRequest("anna", "omar", f"/v1/tickets/{key}/detection/confirm", {"agree": True})


async def outage_notice_dismissed(anna: AsyncClient) -> TwoPersonRequest:
    app: FastAPI = anna._transport.app  # type: ignore[attr-defined]  # httpx shows it to nobody
    await deliver(runtime_of(app).database, HANDLERS, (OutageStarted(ended_at=None, **OUTAGE), 1))
    assert (await anna.post("/v1/notices/NTC-1/dismiss")).is_success
    return TwoPersonRequest("anna", "omar", "/v1/notices/NTC-1/dismiss")


async def verified(anna: AsyncClient) -> TwoPersonRequest:
    return await _asked(anna, "resolve", "verify", resolution="Restarted")


async def rejected(anna: AsyncClient) -> TwoPersonRequest:
    return await _asked(anna, "resolve", "reject", resolution="Restarted")


async def separated(anna: AsyncClient) -> TwoPersonRequest:
    one, into = [await open_ticket(anna) for _ in range(2)]
    assert (await act(anna, one, "merge", into=into)).is_success
    assert (await act(anna, one, "unmerge", reason="Two requests")).is_success
    return TwoPersonRequest("anna", "omar", f"/v1/tickets/{one}/unmerge/confirm", {"agree": True})


async def lower_matrix(anna: AsyncClient) -> TwoPersonRequest:
    app: FastAPI = anna._transport.app  # type: ignore[attr-defined]  # httpx shows it to nobody
    async with client(app, "theo") as theo:
        cells = (await theo.get("/v1/priority-matrix")).json()["priorities"]
        cells["low"]["high"] = "minor"
        body = {"priorities": cells, "reason": "As agreed"}
        assert (await theo.put("/v1/priority-matrix", json=body)).is_success
    return TwoPersonRequest("theo", "gina", "/v1/priority-matrix/confirm", {"agree": True})


async def better_monitoring(anna: AsyncClient) -> TwoPersonRequest:
    key = await open_ticket(anna, channel="phone")
    assert (await act(anna, key, "resolve", resolution="Restarted")).is_success
    app: FastAPI = anna._transport.app  # type: ignore[attr-defined]  # httpx shows it to nobody
    async with client(app, "omar") as omar:
        assert (await act(omar, key, "verify")).is_success
    address = "/v1/monitoring-improvements/MON-1"
    plan = {"owner": "anna", "task": "Alert on it", "criterion": "It alerts"}
    for step, body in (("plan", plan), ("finish", {"evidence": "MR 17"})):
        assert (await anna.post(f"{address}/{step}", json=body)).is_success
    return TwoPersonRequest("anna", "omar", f"{address}/verify", {"agree": True})


async def contact_confirmed(anna: AsyncClient) -> TwoPersonRequest:
    (jan,) = (await anna.get("/v1/customers/acme/contacts")).json()["items"]
    assert jan["counts_for"] == "anna"
    return TwoPersonRequest("anna", "omar", f"/v1/customers/acme/contacts/{jan['id']}/confirm")


async def article_published(anna: AsyncClient) -> TwoPersonRequest:
    article = {"title": "Down again", "body": "Restart it.", "language": "en"}
    key = (await anna.post("/v1/articles", json=article)).json()["key"]
    return TwoPersonRequest("anna", "omar", f"/v1/articles/{key}/publish", {"version": 1})


async def erased(anna: AsyncClient) -> TwoPersonRequest:
    (jan,) = (await anna.get("/v1/customers/acme/contacts")).json()["items"]
    path = f"/v1/contacts/{jan['id']}/erasure"
    app: FastAPI = anna._transport.app  # type: ignore[attr-defined]  # httpx shows it to nobody
    async with client(app, "theo") as theo:
        assert (await theo.post(path, json={"reason": "Asked for"})).status_code == 201
    return TwoPersonRequest("theo", "gina", path + "/confirm")


async def person_confirmed(anna: AsyncClient) -> TwoPersonRequest:
    body = {"roles": ["ops", "gm"], "reason": "Promoted"}
    waits = (await anna.post("/v1/people/sven/roles", json=body)).json()
    assert (waits["roles"], waits["pending"]["roles"]) == (["ops"], ["ops", "gm"])
    return TwoPersonRequest("anna", "omar", "/v1/people/sven/confirm")


async def customer_ended(anna: AsyncClient) -> TwoPersonRequest:
    path = "/v1/customers/brightwater/end"
    assert (await anna.post(path, json={"reason": "Contract over"})).status_code == 200
    return TwoPersonRequest("anna", "omar", path + "/confirm")


async def environment_ended(anna: AsyncClient) -> TwoPersonRequest:
    path = "/v1/environments/acme-staging/end"
    assert (await anna.post(path, json={"reason": "Moved"})).status_code == 200
    return TwoPersonRequest("anna", "omar", path + "/confirm")


async def blocker_confirmed(anna: AsyncClient) -> TwoPersonRequest:
    """Asked for by anna with a customer's token"""
    app: FastAPI = anna._transport.app  # type: ignore[attr-defined]  # httpx shows it to nobody
    ours = {"customer": "acme", "email": "anna@ours.example"}
    async with client(app, "anna", **ours) as contact:
        body = {"title": "Down", "environment": "acme-prod", "priority": "blocker"}
        opened = (await contact.post("/v1/tickets", json=body)).json()
    return TwoPersonRequest("anna", "omar", f"/v1/tickets/{opened['key']}/blocker/confirm", {})


async def fix_checked(anna: AsyncClient) -> TwoPersonRequest:
    key = await open_ticket(anna)
    await act(anna, key, "forward", **OVER)
    back = await act(anna, key, "hand-back", found="The disk.", fixed=True)
    assert back.is_success, back.text
    body = {"works": True, "checked": "ten invoices"}
    return TwoPersonRequest("anna", "omar", f"/v1/tickets/{key}/hand-overs/1/check-fix", body)


async def fix_verified(anna: AsyncClient) -> TwoPersonRequest:
    incident = await open_ticket(anna, service="billing")
    body = {"title": "Why", "symptoms": "E42", "incidents": [incident]}
    path = (await anna.post("/v1/problems", json=body)).headers["Location"]
    whys = [{"question": "Why?", "answer": "So."}]
    await anna.put(f"{path}/cause", json={"root_cause": "x", "whys": whys})
    await anna.put(f"{path}/workaround", json={"workaround": "y"})
    await anna.post(f"{path}/known-error")
    change = await open_ticket(anna, kind="change_request", nature="corrective")
    assert (await anna.post(f"{path}/fix", json={"change_request": change})).is_success
    assert (await act(anna, change, "resolve", resolution="It is made")).is_success
    body = {"tier": "staging", "checked": "ten invoices"}
    return TwoPersonRequest("anna", "omar", f"{path}/verifications", body)


async def given_up(anna: AsyncClient) -> TwoPersonRequest:
    incident = await open_ticket(anna, service="billing")
    body = {"title": "Why", "symptoms": "E42", "incidents": [incident]}
    path = (await anna.post("/v1/problems", json=body)).headers["Location"] + "/give-up"
    assert (await anna.post(path, json={"reason": "The product ends."})).is_success
    return TwoPersonRequest("anna", "omar", f"{path}/confirm")


async def no_environment(anna: AsyncClient) -> TwoPersonRequest:
    key = await open_ticket(anna, kind="change_request", nature="adaptive")
    path = f"/v1/change-requests/{key}/no-environment"
    assert (await anna.post(path, json={"reason": "A text."})).is_success
    return TwoPersonRequest("anna", "omar", f"{path}/confirm")


async def _access(anna: AsyncClient, until: str) -> str:
    """An access of sven, asked for by anna. Its path."""
    body = {"person": "sven", "resource": "db-1", "level": "read", "reason": "E42"}
    answer = await anna.post("/v1/access-requests", json=body | {"until": "2031-02-01"})
    path = f"/v1/access-requests/{answer.json()['key']}"
    app: FastAPI = anna._transport.app  # type: ignore[attr-defined]  # httpx shows it to nobody
    async with client(app, "gina") as gina:
        for step, body in (("decision", {"decision": "approved"}), ("grant", {}), ("remove", {})):
            if step == until:
                break
            who = gina if step == "decision" else anna
            assert (await who.post(f"{path}/{step}", json=body)).is_success
    return path


async def access_decided(anna: AsyncClient) -> TwoPersonRequest:
    path = await _access(anna, "decision")
    return TwoPersonRequest("anna", "gina", f"{path}/decision", {"decision": "approved"})


async def access_verified(anna: AsyncClient) -> TwoPersonRequest:
    return TwoPersonRequest("anna", "omar", f"{await _access(anna, 'remove')}/grant/verify")


async def access_recertified(anna: AsyncClient) -> TwoPersonRequest:
    return TwoPersonRequest("sven", "gina", f"{await _access(anna, 'remove')}/recertify")


async def access_gone(anna: AsyncClient) -> TwoPersonRequest:
    return TwoPersonRequest("anna", "omar", f"{await _access(anna, 'never')}/removal/verify")


SCENARIOS: Final[dict[str, Scenario]] = {
    "confirm_priority": lower_priority,
    "confirm_classification": another_kind,
    "confirm_ticket_unmerge": separated,
    "confirm_ticket_detection": found_by_ops,
    "dismiss_notice": outage_notice_dismissed,
    "confirm_priority_matrix": lower_matrix,
    "verify_monitoring_improvement": better_monitoring,
    "verify_ticket": verified,
    "reject_resolution": rejected,
    "confirm_ticket_blocker": blocker_confirmed,
    "check_hand_over_fix": fix_checked,
    "verify_problem_fix": fix_verified,
    "confirm_problem_given_up": given_up,
    "confirm_no_environment": no_environment,
    "decide_access": access_decided,
    "verify_access_grant": access_verified,
    "recertify_access": access_recertified,
    "verify_access_removal": access_gone,
    "confirm_contact": contact_confirmed,
    "confirm_customer_end": customer_ended,
    "confirm_environment_end": environment_ended,
    "publish_article": article_published,
    "confirm_contact_erasure": erased,
    "confirm_person": person_confirmed,
}
