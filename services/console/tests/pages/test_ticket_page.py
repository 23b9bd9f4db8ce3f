"""A ticket's page: what it shows, what is missing, and what may be done."""

import pytest

from console_support.answers import page_of, say_ticket, ticket
from console_support.people import SignIn
from console_support.services import FakeServices

HERE = "/tickets/OPS-7"


async def test_the_page_shows_the_conversation_and_what_stands_beside_it(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_ticket(services)
    page = await (await sign_in("anna")).open(HERE)
    assert page.status == 200
    assert len(services.seen) == 5
    for words in (
        "Invoices are not sent",
        "among us: customers never see this",
        "resolution in 30 min",
        "3 h 30 min of 4 h",
        "much of the promised time is used",
        "acme-prod production, as approved",
    ):
        assert words in page.main, words


FOR_STAFF = (
    "detected_by",
    "pending_detection",
    "pending_downgrade",
    "pending_reclassification",
    "pending_unmerge",
    "priority_by",
    "reporter",
    "tags",
)
"""What intake says of a ticket to our own people alone."""


async def test_a_contact_reads_the_ticket_as_intake_tells_it_to_contacts(
    sign_in: SignIn, services: FakeServices
) -> None:
    theirs = {name: value for name, value in ticket().items() if name not in FOR_STAFF}
    say_ticket(services)
    services.say("intake", "/v1/tickets/OPS-7", theirs)
    browser = await sign_in("jan")
    page = await browser.open(HERE)
    assert page.status == 200
    assert "Jan Bakker opened it by" in page.main
    for part in ("conversation", "facts"):
        assert (await browser.open(f"{HERE}/parts/{part}")).status == 200, part


async def test_what_a_customer_wrote_is_never_markup(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_ticket(services, title="<script>alert(1)</script>")
    page = await (await sign_in("anna")).open(HERE)
    assert "&lt;b&gt;Help!&lt;/b&gt;" in page.response.text
    assert page.tree.xpath("//script[text()]|//main//script") == []


@pytest.mark.parametrize(
    ("service", "words"),
    [
        ("sla", "The promises cannot be shown: Promises service has not answered since"),
        ("escalation", "Who has been told cannot be shown: Escalation service"),
        ("delivery-gate", "What runs there cannot be shown: Deliveries service"),
    ],
)
async def test_a_dead_service_costs_its_part_and_no_more(
    sign_in: SignIn, services: FakeServices, service: str, words: str
) -> None:
    say_ticket(services)
    services.dead.add(service)
    page = await (await sign_in("anna")).open(HERE)
    assert page.status == 200
    assert words in page.main
    assert "Nobody needed to be." not in page.main or service != "escalation"
    assert "Dear Jan, we are looking into it." in page.main


async def test_promises_that_were_known_are_shown_and_said_to_be_old(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_ticket(services)
    browser = await sign_in("anna")
    await browser.open(HERE)
    services.dead.add("sla")
    page = await browser.open(HERE)
    assert "Below is what was known at" in page.main
    assert "resolution in 30 min" in page.main


async def test_without_the_ticket_there_is_a_page_that_says_so(
    sign_in: SignIn, services: FakeServices
) -> None:
    services.dead.add("intake")
    page = await (await sign_in("anna")).open(HERE)
    assert page.status == 503
    assert "The ticket cannot be shown: Tickets service has not answered since" in page.main


async def test_a_ticket_that_is_not_there_is_no_dead_service(
    sign_in: SignIn, services: FakeServices
) -> None:
    page = await (await sign_in("anna")).open(HERE)
    assert page.status == 404
    assert "There is no such ticket" in page.main


async def test_a_contact_sees_nothing_of_ours(sign_in: SignIn, services: FakeServices) -> None:
    say_ticket(services)
    for_contacts = {name: value for name, value in ticket().items() if name != "reporter"}
    services.say("intake", "/v1/tickets/OPS-7", for_contacts, etag='"7"')
    services.say("intake", "/v1/tickets/OPS-7/messages", page_of())
    page = await (await sign_in("jan")).open(HERE)
    assert page.status == 200
    assert {one.service for one in services.seen} == {"intake"}
    assert "Note among us" not in page.main
    assert "Promises" not in page.main


RESOLVED = {"state": "resolved", "resolved_by": "omar"}


async def test_what_may_be_done_is_a_form_and_what_teaches_is_a_sentence(
    sign_in: SignIn, services: FakeServices
) -> None:
    why = {"code": "SELF_VERIFICATION", "parameters": {}, "detail": "You resolved it yourself."}
    allowed = [
        {"act": "assign", "possible": True, "why_not": None},
        {"act": "verify", "possible": False, "why_not": why},
        {"act": "resume", "possible": False, "why_not": why},
    ]
    say_ticket(services, allowed=allowed, assignee=None, **RESOLVED)
    page = await (await sign_in("anna")).open(HERE)
    (verify,) = page.tree.xpath("//button[@aria-describedby='why-verify']")
    assert verify.get("disabled") is not None
    (why_not,) = page.tree.xpath("//*[@id='why-verify']")
    assert why_not.text_content() == "You did it yourself. Another person looks at the evidence."
    assert page.tree.xpath("//details[@class='not-now']//button[@aria-describedby='why-resume']")
    assert page.fields(f"{HERE}/do/take")


async def test_an_act_is_sent_to_its_service(sign_in: SignIn, services: FakeServices) -> None:
    allowed = [{"act": act, "possible": True, "why_not": None} for act in ("assign", "reject")]
    say_ticket(services, allowed=allowed, assignee="omar", **RESOLVED)
    services.say("intake", "/v1/tickets/OPS-7/assign", {}, method="POST")
    browser = await sign_in("anna")
    page = await browser.open(HERE)
    done = await browser.send(page, f"{HERE}/do/take")
    assert done.response.headers["location"] == f"{HERE}?done=take"
    assert services.sent()[0].body == {"to": "anna"}
    empty = await browser.send(page, f"{HERE}/do/reject", reason="")
    assert empty.status == 422
    assert len(services.sent()) == 1


async def test_an_act_that_does_not_exist_is_no_address_of_the_api(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_ticket(services)
    browser = await sign_in("anna")
    fields = (await browser.open(HERE)).fields(f"{HERE}/reply")
    page = await browser.post(f"{HERE}/do/escalate", fields)
    assert page.status == 404
    assert services.sent() == []
