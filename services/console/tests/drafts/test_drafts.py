"""What somebody writes is kept for them alone, and neither kind of text becomes the other."""

from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from common.events.directory import ContactKnown
from common.events.envelope import Event, ReceivedEvent
from common.events.erasures import TicketErased
from common.now import now
from common.persistence.database import Database
from common.retention import delete_old
from console.drafts import handlers, store
from console.presence import store as presence
from console.settings import ConsoleSettings
from console_support.answers import say_ticket
from console_support.browser import Browser, Page
from console_support.people import SignIn
from console_support.services import FakeServices

HERE = "/tickets/OPS-7"
E = TypeVar("E", bound=Event)


async def keep(browser: Browser, page: Page, kind: str, words: str) -> int:
    """Save a draft as the script does."""
    token = page.tree.xpath("//body/@data-form")[0]
    answer = await browser.client.put(f"/drafts/{kind}/OPS-7", data={"form": token, "text": words})
    return answer.status_code


async def test_a_draft_is_there_again_and_in_its_own_field(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_ticket(services)
    browser = await sign_in("anna")
    page = await browser.open(HERE)
    assert await keep(browser, page, "note", "Do not tell them yet.") == 204
    again = await browser.open(HERE)
    assert again.fields(f"{HERE}/note")["text"] == "Do not tell them yet."
    assert again.fields(f"{HERE}/reply")["text"] == ""
    assert "A draft of" in again.main


async def test_a_draft_is_of_one_person(sign_in: SignIn, services: FakeServices) -> None:
    say_ticket(services)
    browser = await sign_in("anna")
    await keep(browser, await browser.open(HERE), "reply", "Dear Jan")
    other = await sign_in("omar")
    assert (await other.open(HERE)).fields(f"{HERE}/reply")["text"] == ""


async def test_what_was_sent_is_no_draft_any_more(sign_in: SignIn, services: FakeServices) -> None:
    say_ticket(services)
    services.say("intake", "/v1/tickets/OPS-7/replies", {}, status=201, method="POST")
    browser = await sign_in("anna")
    page = await browser.open(HERE)
    await keep(browser, page, "reply", "Dear Jan")
    await keep(browser, page, "note", "Look")
    await browser.send(page, f"{HERE}/reply", text="Dear Jan, done")
    after = await browser.open(HERE)
    assert after.fields(f"{HERE}/reply")["text"] == ""
    assert after.fields(f"{HERE}/note")["text"] == "Look"


async def test_a_draft_is_thrown_away(sign_in: SignIn, services: FakeServices) -> None:
    say_ticket(services)
    browser = await sign_in("anna")
    page = await browser.open(HERE)
    await keep(browser, page, "reply", "Dear Jan")
    fields = {"form": page.fields(f"{HERE}/reply")["form"]}
    gone = await browser.post("/drafts/reply/OPS-7/throw-away", fields)
    assert gone.response.headers["location"] == HERE
    assert (await browser.open(HERE)).fields(f"{HERE}/reply")["text"] == ""
    await keep(browser, page, "reply", "Dear Jan")
    await keep(browser, page, "reply", "  ")
    assert "A draft of" not in (await browser.open(HERE)).main


async def test_a_draft_of_another_site_or_kind_is_not_kept(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_ticket(services)
    browser = await sign_in("anna")
    page = await browser.open(HERE)
    assert await keep(browser, page, "letter", "x") == 404
    put = await browser.client.put("/drafts/reply/OPS-7", data={"form": "guessed", "text": "x"})
    assert put.status_code == 403
    assert await keep(browser, page, "reply", "x" * 100_001) == 413


async def test_a_phone_note_is_kept_with_whom_it_is_about(
    sign_in: SignIn, services: FakeServices, database: Database
) -> None:
    services.say("intake", "/v1/tickets", {"key": "OPS-8"}, status=201, method="POST")
    browser = await sign_in("anna")
    page = await browser.open("/tickets/new")
    jan = str(uuid4())
    sent = {"form": page.fields("/tickets/new")["form"], "text": "He says", "contact": jan}
    assert (await browser.client.put("/drafts/new/NEW", data=sent)).status_code == 204
    again = await browser.open("/tickets/new")
    assert again.fields("/tickets/new")["description"] == "He says"
    async with database.transaction() as tx:
        assert str(await tx.scalar(text("SELECT contact FROM drafts"))) == jan
    await browser.send_files(again, "/tickets/new", title="Invoices")
    assert (await browser.open("/tickets/new")).fields("/tickets/new")["description"] == ""


async def _saved(database: Database) -> set[tuple[str, str]]:
    async with database.transaction() as tx:
        rows = await tx.execute(text("SELECT kind, ref FROM drafts"))
        return {(row.kind, row.ref) for row in rows}


async def test_drafts_are_gone_after_fourteen_days(
    database: Database, settings: ConsoleSettings
) -> None:
    async with database.transaction() as tx:
        for ref, days in (("OPS-1", 15), ("OPS-2", 13)):
            at = now() - timedelta(days=days)
            await store.save(tx, "anna", "reply", ref, "Dear Jan", None, at)
        await delete_old(tx, store.RETENTION, settings)
    assert await _saved(database) == {("reply", "OPS-2")}


async def test_erasure_reaches_drafts(database: Database) -> None:
    jan, kim = uuid4(), uuid4()
    async with database.transaction() as tx:
        await store.save(tx, "anna", "note", "OPS-7", "Jan shown so", None, now())
        await store.save(tx, "omar", "reply", "OPS-7", "Dear Jan", None, now())
        await store.save(tx, "anna", "new", "NEW", "Jan calls", jan, now())
        await store.save(tx, "omar", "new", "NEW", "Kim calls", kim, now())
        await handlers.on_ticket_erased(tx, _received(_made(TicketErased, ticket="OPS-7")))
        known = _made(ContactKnown, contact_id=kim, erased=False)
        await handlers.on_contact_known(tx, _received(known))
        gone = _made(ContactKnown, contact_id=jan, erased=True)
        await handlers.on_contact_known(tx, _received(gone))
    assert await _saved(database) == {("new", "NEW")}
    async with database.transaction() as tx:
        assert await tx.scalar(text("SELECT sub FROM drafts")) == "omar"


def _made(kind: type[Event], **facts: Any) -> Any:
    """Make an event of which these facts alone are read."""
    return kind.model_construct(**facts)


def _received(event: E) -> ReceivedEvent[E]:
    return ReceivedEvent(UUID(int=1), "opsdesk/intake", "ticket/1", 1, event)


@pytest.mark.parametrize(("doing", "words"), [("looking", "looking at"), ("writing", "writing")])
async def test_who_else_is_here_is_said_in_words(
    sign_in: SignIn, services: FakeServices, doing: str, words: str
) -> None:
    say_ticket(services)
    services.say("intake", "/v1/tickets", {"items": [{"key": "OPS-7"}], "next": None})
    omar = await sign_in("omar")
    token = (await omar.open(HERE)).tree.xpath("//body/@data-form")[0]
    shown = await omar.post("/presence/OPS-7", {"form": token, "doing": doing})
    assert (shown.status, shown.response.text.strip()) == (200, "")
    anna = await sign_in("anna")
    page = await anna.open(HERE)
    assert f"Omar is {words}" in page.main


async def test_whoever_left_is_forgotten(database: Database, settings: ConsoleSettings) -> None:
    at = now()
    async with database.transaction() as tx:
        for sub, seconds in (("omar", 44), ("sven", 46), ("mia", 120)):
            seen = at - timedelta(seconds=seconds)
            await presence.note(tx, "OPS-7", sub, sub.title(), "looking", seen)
        there = await presence.others(tx, "OPS-7", "anna", at)
        assert [one.name for one in there] == ["Omar"]
        assert await delete_old(tx, presence.RETENTION, settings) == 1


async def test_nobody_is_present_at_a_ticket_that_they_may_not_see(
    sign_in: SignIn, services: FakeServices
) -> None:
    services.say("intake", "/v1/tickets", {"items": [], "next": None})
    for sub in ("anna", "jan"):
        browser = await sign_in(sub)
        token = (await browser.open("/settings")).tree.xpath("//body/@data-form")[0]
        page = await browser.post("/presence/OPS-99", {"form": token})
        assert page.status == 404


async def test_of_more_drafts_than_one_person_has_the_oldest_go(database: Database) -> None:
    """Whoever is signed in cannot fill the disk; others keep theirs."""
    most, began = store.MAX_DRAFTS, now()
    async with database.transaction() as tx:
        await store.save(tx, "omar", "note", "OPS-1", "His", None, began - timedelta(days=1))
        for number in range(most + 2):
            at = began + timedelta(seconds=number)
            await store.save(tx, "anna", "note", f"OPS-{number}", "Words", None, at)
        assert await tx.scalar(text("SELECT count(*) FROM drafts")) == most + 1
        assert await store.find(tx, "anna", "OPS-1") == {}
        assert "note" in await store.find(tx, "anna", f"OPS-{most + 1}")
