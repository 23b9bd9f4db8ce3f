"""Contacts: confirmed by another person than who registered them, ended, and erased by two."""

from console_support.changes import CONTACT
from console_support.desk import ERASURE, UNCONFIRMED
from console_support.everything import say_everything
from console_support.people import SignIn
from console_support.services import FakeServices, problem

ID = CONTACT["id"]
HERE = f"/customers/acme/contacts/{ID}"
ERASING = f"/contacts/{ID}/erasure"


async def test_the_page_of_a_customer_leads_to_their_contacts(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    page = await (await sign_in("anna")).open("/customers/acme")
    assert any(
        link.startswith("/customers/acme/contacts/") for link in page.tree.xpath("//a/@href")
    )


async def test_another_person_confirms_a_contact(sign_in: SignIn, services: FakeServices) -> None:
    say_everything(services)
    services.say("intake", f"/v1{HERE}/confirm", UNCONFIRMED, method="POST")
    own = await (await sign_in("anna")).open(HERE)
    assert "You registered them, so somebody else has to confirm who this is." in own.main
    assert own.tree.xpath(f"//form[@action='{HERE}/confirm']//button") == []
    browser = await sign_in("theo")
    page = await browser.open(HERE)
    done = await browser.send(page, f"{HERE}/confirm")
    assert done.response.headers["location"] == f"{HERE}?done=confirm"
    assert services.sent()[0].headers["if-match"] == '"2"'


async def test_a_contact_who_is_confirmed_is_not_confirmed_again(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    services.say("intake", f"/v1{HERE}", UNCONFIRMED | {"counts_for": None})
    page = await (await sign_in("theo")).open(HERE)
    actions = [
        one.get("action").removeprefix(f"{HERE}/") for one in page.tree.xpath("//main//form")
    ]
    assert actions == ["end", "ask-erasure"]
    assert "nobody else has confirmed yet" not in page.main


async def test_a_contact_is_ended_with_a_reason(sign_in: SignIn, services: FakeServices) -> None:
    say_everything(services)
    services.say("intake", f"/v1{HERE}/end", UNCONFIRMED, method="POST")
    browser = await sign_in("theo")
    page = await browser.open(HERE)
    assert (await browser.send(page, f"{HERE}/end")).status == 422
    done = await browser.send(page, f"{HERE}/end", reason="Left Acme.")
    assert done.response.headers["location"] == f"{HERE}?done=end"
    assert services.sent()[0].body == {"reason": "Left Acme."}


async def test_an_erasure_is_asked_for_by_one(sign_in: SignIn, services: FakeServices) -> None:
    say_everything(services)
    services.say("intake", f"/v1{ERASING}", ERASURE, status=201, method="POST")
    browser = await sign_in("theo")
    done = await browser.send(await browser.open(HERE), f"{HERE}/ask-erasure", reason="Request 12")
    assert done.response.headers["location"] == f"{ERASING}?done=ask-erasure"
    assert services.sent()[0].body == {"reason": "Request 12"}


async def test_and_carried_out_by_another(sign_in: SignIn, services: FakeServices) -> None:
    """R16 and R1: it cannot be undone, and the page says so."""
    say_everything(services)
    confirmed = {"confirmed_by": "theo", "confirmed_at": "2026-03-02T08:00:00Z"}
    services.say("intake", f"/v1{ERASING}/confirm", ERASURE | confirmed, method="POST")
    own = await (await sign_in("gina")).open(ERASING)
    assert "You asked for it, so somebody else has to confirm it." in own.main
    assert own.tree.xpath("//main//form") == []
    browser = await sign_in("theo")
    page = await browser.open(ERASING)
    assert "Erasure of the disk" in page.main, "the name that waits"
    assert "It cannot be undone." in page.main
    done = await browser.send(page, f"{ERASING}/confirm")
    assert done.response.headers["location"] == f"{ERASING}?done=erase"
    services.say("intake", f"/v1{ERASING}", ERASURE | confirmed)
    after = await browser.open(f"{ERASING}?done=erase")
    assert "They are erased, in all services within seconds." in after.main
    assert after.tree.xpath("//main//form") == []


async def test_open_tickets_stand_in_the_way_of_an_erasure(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    refused = problem(409, "tickets-open", "Close OPS-7 first.", code="TICKETS_OPEN")
    services.say("intake", f"/v1{ERASING}/confirm", method="POST", answer=refused)
    browser = await sign_in("theo")
    again = await browser.send(await browser.open(ERASING), f"{ERASING}/confirm")
    assert again.status == 422
    assert again.tree.xpath("//*[contains(@class, 'summary')]")


async def test_where_nobody_asked_for_an_erasure_the_page_says_so(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    absent = problem(404, "not-found", "There is no request to erase it.")
    services.say("intake", f"/v1{ERASING}", answer=absent)
    page = await (await sign_in("theo")).open(ERASING)
    assert page.status == 404
    assert "Nobody has asked for the erasure of this contact." in page.main
    assert page.tree.xpath("//main//form") == []
