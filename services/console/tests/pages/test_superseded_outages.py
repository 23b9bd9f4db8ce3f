"""An outage that counts as another one: named for staff, left out for customers."""

from console_support.answers import page_of
from console_support.everything import say_everything
from console_support.outages import OUTAGE
from console_support.people import SignIn
from console_support.services import FakeServices


async def test_staff_read_as_which_outage_a_superseded_one_counts(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    superseded = OUTAGE | {"source": "ticket", "counts": False, "superseded_by": "OUT-30"}
    services.say("sla", "/v1/outages", page_of(superseded))
    services.say("sla", "/v1/outages/OUT-3", superseded)
    browser = await sign_in("sven")
    for path in ("/outages", "/outages/OUT-3"):
        page = await browser.open(path)
        assert "counted as OUT-30" in page.main
        for word in ("not over", "does not count", "✕"):
            assert word not in page.tree.xpath("string(//main//li[contains(@class, 'row')])"), word
    assert page.tree.xpath("//main//a[@href='/outages/OUT-30']")
    assert [one.query for one in services.seen if one.path == "/v1/outages"] == [{"limit": "50"}]


async def test_a_contact_is_not_shown_outages_that_count_as_another(
    sign_in: SignIn, services: FakeServices
) -> None:
    say_everything(services)
    await (await sign_in("jan")).open("/outages?state=open")
    (asked,) = (one for one in services.seen if one.path == "/v1/outages")
    assert asked.query == {"limit": "50", "state": "open", "superseded": "false"}
