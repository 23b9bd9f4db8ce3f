"""The demo company is loaded through the public API, once, however often it is asked for."""

from opsdesk import demo_clients, topic_reader
from opsdesk.company.demo_data import read_demo_data
from opsdesk.company.loader import load
from opsdesk.endpoints import Endpoints
from opsdesk.journeys import context as journey_context
from opsdesk.journeys import gate


async def test_a_second_load_changes_nothing(endpoints: Endpoints) -> None:
    """Nothing is added, and nobody is told anything."""
    sections: list[tuple[str, int, int]] = []
    async with (
        demo_clients.open_demo_clients(endpoints) as clients,
        topic_reader.open_consumer(endpoints.kafka, "opsdesk.directory", "opsdesk.clocks") as ears,
    ):
        added = await load(
            clients,
            read_demo_data(),
            lambda chapter, entries, new: sections.append((chapter, entries, new)),
        )
        assert await topic_reader.read_to_end(ears) == []
    assert added == 0
    assert {new for _, _, new in sections} == {0}
    assert {chapter: entries for chapter, entries, _ in sections}["people"] == 12


async def test_agreements_are_published_by_a_second_person(endpoints: Endpoints) -> None:
    async with demo_clients.open_demo_clients(endpoints) as clients:
        found = [one async for one in clients["theo"].items("sla", "/v1/agreements")]
    people = {(one["key"], one["drafted_by"], one["published_by"]) for one in found}
    assert people == {
        ("acme-support", "theo", "gina"),
        ("brightwater-support", "theo", "gina"),
        ("hosthaven-hosting", "theo", "gina"),
    }


async def test_a_contact_sees_the_own_customer_only(endpoints: Endpoints) -> None:
    """What a customer may not see does not exist for them: 404, not 403."""
    body = {"title": "Where is the manual?", "customer": "acme", "kind": "question"}
    async with demo_clients.open_demo_clients(endpoints) as clients:
        ticket = await clients["anna"].post("intake", "/v1/tickets", body)
        path = f"/v1/tickets/{ticket['key']}"
        assert (await clients["jan"].get("intake", path))["key"] == ticket["key"]
        denied = await clients["britta"].post_expecting_problem(
            "intake", f"{path}/replies", {"text": "Hello?"}
        )
        await clients["anna"].post("intake", f"{path}/resolve", {"resolution": "Sent."})
        await clients["omar"].post("intake", f"{path}/verify")
    assert denied.status == 404


async def test_a_demo_that_was_cut_off_does_not_stand_in_the_way_of_the_next(
    endpoints: Endpoints,
) -> None:
    """A debt and a request that nobody decided: the next journey begins by clearing them."""
    blocker = {"title": "Down", "customer": "acme", "environment": gate.PRODUCTION}
    async with journey_context.open_context(endpoints, print) as context:
        body = {**blocker, "priority": "blocker"}
        ticket = (await context["anna"].post("intake", "/v1/tickets", body))["key"]
        await context.settle()
        wanted = {
            "environment": gate.PRODUCTION,
            "ticket": ticket,
            "description": "Restart by hand.",
        }
        change = (await context["omar"].post(gate.GATE, gate.CHANGES, wanted))["key"]
        await context["theo"].post(gate.GATE, f"{gate.CHANGES}/{change}/authorize")
        await context["sven"].post(gate.GATE, f"{gate.CHANGES}/{change}/apply")
        await gate.close_open_changes(context)
        again = (await context["omar"].post(gate.GATE, gate.CHANGES, wanted))["key"]
        await gate.close_open_changes(context)
        left = await context["omar"].get(gate.GATE, f"{gate.CHANGES}/{again}")
        assert left["state"] == "revoked"
        assert (await gate.get_environment(context, gate.PRODUCTION))["state"] == "compliant"
        await context["anna"].post("intake", f"/v1/tickets/{ticket}/resolve", {"resolution": "Up."})
        await context["omar"].post("intake", f"/v1/tickets/{ticket}/verify")
        await context.settle()
