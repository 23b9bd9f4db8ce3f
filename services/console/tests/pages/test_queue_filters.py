"""Tags and watched tickets: in the form, the address, the chips, the list that is asked, and saved views."""

from console_support.answers import page_of, say_ticket, ticket
from console_support.everything import VIEW, say_everything
from console_support.people import SignIn
from console_support.services import FakeServices

TAGGED = "/tickets?q=customer%3Aacme+tag%3Asecurity+is%3Awatched"


async def test_the_form_writes_tags_and_watched_into_the_address(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    browser = await sign_in("anna")
    page = await browser.open("/tickets")
    assert page.tree.xpath("//select[@name='is']/option[@value='watched']/text()") == [
        "watched by me"
    ]
    asked = await browser.open("/tickets?q=customer%3Aacme&tag=security&is=watched&state=")
    assert asked.response.headers["location"] == TAGGED


async def test_the_list_of_all_tickets_is_asked_for_them(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    page = await (await sign_in("anna")).open(TAGGED)
    assert page.status == 200
    (asked,) = [one for one in services.seen if one.path == "/v1/tickets"]
    assert asked.query == {
        "customer": "acme",
        "tag": "security",
        "watched": "true",
        "limit": "50",
    }
    assert not [one for one in services.seen if one.path == "/v1/queue"]
    assert "closed ones are found, too" in page.main
    (only_open,) = page.tree.xpath("//a[text()='Only open ones']/@href")
    assert only_open == f"{TAGGED}+is%3Aopen"


async def test_each_restriction_is_a_chip_that_takes_itself_away(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    page = await (await sign_in("anna")).open(TAGGED)
    chips = page.tree.xpath("//ul[@class='chips']//a")
    assert [one.text_content().split(" ✕")[0] for one in chips] == [
        "Customer: acme",
        "Tag: security",
        "watched by me",
    ]
    assert [one.get("href") for one in chips] == [
        "/tickets?q=tag%3Asecurity+is%3Awatched",
        "/tickets?q=customer%3Aacme+is%3Awatched",
        "/tickets?q=customer%3Aacme+tag%3Asecurity",
    ]
    assert (await (await sign_in("anna")).open("/tickets")).tree.xpath("//ul[@class='chips']") == []


async def test_the_next_page_and_the_part_alone_ask_for_the_same(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    services.say("intake", "/v1/tickets", {"items": [ticket()], "next": "there"})
    page = await (await sign_in("anna")).open(TAGGED)
    (more,) = page.tree.xpath("//p[@class='end']/a/@href")
    assert more == f"{TAGGED}&after=there"
    (part,) = page.tree.xpath("//*[@id='part-queue']/@data-part")
    assert part == f"/parts/queue?{TAGGED.partition('?')[2]}"


async def test_a_saved_view_with_tags_is_kept_and_shown_as_it_was(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    query = {"customer": "acme", "tag": ["security"], "watched": True}
    services.say("intake", "/v1/views", page_of(VIEW | {"list": "tickets", "query": query}))
    services.say("intake", "/v1/views", {}, status=201, method="POST")
    browser = await sign_in("anna")
    page = await browser.open("/tickets")
    (address,) = page.tree.xpath('//a[text()="Acme\'s blockers"]/@href')
    assert address == TAGGED
    shown = await browser.open(address)
    assert shown.tree.xpath("//main//nav//a[@aria-current='page']/text()") == [VIEW["name"]]
    asks = await browser.open("/tickets/views?" + TAGGED.partition("?")[2])
    await browser.send(asks, "/tickets/views", name="Security")
    assert services.sent()[0].body == {
        "name": "Security",
        "shared": False,
        "list": "tickets",
        "query": query,
    }


async def test_a_restriction_without_effect_is_told(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    page = await (await sign_in("anna")).open("/tickets?q=tag%3Asecurity+is%3Abroken")
    assert "restricts nothing beside words, tags and watched tickets: is:broken" in page.main


async def test_a_tag_of_a_ticket_leads_to_the_tickets_that_have_it(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_ticket(services, tags=["security", "payroll"])
    page = await (await sign_in("anna")).open("/tickets/OPS-7")
    links = page.tree.xpath("//section[@id='part-facts']//a/@href")
    assert links == ["/tickets?q=tag%3Asecurity", "/tickets?q=tag%3Apayroll"]


async def test_contacts_are_offered_no_tags_and_see_what_they_watch(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    browser = await sign_in("jan")
    page = await browser.open("/tickets")
    assert page.tree.xpath("//input[@name='tag']") == []
    await browser.open("/tickets?q=is%3Awatched+is%3Aopen")
    asked = [one.query for one in services.seen if one.path == "/v1/tickets"][-1]
    assert asked == {"watched": "true", "open": "true", "limit": "50"}


async def test_contacts_are_offered_nothing_that_the_queue_alone_knows(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    page = await (await sign_in("jan")).open("/tickets")
    tabs = page.tree.xpath("//main//nav[@class='tabs']//a/text()")
    assert tabs == ["All open", "Mine", "Watched"]
    offered = page.tree.xpath("//select[@name='is']/option/@value")
    assert offered == ["", "mine", "triage", "waiting", "watched", "open"]
    assert page.tree.xpath("//select[@name='breaks']") == []
    assert "is:broken" not in page.response.text
    staff = await (await sign_in("anna")).open("/tickets")
    assert {"broken", "unassigned"} <= set(staff.tree.xpath("//select[@name='is']/option/@value"))
    assert staff.tree.xpath("//select[@name='breaks']")


async def test_contacts_are_told_what_restricts_nothing(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    browser = await sign_in("jan")
    page = await browser.open("/tickets?q=is%3Abroken+is%3Aunassigned+breaks%3A%3C2h")
    words = "This restricts nothing in your list: is:broken is:unassigned breaks:<2h"
    assert words in page.main
    assert "restricts nothing" not in (await browser.open("/tickets?q=is%3Amine")).main
