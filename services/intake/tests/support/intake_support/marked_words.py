"""Words with marks in problems, change requests and accesses, for the tests of who reads what."""

from fastapi import FastAPI
from httpx import AsyncClient

from intake_support.tickets import open_ticket
from opsdesk_testing.audience_marks import Marks
from opsdesk_testing.client import client

STAFF, OF_ACME, OF_BRIGHTWATER = "staff", "acme", "brightwater"


async def work_on_a_problem(anna: AsyncClient, omar: AsyncClient, marks: Marks) -> str:
    """A problem that only staff read. The key of its fix."""
    symptoms = marks.word("POST /v1/problems symptoms", STAFF)
    opened = {"title": "Why", "symptoms": symptoms, "incidents": ["OPS-1001"]}
    answer = await anna.post("/v1/problems", json=opened)
    assert answer.status_code == 201, answer.text
    problem = answer.headers["Location"]
    change = {"title": "Fix", "kind": "change_request", "nature": "corrective"}
    fix = await open_ticket(anna, **change)
    on = "/v1/problems/{problem}"

    def word(step: str, name: str) -> str:
        return marks.word(f"{step} {name}", STAFF)

    why = {name: word(f"PUT {on}/cause", name) for name in ("question", "answer")}
    moment = {"at": "2030-01-07T08:00:00Z", "what": word(f"PUT {on}/cause", "what")}
    root = {"root_cause": word(f"PUT {on}/cause", "root_cause")}
    checked = word(f"POST {on}/verifications", "checked")
    for who, method, step, body in (
        (anna, "PUT", "cause", root | {"timeline": [moment]}),
        (anna, "PUT", "cause", root | {"whys": [why]}),
        (anna, "PUT", "workaround", {"workaround": word(f"PUT {on}/workaround", "workaround")}),
        (anna, "POST", "known-error", {}),
        (anna, "POST", "fix", {"change_request": fix}),
        (omar, "POST", "verifications", {"tier": "staging", "checked": checked}),
        (anna, "POST", "give-up", {"reason": word(f"POST {on}/give-up", "reason")}),
    ):
        answer = await who.request(method, f"{problem}/{step}", json=body)
        assert answer.is_success, f"{step}: {answer.text}"
    return fix


async def decide_a_change(
    anna: AsyncClient, omar: AsyncClient, jan: AsyncClient, marks: Marks, change: str
) -> None:
    on = "/v1/change-requests/{change_request}"
    note = marks.word(f"PUT {on}/estimate note", OF_ACME)
    reason = marks.word(f"POST {on}/decision reason", OF_ACME)
    untouched = marks.word(f"POST {on}/no-environment reason", STAFF)
    for who, method, step, body in (
        (anna, "PUT", "estimate", {"estimate_seconds": 60, "note": note}),
        (jan, "POST", "decision", {"decision": "approved", "reason": reason}),
        (anna, "POST", "no-environment", {"reason": untouched}),
        (omar, "POST", "no-environment/confirm", {}),
    ):
        answer = await who.request(method, f"/v1/change-requests/{change}/{step}", json=body)
        assert answer.is_success, f"{step}: {answer.text}"


async def ask_for_access(app: FastAPI, anna: AsyncClient, marks: Marks) -> None:
    on = "/v1/access-requests/{access_request}"
    reason = marks.word("POST /v1/access-requests reason", STAFF)
    body = {"person": "anna", "resource": "db-1", "level": "read", "until": "2199-01-01"}
    asked = await anna.post("/v1/access-requests", json=body | {"reason": reason})
    assert asked.is_success, asked.text
    path = "/v1/access-requests/ACC-1"
    why = marks.word(f"POST {on}/decision reason", STAFF)
    async with client(app, "gina") as gina:
        decided = await gina.post(f"{path}/decision", json={"decision": "approved", "reason": why})
    assert decided.is_success, decided.text
    assert (await anna.post(f"{path}/grant")).is_success
    gone = {"reason": marks.word(f"POST {on}/removal-request reason", STAFF)}
    assert (await anna.post(f"{path}/removal-request", json=gone)).is_success
