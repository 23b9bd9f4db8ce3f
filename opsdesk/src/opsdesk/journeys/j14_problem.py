"""J14: from two incidents to a problem, a workaround for the next one, and a fix that is verified twice."""

from dataclasses import dataclass

from opsdesk.api_client import JSON, Problem
from opsdesk.journeys import gate, steps
from opsdesk.journeys.context import JourneyContext
from opsdesk.topic_reader import Record

SYMPTOMS = "Invoices with more than 99 lines are printed without their totals."
WORKAROUND = "Split the invoice after 99 lines; each half gets its totals."
CAUSE = {
    "root_cause": "The template reserves two digits for the number of a line.",
    "whys": [
        {"question": "Why are totals missing?", "answer": "The page ends before them."},
        {"question": "Why does it end there?", "answer": "Line 100 is too wide for its column."},
    ],
}
STAGING, PRODUCTION = "acme-staging", gate.PRODUCTION


@dataclass(frozen=True, slots=True)
class Result:
    """The facts of J14. `denials` are what was refused, by what was tried."""

    incidents: list[str]
    known_error: JSON
    suggested: list[JSON]
    read_by_jan: list[JSON]
    change: str
    denials: dict[str, Problem]
    decided: JSON
    delivered: JSON
    problem: JSON
    closed_change: JSON
    fix_requested: list[Record]


async def play(context: JourneyContext) -> Result:
    await gate.close_open_changes(context)
    incidents = [await _incident(context, lines) for lines in (120, 250)]
    problem, known_error = await _analyse(context, incidents)
    suggested, read_by_jan = await _next_incident(context, problem, incidents)
    change = await _ask_for_fix(context, problem)
    denials = {"not approved": await _deliver_too_early(context, change)}
    decided = await _agree_on_change(context, change)
    delivery = await _deliver_to_staging_and_production(context, change)
    denials |= await _verify_fix(context, problem)
    delivered = await context["anna"].get("intake", f"/v1/change-requests/{change}")
    context.say(f"{delivery} has brought {change} to production.")
    for ticket in (*incidents, change):
        await steps.close(context, ticket, "Totals are printed on every page.")
    result = Result(
        incidents,
        known_error,
        suggested,
        read_by_jan,
        change,
        denials,
        decided,
        delivered,
        await context["anna"].get("intake", f"/v1/problems/{problem}"),
        await steps.get_ticket(context, change),
        context.events_of("ticket.fix_requested", ticket=problem),
    )
    await steps.resolve_and_verify(context, problem, "mia", "anna", "Fixed in production.")
    await context.settle()
    return result


async def _incident(context: JourneyContext, lines: int) -> str:
    """An incident that jan reports."""
    return await steps.open_ticket(
        context,
        "anna",
        f"Invoice of {lines} lines is printed without totals",
        environment=PRODUCTION,
        service="billing",
        priority="minor",
    )


async def _analyse(context: JourneyContext, incidents: list[str]) -> tuple[str, JSON]:
    """sven finds the cause behind both incidents."""
    sven = context["sven"]
    body = {"title": "Totals are missing", "symptoms": SYMPTOMS, "incidents": incidents}
    problem = str((await sven.post("intake", "/v1/problems", body))["key"])
    context.say(f"sven sees one problem behind {' and '.join(incidents)}: {problem}.")
    path = f"/v1/problems/{problem}"
    await sven.put("intake", f"{path}/cause", CAUSE)
    await sven.put("intake", f"{path}/workaround", {"workaround": WORKAROUND})
    known_error = await sven.post("intake", f"{path}/known-error")
    for why in CAUSE["whys"]:
        context.say(f"  {why['question']} {why['answer']}")  # type: ignore[index]  # of two strings
    return problem, known_error


