"""What a business partner's person is offered: what they may open, and nothing else."""

import pytest

from console_support.answers import page_of
from console_support.everything import say_everything
from console_support.people import SignIn
from console_support.promises import CLOCK, CLOCK_ID
from console_support.services import FakeServices, problem

OF_PARTNER = {
    name: value
    for name, value in CLOCK.items()
    if name not in {"ticket_id", "title", "customer", "environment", "house_default"}
} | {"contract": "uc", "partner": "hosthaven", "agreement": "hosthaven-uc"}


async def test_the_menu_of_a_partner_leads_to_what_they_may_open(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    page = await (await sign_in("hosthaven")).open("/")
    offered = page.tree.xpath("//header//nav//a/@href")
    assert set(offered) == {"/", "/clocks", "/agreements"}
    assert page.tree.xpath("//header//form[@action='/search']") == []


async def test_my_work_of_a_partner_shows_the_promises_of_what_was_handed_over(
    sign_in: SignIn, services: FakeServices
) -> None:
    services.say("sla", "/v1/clocks", page_of(OF_PARTNER))
    page = await (await sign_in("hosthaven")).open("/")
    assert page.status == 200
    assert "OPS-7" in page.main
    assert "reaches you by e-mail" in page.main
    assert set(page.tree.xpath("//main//a/@href")) == {f"/clocks/{CLOCK_ID}"}
    assert {(one.service, one.path) for one in services.seen} == {("sla", "/v1/clocks")}


@pytest.mark.parametrize(
    ("language", "words"), [("nl", "bereikt u per e-mail"), ("de", "erreicht Sie per E-Mail")]
)
async def test_without_open_promises_a_partner_reads_where_work_comes(
    sign_in: SignIn, services: FakeServices, language: str, words: str
) -> None:
    services.say("sla", "/v1/clocks", page_of())
    browser = await sign_in("hosthaven")
    page = await browser.open("/", **{"accept-language": language})
    assert page.status == 200
    assert words in page.main


async def test_my_work_of_a_partner_says_that_the_promises_are_away(
    sign_in: SignIn, services: FakeServices
) -> None:
    services.dead.add("sla")
    page = await (await sign_in("hosthaven")).open("/")
    assert page.status == 503
    assert "has not answered since" in page.main


@pytest.mark.parametrize("path", ["/clocks", f"/clocks/{CLOCK_ID}"])
async def test_the_promises_of_a_partner_lead_to_no_page_of_ours(
    sign_in: SignIn, services: FakeServices, path: str
) -> None:
    say_everything(services)
    services.say("sla", "/v1/clocks", page_of(OF_PARTNER))
    services.say("sla", "/v1/waivers", answer=problem(403, "forbidden", "Only for our people."))
    page = await (await sign_in("hosthaven")).open(path)
    assert page.status == 200
    for link in page.tree.xpath("//main//a/@href"):
        assert link.startswith(("/clocks", "/agreements")), link
    assert "/v1/waivers" not in {one.path for one in services.seen}
