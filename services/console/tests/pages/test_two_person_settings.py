"""What two people set: roles of a person, lower priorities in the matrix, rules by which less is an outage."""

import pytest

from console_support.everything import say_everything
from console_support.people import SignIn
from console_support.services import FakeServices, problem
from console_support.two_person_settings import MATRIX, PERSON, RULES

WAITING = {
    "/people/mia": ("intake", PERSON),
    "/priority-matrix": ("intake", MATRIX),
    "/outage-rules": ("sla", RULES),
}


@pytest.mark.parametrize(
    ("path", "who", "words"),
    [
        ("/people/mia", "anna", "They are to become: technical operations manager."),
        ("/people/mia", "anna", "They are to be no more: second level."),
        ("/priority-matrix", "gina", "major → trivial"),
        ("/priority-matrix", "gina", "Too many majors."),
        ("/outage-rules", "gina", "down · an alert of the monitoring · how bad: critical"),
        ("/outage-rules", "gina", "no outage · how bad: critical"),
    ],
)
async def test_what_would_change_stands_on_the_page(
    sign_in: SignIn, services: FakeServices, path: str, who: str, words: str
) -> None:
    say_everything(services)
    assert words in (await (await sign_in(who)).open(path)).main


@pytest.mark.parametrize(
    ("path", "who", "act", "sent_to", "body"),
    [
        ("/people/mia", "anna", "confirm", "/people/mia/confirm", None),
        ("/priority-matrix", "gina", "confirm", "/priority-matrix/confirm", {"agree": True}),
        ("/priority-matrix", "gina", "decline", "/priority-matrix/confirm", {"agree": False}),
        ("/outage-rules", "gina", "confirm", "/outage-rules/confirm", None),
    ],
)
async def test_another_person_answers(
    sign_in: SignIn,
    services: FakeServices,
    path: str,
    who: str,
    act: str,
    sent_to: str,
    body: dict[str, object] | None,
) -> None:
    say_everything(services)
    service, answer = WAITING[path]
    services.say(service, f"/v1{sent_to}", answer, method="POST")  # type: ignore[arg-type]  # a name of the table
    browser = await sign_in(who)
    done = await browser.send(await browser.open(path), f"{path}/{act}")
    assert done.response.headers["location"] == f"{path}?done={act}"
    assert services.sent()[0].path == f"/v1{sent_to}"
    assert services.sent()[0].body == body


@pytest.mark.parametrize("path", WAITING)
async def test_who_asked_does_not_confirm(
    sign_in: SignIn, services: FakeServices, path: str
) -> None:
    """R1: theo asked for all of them."""
    say_everything(services)
    page = await (await sign_in("theo")).open(path)
    assert "You asked for it, so somebody else has to confirm it." in page.main
    assert page.tree.xpath(f"//form[@action='{path}/confirm']//button") == []


@pytest.mark.parametrize("path", WAITING)
async def test_who_may_not_set_it_is_offered_nothing(
    sign_in: SignIn, services: FakeServices, path: str
) -> None:
    say_everything(services)
    page = await (await sign_in("quin")).open(path)
    assert page.status == 200
    assert page.tree.xpath("//main//form") == []


async def test_a_person_who_leaves_is_asked_for_with_a_reason(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    services.say("intake", "/v1/people/mia", PERSON | {"pending": None})
    refused = problem(409, "conflict", "Gone.", code="ALREADY_ENDED")
    services.say("intake", "/v1/people/mia/end", method="POST", answer=refused)
    browser = await sign_in("anna")
    page = await browser.open("/people/mia")
    assert (await browser.send(page, "/people/mia/end")).status == 422
    again = await browser.send(page, "/people/mia/end", reason="Retires.")
    assert services.sent()[0].body == {"reason": "Retires."}
    assert "It has ended already." in again.main
    assert (await browser.post("/people/mia/other", page.fields("/people/mia/end"))).status == 404