async def _next_incident(
    context: JourneyContext, problem: str, incidents: list[str]
) -> tuple[list[JSON], list[JSON]]:
    """The next invoice fails: the workaround is offered, and jan has it a minute later."""
    ticket = await _incident(context, 101)
    incidents.append(ticket)
    offered = await context["omar"].get("intake", f"/v1/tickets/{ticket}/suggestions")
    suggested = [one for one in offered["known_errors"] if one["key"] == problem]
    text = f"Dear Jan,\n\n{suggested[0]['workaround']}\n\nKind regards, Omar"
    await steps.act(context, "omar", ticket, "workaround", text=text)
    context.say(f'{ticket} looks like it. omar passes on: "{suggested[0]["workaround"]}"')
    await context["omar"].post(
        "intake", f"/v1/problems/{problem}/incidents", {"incidents": [ticket]}
    )
    return suggested, await steps.messages_of(context, ticket, "jan")


async def _ask_for_fix(context: JourneyContext, problem: str) -> str:
    """sven asks for the fix by a change request; pavel has it in his backlog."""
    change = await steps.open_ticket(
        context,
        "sven",
        "Print totals of long invoices",
        kind="change_request",
        nature="corrective",
        environment=PRODUCTION,
        service="billing",
        priority="minor",
    )
    path = f"/v1/problems/{problem}"
    await context["sven"].post("intake", f"{path}/fix", {"change_request": change})
    await context["pavel"].put("intake", f"{path}/backlog-item", {"reference": "BIL-77"})
    context.say(f"sven asks for the fix by {change}; in pavel's backlog it is BIL-77.")
    return change


async def _deliver_too_early(context: JourneyContext, change: str) -> Problem:
    """Nothing is booked that the customer has not approved."""
    path = f"/v1/change-requests/{change}"
    estimate = {"estimate_seconds": 2 * 3600, "note": "Two hours, with the test."}
    await context["sven"].put("intake", f"{path}/estimate", estimate)
    booking = {"sprint": "Sprint 12"}
    problem = await context["pavel"].post_expecting_problem("intake", f"{path}/booking", booking)
    context.say(f"pavel books two hours at once: {problem}")
    return problem


async def _agree_on_change(context: JourneyContext, change: str) -> JSON:
    """jan approves the estimate, as the customer; then it is booked."""
    path = f"/v1/change-requests/{change}"
    await context["jan"].post("intake", f"{path}/decision", {"decision": "approved"})
    decided = await context["pavel"].post("intake", f"{path}/booking", {"sprint": "Sprint 12"})
    context.say(f"jan approves it; it is booked on {decided['sprint']}.")
    return decided


async def _deliver_to_staging_and_production(context: JourneyContext, change: str) -> str:
    """A version with the fix goes to staging, and then to production."""
    version = await gate.new_version(context)
    on_staging = await gate.submit(context, version, STAGING)
    await gate.approve(context, on_staging, "anna")
    await gate.deliver(context, on_staging, "anna")
    delivery = await gate.submit(context, version, PRODUCTION)
    await context.settle()
    path = f"/v1/change-requests/{change}/delivery"
    await context["pavel"].put("intake", path, {"delivery": delivery["key"]})
    await gate.approve(context, delivery, "anna", "omar")
    await gate.deliver(context, delivery, "omar")
    await context.settle()
    return str(delivery["key"])


async def _verify_fix(context: JourneyContext, problem: str) -> dict[str, Problem]:
    """Staging first, then production, and never by who asked for the fix."""
    path = f"/v1/problems/{problem}/verifications"
    checked = "An invoice of 300 lines has its totals."
    on_staging = {"tier": "staging", "checked": checked}
    in_production = {"tier": "production", "checked": checked}
    too_early = await context["anna"].post_expecting_problem("intake", path, in_production)
    alone = await context["sven"].post_expecting_problem("intake", path, on_staging)
    context.say(f"sven verifies his own fix: {alone}")
    await context["mia"].post("intake", path, on_staging)
    await context["anna"].post("intake", path, in_production)
    context.say("mia verifies it on staging, anna in production: the problem is fixed.")
    return {"production first": too_early, "alone": alone}
