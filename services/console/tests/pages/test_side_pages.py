"""The pages beside a ticket: links, watchers, hand-overs, time spent, history."""

from console_support.alerts import ALERT
from console_support.answers import page_of
from console_support.everything import ACT, HAND_OVER, LINK, TIME, say_everything
from console_support.people import SignIn
from console_support.services import FakeServices, problem

HERE = "/tickets/OPS-7"


async def test_tickets_are_linked_and_unlinked(sign_in: SignIn, services: FakeServices) -> None:
    say_everything(services)
    services.say("intake", "/v1/tickets/OPS-7/links", {}, status=201, method="POST")
    path = f"/v1/tickets/OPS-7/links/{LINK['id']}"
    services.say("intake", path, status=204, method="DELETE")
    browser = await sign_in("anna")
    page = await browser.open(f"{HERE}/links")
    assert "was caused by OPS-3 The scheduler stops resolved" in page.main
    await browser.send(page, f"{HERE}/links/link", kind="duplicates", other="OPS-5")
    assert services.sent()[0].body == {"kind": "duplicates", "other": "OPS-5"}
    gone = await browser.send(page, f"{HERE}/links/unlink")
    assert gone.response.headers["location"] == f"{HERE}/links?done=unlink"
    assert services.sent("DELETE")[0].path == path


