"""What waits in intake beside tickets: notices to customers, and better monitoring."""

import pytest

from console_support.everything import say_everything
from console_support.notices import DONE, IMPROVEMENT, NOTICE, PLANNED
from console_support.people import SignIn
from console_support.services import FakeServices, problem

NTC = "/notices/NTC-2"
MON = "/monitoring-improvements/MON-1"


async def test_my_work_leads_to_both(sign_in: SignIn, services: FakeServices) -> None:
    say_everything(services)
    page = await (await sign_in("anna")).open("/")
    assert {NTC, MON} <= set(page.tree.xpath("//main//a/@href"))


async def test_a_notice_is_sent(sign_in: SignIn, services: FakeServices) -> None:
    say_everything(services)
    services.say("intake", f"/v1{NTC}/send", NOTICE | {"state": "due"}, method="POST")
    browser = await sign_in("anna")
    page = await browser.open(NTC)
    assert "NTC-2 Outage on acme-prod" in page.main
    assert page.tree.xpath("//main//a[@href='/outages/OUT-3']")
    done = await browser.send(page, f"{NTC}/send")
    assert done.response.headers["location"] == f"{NTC}?done=send"
    assert services.sent()[0].headers["idempotency-key"] == page.fields(f"{NTC}/send")["nonce"]


async def test_a_notice_is_dismissed_by_two(sign_in: SignIn, services: FakeServices) -> None:
    say_everything(services)
    services.say("intake", f"/v1{NTC}/dismiss", NOTICE, method="POST")
    asked = {"dismissal_asked_by": "anna", "dismissal_asked_at": "2026-03-02T08:10:00Z"}
    browser = await sign_in("anna")
    done = await browser.send(await browser.open(NTC), f"{NTC}/dismiss")
    assert done.response.headers["location"] == f"{NTC}?done=dismiss"
    services.say("intake", f"/v1{NTC}", NOTICE | asked)
    own = await browser.open(f"{NTC}?done=dismiss")
    assert "Another person has to ask for the same." in own.main
    assert "You asked for it yourself, so somebody else has to agree." in own.main
    assert not own.tree.xpath(f"//form[@action='{NTC}/dismiss']//button")
    second = await (await sign_in("omar")).open(NTC)
    assert second.tree.xpath(f"//form[@action='{NTC}/dismiss']//button")
    gone = NOTICE | asked | {"state": "dismissed", "decided_by": "omar"}
    services.say("intake", f"/v1{NTC}", gone | {"decided_at": "2026-03-02T08:20:00Z"})
    after = await browser.open(f"{NTC}?done=dismiss")
    assert "It is dismissed: the customer is not told." in after.main
    assert after.tree.xpath("//main//form") == []


async def test_who_may_not_send_notices_is_told_who_may(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    page = await (await sign_in("gina")).open(NTC)
    assert "Who may: delivery manager, first level, technical operations manager." in page.main
    assert page.tree.xpath("//main//form") == []


async def test_an_improvement_is_planned(sign_in: SignIn, services: FakeServices) -> None:
    say_everything(services)
    services.say("intake", f"/v1{MON}/plan", IMPROVEMENT, method="POST")
    browser = await sign_in("anna")
    page = await browser.open(MON)
    action = f"{MON}/plan"
    empty = await browser.send(page, action)
    assert empty.status == 422
    links = empty.tree.xpath("//*[contains(@class, 'summary')]//a/@href")
    assert links == ["#plan-owner", "#plan-task", "#plan-criterion"]
    assert services.sent() == []
    typed = {"owner": "omar", "task": "Watch the disk.", "criterion": "It rings."}
    done = await browser.send(empty, action, **typed, due_at="2026-03-10T12:00")
    assert done.response.headers["location"] == f"{MON}?done=plan"
    assert services.sent()[0].body == typed | {"due_at": "2026-03-10T11:00:00+00:00"}


async def test_an_improvement_is_finished_with_evidence(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    services.say("intake", f"/v1{MON}", IMPROVEMENT | PLANNED)
    services.say("intake", f"/v1{MON}/finish", IMPROVEMENT, method="POST")
    browser = await sign_in("anna")
    page = await browser.open(MON)
    assert "It is done when: It rings." in page.main
    await browser.send(page, f"{MON}/finish", evidence="Run 7")
    assert services.sent()[0].body == {"evidence": "Run 7"}


@pytest.mark.parametrize(
    ("act", "typed", "body"),
    [
        ("verify", {}, {"agree": True}),
        ("send-back", {"reason": "It is silent."}, {"agree": False, "reason": "It is silent."}),
    ],
)
async def test_another_person_verifies_an_improvement_or_sends_it_back(
    sign_in: SignIn,
    services: FakeServices,
    act: str,
    typed: dict[str, str],
    body: dict[str, object],
) -> None:
    say_everything(services)
    services.say("intake", f"/v1{MON}", IMPROVEMENT | DONE)
    services.say("intake", f"/v1{MON}/verify", IMPROVEMENT, method="POST")
    own = await (await sign_in("anna")).open(MON)
    assert "It is yours, so somebody else has to verify it." in own.main
    assert not own.tree.xpath(f"//form[@action='{MON}/verify']//button")
    browser = await sign_in("omar")
    done = await browser.send(await browser.open(MON), f"{MON}/{act}", **typed)
    assert done.response.headers["location"] == f"{MON}?done={act}"
    assert services.sent()[0].body == body


async def test_what_intake_refuses_stands_on_the_page(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    services.say("intake", f"/v1{MON}", IMPROVEMENT | DONE)
    refused = problem(403, "four-eyes", "anna worked on it.", code="FOUR_EYES")
    services.say("intake", f"/v1{MON}/verify", method="POST", answer=refused)
    browser = await sign_in("omar")
    again = await browser.send(await browser.open(MON), f"{MON}/verify")
    assert again.status == 422
    assert "You did the first step yourself." in again.main
    assert (await browser.send(again, f"{MON}/verify")).status == 422
    assert (await browser.post(f"{MON}/other", again.fields(f"{MON}/verify"))).status == 404
