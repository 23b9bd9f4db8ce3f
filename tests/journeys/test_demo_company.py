"""The demo company is loaded through the public API, once, however often it is asked for."""

from opsdesk import demo_clients, topic_reader
from opsdesk.company.demo_data import read_book
from opsdesk.company.loader import load
from opsdesk.endpoints import Running
from opsdesk.journeys import context as journey_context
from opsdesk.journeys import gate


async def test_a_second_load_changes_nothing(running: Running) -> None:
    """Nothing is added, and nobody is told anything."""
    told: list[tuple[str, int, int]] = []
    async with (
        demo_clients.opened(running) as desks,
        topic_reader.listening(running.kafka, "opsdesk.directory", "opsdesk.clocks") as ears,
    ):
        added = await load(
            desks, read_book(), lambda chapter, entries, new: told.append((chapter, entries, new))
        )
        assert await topic_reader.arrived(ears) == []
    assert added == 0
    assert {new for _, _, new in told} == {0}
    assert {chapter: entries for chapter, entries, _ in told}["people"] == 11


async def test_agreements_are_published_by_a_second_person(running: Running) -> None:
    async with demo_clients.opened(running) as desks:
        found = [one async for one in desks["theo"].items("sla", "/v1/agreements")]
    people = {(one["key"], one["proposed_by"], one["published_by"]) for one in found}
    assert people == {
        ("acme-support", "theo", "gina"),
        ("brightwater-support", "theo", "gina"),
        ("hosthaven-hosting", "theo", "gina"),
    }


async def test_a_contact_sees_the_own_customer_only(running: Running) -> None:
    """What a customer may not see does not exist for them: 404, not 403."""
    wish = {"title": "Where is the manual?", "customer": "acme", "kind": "question"}
    async with demo_clients.opened(running) as desks:
        ticket = await desks["anna"].post("intake", "/v1/tickets", wish)
        path = f"/v1/tickets/{ticket['key']}"
        assert (await desks["jan"].get("intake", path))["key"] == ticket["key"]
        denied = await desks["britta"].refused("intake", f"{path}/replies", {"text": "Hello?"})
        await desks["anna"].post("intake", f"{path}/resolve", {"resolution": "Sent."})
        await desks["omar"].post("intake", f"{path}/verify")
    assert denied.status == 404


async def test_a_demo_that_was_cut_off_does_not_stand_in_the_way_of_the_next(
    running: Running,
) -> None:
    """A debt and a request that nobody decided: the next journey begins by clearing them."""
    blocker = {"title": "Down", "customer": "acme", "environment": gate.PRODUCTION}
    async with journey_context.raised(running, print) as here:
        wish = {**blocker, "priority": "blocker"}
        ticket = (await here["anna"].post("intake", "/v1/tickets", wish))["key"]
        await here.settle()
        wanted = {"environment": gate.PRODUCTION, "ticket": ticket, "what": "Restart by hand."}
        change = (await here["omar"].post(gate.GATE, gate.CHANGES, wanted))["key"]
        await here["theo"].post(gate.GATE, f"{gate.CHANGES}/{change}/authorize")
        await here["sven"].post(gate.GATE, f"{gate.CHANGES}/{change}/apply")
        await gate.tidy(here)
        again = (await here["omar"].post(gate.GATE, gate.CHANGES, wanted))["key"]
        await gate.tidy(here)
        left = await here["omar"].get(gate.GATE, f"{gate.CHANGES}/{again}")
        assert left["state"] == "revoked"
        assert (await gate.environment(here, gate.PRODUCTION))["state"] == "compliant"
        await here["anna"].post("intake", f"/v1/tickets/{ticket}/resolve", {"resolution": "Up."})
        await here["omar"].post("intake", f"/v1/tickets/{ticket}/verify")
        await here.settle()