async def test_a_link_that_is_refused_says_why_beside_its_form(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    answer = problem(409, "conflict", "OPS-7 repeats another ticket already.", code="LINK_TWICE")
    services.say("intake", "/v1/tickets/OPS-7/links", method="POST", answer=answer)
    browser = await sign_in("anna")
    page = await browser.open(f"{HERE}/links")
    again = await browser.send(page, f"{HERE}/links/link", kind="duplicates", other="OPS-5")
    assert again.status == 422
    assert "OPS-7 repeats another ticket already." in again.main
    assert again.fields(f"{HERE}/links/link")["other"] == "OPS-5"


async def test_somebody_watches_and_watches_no_more(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    services.say("intake", "/v1/tickets/OPS-7/watchers", {}, status=201, method="POST")
    browser = await sign_in("anna")
    page = await browser.open(f"{HERE}/links")
    assert "Omar since" in page.main
    await browser.send(page, f"{HERE}/links/watch", person="omar")
    await browser.send(page, f"{HERE}/links/watch")
    jan = page.tree.xpath("//select[@id='watch-contact']/option[contains(., 'Jan')]/@value")[0]
    await browser.send(page, f"{HERE}/links/watch", contact=jan)
    assert [one.body for one in services.sent()] == [{"person": "omar"}, {}, {"contact": jan}]


async def test_a_hand_over_is_acknowledged_and_its_fix_is_checked(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    base = f"/v1/tickets/OPS-7/hand-overs/{HAND_OVER['number']}"
    services.say("intake", f"{base}/acknowledge", {}, method="POST")
    services.say("intake", f"{base}/check-fix", {}, method="POST")
    browser = await sign_in("dana")
    page = await browser.open(f"{HERE}/hand-overs")
    for words in ("No invoice leaves.", "Find out why.", "A full disk.", "product owner: ✓ pavel"):
        assert words in page.main
    await browser.send(page, f"{HERE}/hand-overs/acknowledge")
    await browser.send(page, f"{HERE}/hand-overs/check-fix", works="on", checked="Sent one.")
    assert [one.body for one in services.sent()] == [{}, {"works": True, "checked": "Sent one."}]


async def test_time_is_written_down_and_corrected(sign_in: SignIn, services: FakeServices) -> None:
    say_everything(services)
    services.say("sla", "/v1/time-entries", {}, status=201, method="POST")
    path = f"/v1/time-entries/{TIME['id']}/corrections"
    services.say("sla", path, {}, status=201, method="POST")
    browser = await sign_in("anna")
    page = await browser.open(f"{HERE}/time")
    assert "30 minutes in all." in page.main
    await browser.send(page, f"{HERE}/time/spend", minutes="45", day="2026-03-02")
    await browser.send(page, f"{HERE}/time/correct", minutes="20", reason="Less.")
    first, second = services.sent()
    assert first.body == {"minutes": 45, "day": "2026-03-02", "ticket": "OPS-7"}
    assert (second.path, second.body) == (path, {"minutes": 20, "reason": "Less."})
    wrong = await browser.send(page, f"{HERE}/time/spend", minutes="some", day="2026-03-02")
    assert "Time in minutes: Give a whole number." in wrong.main


async def test_history_names_who_did_it_once_and_in_the_reader_s_words(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    refused = ACT | {
        "act": "verify",
        "refused": True,
        "words": "Anna de Vries tried to verify, and was refused: four eyes",
        "parameters": {"denied": "FOUR_EYES"},
    }
    unknown = ACT | {"act": "of_next_year", "words": "Anna de Vries did it", "parameters": {}}
    old = {name: value for name, value in ACT.items() if name != "parameters"}
    services.say("intake", "/v1/tickets/OPS-7/history", page_of(ACT, refused, unknown, old))
    browser = await sign_in("anna")
    page = await browser.open(f"{HERE}/history", **{"accept-language": "de"})
    lines = [" ".join(one.text_content().split()) for one in page.tree.xpath("//ol/li")]
    assert [one.partition(" ")[2] for one in lines] == [
        "Anna de Vries hat es Anna de Vries zugewiesen: Knows it",
        (
            "Anna de Vries hat das versucht und wurde abgelehnt: Die Lösung prüfen."
            " Den ersten Schritt haben Sie selbst getan. Diesen tut eine andere Person. abgelehnt"
        ),
        "Anna de Vries did it",
        "Anna de Vries assigned it to Anna de Vries: Knows it",
    ]


async def test_the_alerts_of_a_ticket_are_counted_and_listed(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    over = ALERT | {"title": "Disk full", "ended_at": "2026-03-02T08:10:00Z", "times": 1}
    services.say("intake", "/v1/alerts", page_of(ALERT, over))
    browser = await sign_in("anna")
    ticket = await browser.open(HERE)
    assert ticket.tree.xpath(f"//a[@href='{HERE}/alerts']")
    page = await browser.open(f"{HERE}/alerts")
    assert services.asked("/v1/alerts")[0].query == {"ticket": "OPS-7", "limit": "200"}
    for words in ("2 alerts, the newest first", "No invoice was sent", "reported 12 times"):
        assert words in page.main
    assert page.main.count("not over") == 1
    services.say("intake", "/v1/alerts", page_of(ALERT) | {"next": "c"})
    page = await browser.open(f"{HERE}/alerts")
    assert "There are more than these" in page.main
    assert page.tree.xpath(f"//a[@href='{HERE}/alerts?after=c']")
    services.say("intake", "/v1/alerts", page_of())
    assert "No alert of a monitor" in (await browser.open(f"{HERE}/alerts")).main


async def test_the_address_of_a_form_leads_to_its_page(
    sign_in: SignIn, services: FakeServices
) -> None:
    browser = await sign_in("anna")
    for name in ("reply", "note"):
        page = await browser.open(f"{HERE}/{name}")
        assert (page.status, page.response.headers["location"]) == (303, HERE)
    assert (await browser.open(f"{HERE}/nothing")).status == 404


async def test_a_contact_has_none_of_these_pages(sign_in: SignIn, services: FakeServices) -> None:
    say_everything(services)
    browser = await sign_in("jan")
    for side in ("links", "hand-overs", "time", "alerts", "history"):
        assert (await browser.open(f"{HERE}/{side}")).status == 404
    assert services.seen == []


async def test_the_problem_behind_a_ticket_is_opened_and_leads_there(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    services.say("intake", "/v1/problems", {"key": "OPS-9"}, status=201, method="POST")
    browser = await sign_in("anna")
    form = f"{HERE}/links/open-problem"
    page = await browser.open(f"{HERE}/links")
    empty = await browser.send(page, form)
    assert empty.status == 422
    assert services.sent() == []
    done = await browser.send(empty, form, title="Invoices stop", symptoms="Error E42.")
    assert done.response.headers["location"] == "/tickets/OPS-9?done=new"
    body = {"title": "Invoices stop", "symptoms": "Error E42.", "incidents": ["OPS-7"]}
    assert services.sent()[0].body == body


async def test_who_works_on_no_ticket_opens_no_problem(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    page = await (await sign_in("gina")).open(f"{HERE}/links")
    assert page.tree.xpath(f"//form[@action='{HERE}/links/open-problem']") == []
