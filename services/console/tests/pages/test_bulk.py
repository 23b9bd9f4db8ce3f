"""One act on many tickets, with a result of each; and views that are saved. All of it without scripts."""

from typing import Any

from console.tickets.bulk import bulk_acts
from console.tickets.filters import read
from console.tickets.saved_views import body_of, filters_of
from console_support.answers import page_of, ticket
from console_support.everything import VIEW, say_everything
from console_support.people import SignIn
from console_support.services import FakeServices, problem

BULK = "/tickets/bulk"


def _bulk_fields(page: Any) -> dict[str, str]:
    """Return what belongs to the form of the bar, wherever it stands."""
    fields = page.tree.xpath("//input[@form='bulk' and @type='hidden']")
    return {one.get("name"): one.get("value") for one in fields}


async def test_many_are_assigned_and_each_says_what_became_of_it(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    services.say("intake", "/v1/queue", page_of(ticket(), ticket(key="OPS-8", title="Slow")))
    why: dict[str, Any] = {
        "type": "x",
        "title": "No",
        "detail": "OPS-8 is closed.",
        "code": "WRONG_STATE",
    }
    why |= {"parameters": {"state": "closed"}}
    items = [
        {"ticket": "OPS-7", "status": 200, "problem": None},
        {"ticket": "OPS-8", "status": 409, "problem": why},
    ]
    answer = {"done": 1, "failed": 1, "items": items}
    services.say("intake", "/v1/tickets/bulk", answer, method="POST")
    browser = await sign_in("anna")
    page = await browser.open("/tickets?q=is%3Amine")
    boxes = page.tree.xpath("//input[@type='checkbox' and @form='bulk']/@name")
    assert boxes == ["ticket.OPS-7", "ticket.OPS-8"]
    chosen = _bulk_fields(page) | dict.fromkeys(boxes, "on") | {"act": "assign"}
    asks = await browser.post(BULK, chosen)
    assert "For 2 tickets: OPS-7, OPS-8" in asks.main
    done = await browser.send(asks, BULK, to="omar")
    sent = services.sent()[0]
    assert sent.body == {
        "tickets": ["OPS-7", "OPS-8"],
        "action": "assign",
        "body": {"to": "omar"},
    }
    assert sent.headers["idempotency-key"] == asks.fields(BULK)["nonce"]
    assert "1 done, 1 refused." in done.main
    assert "OPS-8 It is closed: that is not possible now." in done.main
    assert done.tree.xpath("//a[@data-key='u']/@href") == ["/tickets?q=is%3Amine"]


async def test_what_needs_no_word_is_done_at_once(sign_in: SignIn, services: FakeServices) -> None:
    say_everything(services)
    items = [{"ticket": "OPS-7", "status": 200, "problem": None}]
    answer = {"done": 1, "failed": 0, "items": items}
    services.say("intake", "/v1/tickets/bulk", answer, method="POST")
    browser = await sign_in("anna")
    page = await browser.open("/tickets")
    done = await browser.post(BULK, _bulk_fields(page) | {"ticket.OPS-7": "on", "act": "take"})
    assert services.sent()[0].body["body"] == {"to": "anna"}
    assert "1 done, 0 refused." in done.main


async def test_after_a_time_out_the_same_tickets_go_again_under_the_same_key(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    answer = problem(503, "outcome-unknown", "Nobody knows.")
    services.say("intake", "/v1/tickets/bulk", method="POST", answer=answer)
    browser = await sign_in("anna")
    page = await browser.open("/tickets")
    asks = await browser.post(BULK, _bulk_fields(page) | {"ticket.OPS-7": "on", "act": "resolve"})
    again = await browser.send(asks, BULK, resolution="Restarted.")
    assert again.status == 503
    assert "We cannot tell whether it was sent" in again.main
    await browser.send(again, BULK)
    first, second = services.sent()
    assert first.body == second.body
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]


async def test_nothing_ticked_leads_back(sign_in: SignIn, services: FakeServices) -> None:
    say_everything(services)
    browser = await sign_in("anna")
    fields = _bulk_fields(await browser.open("/tickets?q=is%3Amine")) | {"act": "take"}
    back = await browser.post(BULK, fields)
    assert back.response.headers["location"] == "/tickets?q=is%3Amine"
    evil = await browser.post(BULK, fields | {"back": "https://evil.example/tickets"})
    assert evil.response.headers["location"] == "/tickets"


def test_what_is_offered_for_many_is_what_intake_does() -> None:
    offered = {one.permission for one in bulk_acts()}
    assert offered == {
        "assign", "prioritise", "hold", "resume", "verify", "reject", "resolve", "close", "reopen", "reply",
    }  # fmt: skip


async def test_a_view_is_saved_shown_and_taken_away(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    services.say("intake", "/v1/views", {}, status=201, method="POST")
    path = f"/v1/views/{VIEW['id']}"
    services.say("intake", path, status=204, method="DELETE")
    browser = await sign_in("anna")
    page = await browser.open("/tickets?q=customer%3Aacme+is%3Amine")
    (link,) = page.tree.xpath("//a[text()='Save this view']/@href")
    asks = await browser.open(link)
    nameless = await browser.send(asks, "/tickets/views")
    assert nameless.status == 422
    saved = await browser.send(asks, "/tickets/views", name="Mine at Acme", shared="on")
    assert saved.response.headers["location"] == "/tickets?q=customer%3Aacme+is%3Amine"
    assert services.sent()[0].body == {
        "name": "Mine at Acme",
        "shared": True,
        "list": "queue",
        "query": {"customer": "acme", "mine": True},
    }
    (own,) = page.tree.xpath('//a[text()="Acme\'s blockers"]/@href')
    shown = await browser.open(own)
    gone = await browser.send(shown, "/tickets/views/remove")
    assert gone.status == 303
    assert services.sent("DELETE")[0].path == path


def test_filters_are_the_same_after_they_were_saved() -> None:
    for written in (
        "customer:acme is:mine",
        "priority:blocker",
        "is:unassigned is:broken",
        "slow disk",
        "tag:security tag:payroll is:watched is:open",
        "customer:acme is:mine slow disk",
    ):
        filters = read(written)
        assert filters_of(body_of("x", filters, shared=False)["query"]).text() == written
