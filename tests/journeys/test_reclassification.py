"""What a ticket is, corrected by two people at intake, as the clocks of sla see it (R1, C6)."""

from opsdesk.api_client import JSON
from opsdesk.journeys.context import JourneyContext
from opsdesk.journeys.steps import clocks_of

OPENED: JSON = {"title": "How do I export an invoice?", "customer": "acme", "service": "billing"}
CONFIRM = "classification/confirm"


async def test_the_clocks_go_by_what_two_people_say_that_it_is(context: JourneyContext) -> None:
    anna, omar = context["anna"], context["omar"]
    ticket = (await anna.post("intake", "/v1/tickets", OPENED))["key"]
    address = f"/v1/tickets/{ticket}"
    asked = {"kind": "question", "service": "portal", "reason": "Only asks how"}
    await anna.post("intake", f"{address}/reclassify", asked)
    alone = await anna.post_expecting_problem("intake", f"{address}/{CONFIRM}", {"agree": True})
    assert alone.code == "four-eyes"
    await context.settle()
    assert {one["kind"] for one in (await clocks_of(context, ticket)).values()} == {"incident"}
    await omar.post("intake", f"{address}/{CONFIRM}", {"agree": True})
    await context.settle()
    found = await clocks_of(context, ticket)
    assert {one["kind"] for one in found.values()} == {"question"}
    for one in found.values():
        replay = await context["theo"].post("sla", f"/v1/clocks/{one['id']}/replay", {})
        assert replay["identical"] is True
