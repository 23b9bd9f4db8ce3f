"""What takes two people at intake, by every account that a person may have (R1)."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Final

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from common.persistence.database import Database
from common.waiting import operations_of
from intake.waiting import SOURCES
from intake_support.alerts import NINE
from intake_support.tickets import OVER, act, open_ticket
from opsdesk_testing.client import client
from opsdesk_testing.protocol import freeze_time, outbox_events
from opsdesk_testing.second_person import TwoPersonRequest, check_takes_two, effects_of
from opsdesk_testing.waiting_for_me import check_waits_for_second_person, check_waits_no_more

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
    "confirm_priority_matrix": lower_matrix,
    "verify_monitoring_improvement": better_monitoring,
    "verify_ticket": verified,
    "reject_resolution": rejected,
    "confirm_ticket_blocker": blocker_confirmed,
    "check_hand_over_fix": fix_checked,
    "verify_problem_fix": fix_verified,
    "confirm_no_environment": no_environment,
    "decide_access": access_decided,
    "verify_access_grant": access_verified,
    "recertify_access": access_recertified,
    "verify_access_removal": access_gone,
    "confirm_contact": contact_confirmed,
    "publish_article": article_published,
    "confirm_contact_erasure": erased,
    "confirm_person": person_confirmed,
}

LATER: Final = {"recertify_access": timedelta(days=91)}
"""What waits only once this time is over."""
GOES_ON: Final = {"verify_problem_fix"}
"""What waits for a second time afterwards: on staging first, then in production."""
NEVER_WAITS: Final[dict[str, str]] = {}
"""What takes two people and is asked for by none of them first: it waits for nobody, and why."""


def test_every_effect_that_takes_two_is_tried(app: FastAPI) -> None:
    assert effects_of(app).keys() == SCENARIOS.keys()


@pytest.mark.parametrize("operation", SCENARIOS)
async def test_the_first_person_is_refused_with_every_account(
    app: FastAPI, database: Database, anna: AsyncClient, operation: str
) -> None:
    """R1"""
    asked = await SCENARIOS[operation](anna)
    await check_takes_two(app, database, effects_of(app)[operation], asked)


def test_every_effect_that_takes_two_waits_for_somebody(app: FastAPI) -> None:
    """R1"""
    waits = operations_of(SOURCES).keys() - NEVER_WAITS.keys()
    assert effects_of(app).keys() - waits == NEVER_WAITS.keys()


@pytest.mark.parametrize("operation", SCENARIOS.keys() - NEVER_WAITS.keys())
async def test_it_waits_for_the_second_person_and_for_no_account_of_the_first(
    app: FastAPI, database: Database, anna: AsyncClient, operation: str
) -> None:
    """R1"""
    asked = await SCENARIOS[operation](anna)
    if operation in LATER:
        await freeze_time(database, NINE + LATER[operation])
    effect = effects_of(app)[operation]
    await check_waits_for_second_person(app, database, SOURCES, effect, asked)
    async with client(app, asked.second) as second:
        done = await second.request(asked.method, asked.path, json=asked.body)
    assert done.is_success, done.text
    if operation not in GOES_ON:
        await check_waits_no_more(app, SOURCES, effect, asked)


async def test_a_contact_who_is_one_of_us_is_not_the_customer_who_reopens(
    app: FastAPI, database: Database, anna: AsyncClient
) -> None:
    """R1: On-Behalf-Of of a contact with anna's own address; the time since her resolution counts"""
    body = {"name": "Anna", "address": "anna@ours.example"}
    assert (await anna.post("/v1/customers/acme/contacts", json=body)).status_code == 201
    key = await open_ticket(anna)
    await act(anna, key, "resolve", resolution="Restarted")
    async with client(app, "portal") as portal:
        portal.headers["On-Behalf-Of"] = "mailto:anna@ours.example"
        assert (await act(portal, key, "replies", text="It is back")).status_code == 201
    (reopened,) = [one for one in await outbox_events(database) if "reopened" in one.type]
    assert reopened.body["by_customer"] is False
