"""What a ticket is, corrected by two people at intake, as the clocks of sla see it (R1, C6)."""

from opsdesk.api_client import JSON
from opsdesk.journeys.context import Stage
from opsdesk.journeys.steps import clocks_of

OPENED: JSON = {"title": "How do I export an invoice?", "customer": "acme", "service": "billing"}
CONFIRM = "classification-confirmations"


async def test_the_clocks_go_by_what_two_people_say_that_it_is(on_stage: Stage) -> None:
    anna, omar = on_stage["anna"], on_stage["omar"]
    ticket = (await anna.post("intake", "/v1/tickets", OPENED))["key"]
    address = f"/v1/tickets/{ticket}"
    asked = {"kind": "question", "service": "portal", "reason": "Only asks how"}
    await anna.post("intake", f"{address}/reclassify", asked)
    alone = await anna.refused("intake", f"{address}/{CONFIRM}", {"agree": True})
    assert alone.code == "four-eyes"
    await on_stage.settle()
    assert {one["kind"] for one in (await clocks_of(on_stage, ticket)).values()} == {"incident"}
    await omar.post("intake", f"{address}/{CONFIRM}", {"agree": True})
    await on_stage.settle()
    found = await clocks_of(on_stage, ticket)
    assert {one["kind"] for one in found.values()} == {"question"}
    for one in found.values():
        replay = await on_stage["theo"].post("sla", f"/v1/clocks/{one['id']}/replay", {})
        assert replay["same"] is True
