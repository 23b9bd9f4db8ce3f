"""Mails: what was held back as a machine's, what was cut from one, and each as it came."""

import httpx
import pytest

from console_support.answers import MESSAGE, say_ticket
from console_support.desk import HREFS, MAIL, MAIL_ID
from console_support.everything import say_everything
from console_support.people import SignIn
from console_support.services import FakeServices, problem

HERE = f"/mails/{MAIL_ID}"
API = f"/v1/emails/{MAIL_ID}"


async def test_my_work_leads_to_the_page_of_everything_that_waits(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    page = await (await sign_in("anna")).open("/")
    links = set(page.tree.xpath("//main//a/@href"))
    assert {f"/{address}".replace("/emails/", "/mails/") for _, _, address in HREFS} <= links


async def test_what_was_cut_from_a_mail_can_be_unfolded(
    sign_in: SignIn, services: FakeServices
) -> None:
    """Quoted text and signatures are split off, not thrown away (I3)."""
    say_ticket(services)
    browser = await sign_in("anna")
    for path in ("/tickets/OPS-7", "/tickets/OPS-7/parts/conversation"):
        page = await browser.open(path)
        folded = page.tree.xpath("//details[summary='Show what was quoted']")
        assert len(folded) == 1, path
        assert "On Monday Anna wrote:" in folded[0].text_content()
        assert folded[0].get("open") is None
        assert folded[0].xpath(f"ancestor::article[@id='m-{MESSAGE}']")


async def test_beside_a_message_stands_the_mail_as_it_came(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_ticket(services)
    raw = httpx.Response(
        200,
        content=b"From: jan@acme.example\r\n\r\n<script>",
        headers={
            "content-type": "message/rfc822",
            "content-disposition": 'attachment; filename="a.eml"',
        },
    )
    services.say("intake", f"{API}/raw", answer=raw)
    browser = await sign_in("anna")
    page = await browser.open("/tickets/OPS-7")
    assert page.tree.xpath("//article//a[text()='The mail as it came']/@href") == [f"{HERE}/raw"]
    found = (await browser.open(f"{HERE}/raw")).response
    assert found.content == raw.content
    assert found.headers["content-type"] == "application/octet-stream"
    assert found.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in found.headers["content-security-policy"]
    services.say("intake", f"{API}/raw", answer=problem(404, "not-found", "It is gone."))
    assert (await browser.open(f"{HERE}/raw")).status == 404


async def test_who_may_not_read_raw_mails_is_shown_no_link(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_ticket(services)
    page = await (await sign_in("gina")).open("/tickets/OPS-7")
    assert page.tree.xpath("//a[contains(@href, '/raw')]") == []


async def test_a_held_mail_says_who_wrote_what_and_why_it_was_held(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    page = await (await sign_in("anna")).open(HERE)
    for words in (
        "Out of office calendar is broken",
        "Jan Bakker <jan@acme.example>",
        "It shows nobody.<b>Help</b>",
        "written by a program, as it says itself",
    ):
        assert words in page.main, words
    assert page.tree.xpath("//main//b") == []
    assert page.tree.xpath(f"//main//a[@href='{HERE}/raw']")


@pytest.mark.parametrize(
    ("act", "goes_to"),
    [
        ("open-ticket", "/tickets/OPS-9?done=new"),
        ("open-and-merge", "/tickets/OPS-9/do/merge"),
    ],
)
async def test_a_ticket_is_opened_for_a_held_mail(
    sign_in: SignIn, services: FakeServices, act: str, goes_to: str
) -> None:
    say_everything(services)
    opened = {"id": MAIL_ID, "outcome": "opened", "ticket": {"id": "1", "key": "OPS-9"}}
    services.say("intake", f"{API}/open-ticket", opened, status=201, method="POST")
    browser = await sign_in("anna")
    page = await browser.open(HERE)
    done = await browser.send(page, f"{HERE}/{act}")
    assert done.response.headers["location"] == goes_to
    sent = services.sent()[0]
    assert sent.headers["idempotency-key"] == page.fields(f"{HERE}/{act}")["nonce"]


async def test_a_held_mail_is_set_aside(sign_in: SignIn, services: FakeServices) -> None:
    say_everything(services)
    aside = MAIL | {"set_aside_by": "anna", "set_aside_at": "2026-03-02T08:00:00Z"}
    services.say("intake", f"{API}/set-aside", aside, method="POST")
    browser = await sign_in("anna")
    done = await browser.send(await browser.open(HERE), f"{HERE}/set-aside")
    assert done.response.headers["location"] == f"{HERE}?done=set-aside"
    services.say("intake", API, aside)
    after = await browser.open(f"{HERE}?done=set-aside")
    assert "It is set aside: it waits for nobody any more." in after.main
    assert [one.get("action") for one in after.tree.xpath("//main//form")] == [
        f"{HERE}/open-ticket",
        f"{HERE}/open-and-merge",
    ]


async def test_what_intake_refuses_stands_on_the_page(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    refused = problem(409, "conflict", "Try again.", code="MAIL_NOT_PROCESSED")
    services.say("intake", f"{API}/open-ticket", method="POST", answer=refused)
    browser = await sign_in("anna")
    again = await browser.send(await browser.open(HERE), f"{HERE}/open-ticket")
    assert again.status == 422
    assert "This mail is not processed yet." in again.main
    fields = again.fields(f"{HERE}/open-ticket")
    assert (await browser.post(f"{HERE}/other", fields)).status == 404


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (
            {"outcome": "joined", "ticket_id": "1", "text": None},
            "What it says stands on its ticket",
        ),
        (
            {"raw_deleted_at": "2026-05-01T07:00:00Z", "raw_deleted_why": "too_old"}
            | {"sender": None, "sender_name": None, "subject": None, "text": None},
            "What it said was deleted",
        ),
        (
            {"raw_deleted_at": "2026-05-01T07:00:00Z", "raw_deleted_why": "erased"}
            | {"sender": None, "sender_name": None, "subject": None, "text": None},
            "It was erased with the contact whom it concerned.",
        ),
    ],
)
async def test_a_mail_that_nobody_holds_back_asks_for_nothing(
    sign_in: SignIn, services: FakeServices, changed: dict[str, object], words: str
) -> None:
    say_everything(services)
    services.say("intake", API, MAIL | changed)
    page = await (await sign_in("anna")).open(HERE)
    assert words in page.main
    assert page.tree.xpath("//main//form") == []


async def test_a_mail_that_is_not_read_yet_is_not_called_deleted(
    sign_in: SignIn, services: FakeServices
) -> None:
    """Of one that came a moment ago nobody knows who wrote it."""
    say_everything(services)
    unread = {"outcome": "received", "reason": None}
    unread |= {"sender": None, "sender_name": None, "subject": None, "text": None}
    services.say("intake", API, MAIL | unread)
    page = await (await sign_in("anna")).open(HERE)
    assert "What it said was deleted" not in page.main
    assert page.tree.xpath(f"//main//a[@href='{HERE}/raw']")
    assert page.tree.xpath("//main//form") == []


async def test_a_held_mail_that_names_nobody_is_there_all_the_same(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    nameless = {"sender": None, "sender_name": None, "subject": None}
    services.say("intake", API, MAIL | nameless)
    page = await (await sign_in("anna")).open(HERE)
    assert page.tree.xpath(f"//main//form[@action='{HERE}/open-ticket']")
