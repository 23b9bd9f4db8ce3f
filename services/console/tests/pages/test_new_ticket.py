"""A phone note: who calls is found, what is open for them is shown, and the ticket is opened once."""

from console_support.answers import page_of
from console_support.everything import CALLER, say_everything
from console_support.people import SignIn
from console_support.services import FakeServices, problem

HERE = "/tickets/new"


async def test_who_calls_is_found_by_what_they_say(sign_in: SignIn, services: FakeServices) -> None:
    say_everything(services)
    browser = await sign_in("anna")
    for who, query in (
        ("020 555 01 23", {"phone": "020 555 01 23"}),
        ("jan@acme.example", {"email": "jan@acme.example"}),
        ("Jan Bakker", {"name": "Jan Bakker"}),
    ):
        page = await browser.open(f"{HERE}?who={who}")
        assert "Jan Bakker Acme Logistics" in page.main
        asked = [one.query for one in services.seen if one.path == "/v1/callers"]
        assert asked[-1] == query
    assert "OPS-7 Invoices are not sent in progress · their own" in page.main


async def test_several_who_share_a_number_are_chosen_from(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    other = CALLER | {"contact_id": "0190a000-0000-7000-8000-0000000000b2", "name": "Kim Smit"}
    found = {"number": "+31", "items": [CALLER, other], "on_call": None}
    services.say("intake", "/v1/callers", found)
    browser = await sign_in("anna")
    page = await browser.open(f"{HERE}?who=0205550123")
    link = page.tree.xpath("//a[text()='Kim Smit']/@href")[0]
    chosen = await browser.open(link)
    assert chosen.fields(HERE)["contact"] == other["contact_id"]


async def test_a_phone_note_is_sent_with_who_said_it(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    services.say("intake", "/v1/tickets", {"key": "OPS-8"}, status=201, method="POST")
    browser = await sign_in("anna")
    page = await browser.open(f"{HERE}?who=Jan")
    typed = {
        "title": "No invoice",
        "channel": "phone",
        "environment": "acme-prod",
        "opened_at": "2026-03-02T09:15",
    }
    done = await browser.send_files(page, HERE, **typed)
    assert done.response.headers["location"] == "/tickets/OPS-8?done=new"
    assert services.sent()[0].body == typed | {
        "opened_at": "2026-03-02T08:15:00+00:00",
        "contact": CALLER["contact_id"],
        "tags": [],
    }


async def test_a_new_ticket_that_is_refused_keeps_all_of_it(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    errors = [{"pointer": "/opened_at", "code": "too_old", "detail": "That is too long ago."}]
    answer = problem(422, "invalid", "Correct it.", errors=errors)
    services.say("intake", "/v1/tickets", method="POST", answer=answer)
    browser = await sign_in("anna")
    page = await browser.open(HERE)
    again = await browser.send_files(page, HERE, title="No invoice", customer="acme")
    assert again.status == 422
    assert "When it was asked: That is too long ago." in again.main
    fields = again.fields(HERE)
    assert (fields["title"], fields["customer"]) == ("No invoice", "acme")


async def test_a_contact_opens_a_ticket_without_seeing_others(
    sign_in: SignIn, services: FakeServices
) -> None:
    services.say("intake", "/v1/tickets", {"key": "OPS-8"}, status=201, method="POST")
    browser = await sign_in("jan")
    page = await browser.open(f"{HERE}?who=kim")
    assert services.seen == []
    assert "Who calls?" not in page.main
    await browser.send_files(page, HERE, title="No invoice", impact="high")
    assert services.sent()[0].body == {"title": "No invoice", "impact": "high"}


async def test_nobody_is_known_by_that(sign_in: SignIn, services: FakeServices) -> None:
    say_everything(services)
    services.say("intake", "/v1/callers", {"number": None, **page_of()})
    page = await (await sign_in("anna")).open(f"{HERE}?who=Nobody")
    assert "Nobody is known by that." in page.main
