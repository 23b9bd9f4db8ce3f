"""What `allowed` answers is what the route then does: every act, in every state, for every caller."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any, Final

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from intake.tickets.domain.acts import ACTS
from intake_support.tickets import OVER, act, open_ticket
from opsdesk_testing.client import client

pytestmark = pytest.mark.thorough

PATHS: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "reply": ("tickets/{}/replies", {"text": "Hello"}),
    "note": ("tickets/{}/replies", {"text": "Hello", "visibility": "internal"}),
    "triage": ("triage/{}/assign-customer", {"customer": "acme"}),
    "assign": ("tickets/{}/assign", {"to": "anna"}),
    "prioritise": ("tickets/{}/prioritise", {"priority": "critical", "reason": "x"}),
    "confirm_priority": ("tickets/{}/priority/confirm", {"agree": True}),
    "decline_priority": ("tickets/{}/priority/confirm", {"agree": False}),
    "reclassify": ("tickets/{}/reclassify", {"kind": "question", "reason": "x"}),
    "confirm_classification": ("tickets/{}/classification/confirm", {"agree": True}),
    "decline_classification": ("tickets/{}/classification/confirm", {"agree": False}),
    "confirm_blocker": ("tickets/{}/blocker/confirm", {}),
    "forward": ("tickets/{}/forward", OVER),
    "hand_back": ("tickets/{}/hand-back", {"found": "x"}),
    "workaround": ("tickets/{}/workaround", {"text": "x"}),
    "hold": ("tickets/{}/hold", {"waiting_on": "partner", "reason": "x"}),
    "resume": ("tickets/{}/resume", {}),
    "resolve": ("tickets/{}/resolve", {"resolution": "x"}),
    "verify": ("tickets/{}/verify", {}),
    "reject": ("tickets/{}/reject", {"reason": "x"}),
    "close": ("tickets/{}/close", {}),
    "reopen": ("tickets/{}/reopen", {"reason": "x"}),
    "unmerge": ("tickets/{}/unmerge", {"reason": "x"}),
    "confirm_unmerge": ("tickets/{}/unmerge/confirm", {"agree": True}),
    "decline_unmerge": ("tickets/{}/unmerge/confirm", {"agree": False}),
    "correct_detection": ("tickets/{}/detection", {"detected_by": "ops", "reason": "x"}),
    "confirm_detection": ("tickets/{}/detection/confirm", {"agree": True}),
    "decline_detection": ("tickets/{}/detection/confirm", {"agree": False}),
    "tag": ("tickets/{}/tags", {"tags": ["security"]}),
    "split": ("tickets/{}/split", {"title": "x", "description": True}),
}
"""How each act is asked of its route; merging needs a second ticket."""

Step = tuple[str, str, dict[str, Any]]
WORK: Final[Step] = ("anna", "assign", {"to": "anna"})
SOLVE: Final[Step] = ("anna", "resolve", {"resolution": "x"})
CHECK: Final[Step] = ("omar", "verify", {})
CLOSE: Final[Step] = ("anna", "close", {})
STATES: Final[dict[str, tuple[Step, ...]]] = {
    "new": (),
    "in_progress": (WORK,),
    "on_hold": (("anna", "hold", {"waiting_on": "partner", "reason": "x"}),),
    "forwarded": (("anna", "forward", OVER),),
    "resolved": (SOLVE,),
    "verified": (SOLVE, CHECK),
    "closed": (SOLVE, CHECK, CLOSE),
    "reopened": (SOLVE, ("omar", "reject", {"reason": "x"})),
    "a lower priority is asked for": (
        ("anna", "prioritise", {"priority": "minor", "reason": "x"}),
    ),
    "another kind is asked for": (("anna", "reclassify", {"kind": "problem", "reason": "x"}),),
    "another finder is named": (
        ("anna", "detection", {"detected_by": "customer", "reason": "x"}),
        ("anna", "detection", {"detected_by": "ops", "reason": "x"}),
    ),
}
CALLERS: Final = ("anna", "omar", "sven", "dana", "jan")


@pytest.fixture
async def people(app: FastAPI, anna: AsyncClient) -> AsyncIterator[dict[str, AsyncClient]]:
    async with AsyncExitStack() as stack:
        yield {name: await stack.enter_async_context(client(app, name)) for name in CALLERS}


async def allowed(who: AsyncClient, key: str) -> dict[str, dict[str, Any]]:
    return {one["act"]: one for one in (await who.get(f"/v1/tickets/{key}")).json()["allowed"]}


async def _brought(people: dict[str, AsyncClient], steps: tuple[Step, ...], **more: Any) -> str:
    described = {"priority": "major", "description": "Nothing loads."}
    key = await open_ticket(people["anna"], **described | more)
    for who, step, body in steps:
        answer = await act(people[who], key, step, **body)
        assert answer.is_success, answer.text
    return key


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize("state", STATES)
async def test_it_is_what_the_route_does(
    people: dict[str, AsyncClient], state: str, caller: str
) -> None:
    """R1"""
    steps = STATES[state]
    untouched = await _brought(people, steps)
    acts = await allowed(people[caller], untouched)
    for name, (path, body) in PATHS.items():
        shown = acts[name]
        key = await _brought(people, steps) if shown["possible"] else untouched
        answer = await people[caller].post(f"/v1/{path.format(key)}", json=body)
        assert answer.is_success == shown["possible"], f"{name}: {shown} but {answer.text}"
        if answer.is_success or shown["why_not"]["code"] in {"permission_missing", "staff_only"}:
            continue
        code = answer.json()["type"].rpartition(":")[2].replace("-", "_")
        assert (shown["why_not"]["code"], shown["why_not"]["detail"]) == (
            code,
            answer.json()["detail"],
        )


@pytest.mark.parametrize("state", STATES)
async def test_what_can_be_merged_is_merged(people: dict[str, AsyncClient], state: str) -> None:
    survivor = await open_ticket(people["anna"], priority="major")
    key = await _brought(people, STATES[state])
    shown = (await allowed(people["anna"], key))["merge"]
    answer = await act(people["anna"], key, "merge", into=survivor)
    assert answer.is_success == shown["possible"]
    if answer.is_success:
        after = await allowed(people["anna"], key)
        assert [name for name, one in after.items() if one["possible"]] == ["unmerge"]
        for name, (path, body) in PATHS.items():
            if name != "unmerge":
                answer = await people["anna"].post(f"/v1/{path.format(key)}", json=body)
                assert not answer.is_success, name


async def test_what_was_merged_is_separated_by_two(people: dict[str, AsyncClient]) -> None:
    """C10, R1"""
    survivor, key = [await open_ticket(people["anna"], priority="major") for _ in range(2)]
    await act(people["anna"], key, "merge", into=survivor)
    assert (await act(people["anna"], key, "unmerge", reason="x")).is_success
    possible = {
        who: [name for name, one in (await allowed(people[who], key)).items() if one["possible"]]
        for who in ("anna", "omar")
    }
    assert possible == {
        "anna": ["unmerge", "decline_unmerge"],
        "omar": ["unmerge", "confirm_unmerge", "decline_unmerge"],
    }
    assert (await act(people["anna"], key, "unmerge/confirm", agree=True)).status_code == 403
    assert (await act(people["omar"], key, "unmerge/confirm", agree=True)).is_success


async def test_a_contacts_blocker_and_an_unknown_sender(
    people: dict[str, AsyncClient], gateway: AsyncClient
) -> None:
    opened = {"title": "Down", "priority": "blocker", "environment": "acme-prod"}
    key = (await people["jan"].post("/v1/tickets", json=opened)).json()["key"]
    assert (await allowed(people["jan"], key))["confirm_blocker"]["possible"] is False
    assert (await allowed(people["anna"], key))["confirm_blocker"]["possible"] is True
    assert (await act(people["anna"], key, "blocker/confirm")).is_success
    assert (await allowed(people["anna"], key))["confirm_blocker"]["possible"] is False
    raw = b"From: new@unknown.example\r\nSubject: Hello\r\n\r\nWho are you?\r\n"
    mailed = await gateway.post(
        "/v1/emails", content=raw, headers={"Content-Type": "message/rfc822"}
    )
    unknown = mailed.json()["ticket"]["key"]
    assert (await allowed(people["anna"], unknown))["triage"]["possible"] is True


def test_every_act_is_asked_of_its_route() -> None:
    assert {rule.act for rule in ACTS} == {*PATHS, "merge"}
