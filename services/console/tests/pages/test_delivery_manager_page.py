"""The page of a customer's delivery manager: who it is, who stands in, and who does so from now on."""

from console_support.answers import page_of
from console_support.changes import CUSTOMER
from console_support.everything import say_everything
from console_support.people import SignIn
from console_support.services import FakeServices, problem
from console_support.two_person_settings import person

HERE = "/customers/acme/delivery-manager"
API = f"/v1{HERE}"


def say_people(services: FakeServices) -> None:
    holders = [person(sub, roles=["dm"]) for sub in ("dana", "dora", "dirk")]
    left = person("doris", roles=["dm"], retired=True)
    services.say("intake", "/v1/people", page_of(*holders, left, person("gina", roles=["gm"])))


async def test_who_answers_for_a_customer_is_shown(sign_in: SignIn, services: FakeServices) -> None:
    """R5"""
    say_everything(services)
    say_people(services)
    browser = await sign_in("anna")
    customer = await browser.open("/customers/acme")
    assert customer.tree.xpath(f"//a[@href='{HERE}']")
    page = await browser.open(HERE)
    assert page.tree.xpath("//dl/div/dt/text()") == ["Delivery manager", "Who stands in"]
    assert page.tree.xpath("//dl/div/dd/text()") == ["Dana", "Dora"]
    assert "Appointed by Gina" in page.main
    assert not page.tree.xpath(f"//form[@action='{HERE}']")
    assert "one of these roles: general manager" in page.main


async def test_who_answers_is_chosen_from_those_who_hold_the_role(
    sign_in: SignIn, services: FakeServices
) -> None:
    """R5"""
    say_everything(services)
    say_people(services)
    services.say("intake", API, {}, method="PUT")
    browser = await sign_in("theo")
    page = await browser.open(HERE)
    offered = page.tree.xpath("//select[@id='appoint-person']/option/@value")
    assert offered == ["", "dana", "dirk", "dora"]
    assert page.tree.xpath("//input[@name='deputies.dora']/@checked")
    fields = {"person": "dirk", "deputies.dora": "on", "deputies.dana": "on"}
    after = await browser.send(page, HERE, **fields)
    assert after.response.headers["location"] == f"{HERE}?done=delivery_manager"
    (sent,) = services.sent("PUT")
    assert sent.path == API
    assert sent.body is not None
    assert (sent.body["person"], sorted(sent.body["deputies"])) == ("dirk", ["dana", "dora"])
    shown = await browser.open(f"{HERE}?done=delivery_manager")
    assert shown.tree.xpath("//*[@role='status']")


async def test_a_refusal_stands_beside_the_form_with_what_was_chosen(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    say_people(services)
    services.say("intake", API, method="PUT", answer=problem(403, "forbidden", "Not you."))
    browser = await sign_in("theo")
    page = await browser.open(HERE)
    again = await browser.send(page, HERE, person="dirk")
    assert again.status == 422
    assert again.fields(HERE)["person"] == "dirk"
    nobody = await browser.send(page, HERE, person="")
    assert nobody.status == 422
    assert len(services.sent("PUT")) == 1


async def test_where_nobody_is_named_the_page_says_who_is_told(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    services.say("intake", API, answer=problem(404, "not-found", "Nobody."))
    page = await (await sign_in("theo")).open(HERE)
    assert page.status == 200
    assert "Nobody is named, so everybody with the role is told." in page.main
    assert "None of our people has the role yet" in page.main
    services.say("intake", "/v1/customers/acme", CUSTOMER)
    services.answers["intake", "GET", "/v1/customers/acme"] = problem(404, "not-found", "No.")
    assert (await (await sign_in("gina")).open(HERE)).status == 404
