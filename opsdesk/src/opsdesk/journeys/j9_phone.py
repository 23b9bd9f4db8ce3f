"""J9: somebody phones: known by the number, written down later, counted from the call."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from opsdesk.api_client import JSON, Problem
from opsdesk.journeys import steps
from opsdesk.journeys.context import JourneyContext
from opsdesk.journeys.steps import format_local

AS_DIALLED, FROM_ABROAD = "020 555 01 23", "0031 (20) 555-0123"
UNKNOWN = "+49 30 123456"
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Result:
    """The facts of J9; `called_at` is when jan phoned, `written_at` when omar wrote it down."""

    called_at: datetime
    written_at: datetime
    callers: JSON
    open_for_caller: JSON
    unknown_caller: JSON
    future: Problem
    ticket: JSON
    clocks: dict[str, JSON]
    messages: list[JSON]


async def play(context: JourneyContext) -> Result:
    written_at = await context.settle()
    called_at = written_at - HOUR
    omar = context["omar"]
    callers = await omar.get("intake", "/v1/callers", phone=AS_DIALLED)
    caller = callers["items"][0]
    context.say(
        f"The telephone rings: {AS_DIALLED} is {caller['name']} of {caller['customer_name']}."
    )
    unknown_caller = await omar.get("intake", "/v1/callers", phone=UNKNOWN)
    future = await _write_down(context, written_at + HOUR)
    assert isinstance(future, Problem)
    ticket = await _write_down(context, called_at)
    assert isinstance(ticket, dict)
    context.say(f"An hour later omar writes it down: {ticket['key']} counts from the call.")
    await context.settle()
    clocks = await steps.clocks_of(context, ticket["key"])
    for clock in clocks.values():
        context.say(f"  {clock['metric']} counts since {format_local(clock['opened_at'])}")
    again = await omar.get("intake", "/v1/callers", phone=FROM_ABROAD)
    mine = next(one for one in again["items"][0]["tickets"] if one["key"] == ticket["key"])
    context.say(
        f"jan phones again, from abroad: {mine['key']} is {mine['state']}, omar sees at once."
    )
    read = await steps.messages_of(context, ticket["key"], "jan")
    await steps.resolve_and_verify(context, ticket["key"], "omar", "anna", "The gate is open.")
    await context.settle()
    return Result(
        called_at, written_at, callers, mine, unknown_caller, future, ticket, clocks, read
    )


async def _write_down(context: JourneyContext, opened_at: datetime) -> JSON | Problem:
    """Write down a call of then; one of the future is refused."""
    body = {
        "title": "The gate of hall 3 does not open",
        "description": "Two lorries wait.",
        "channel": "phone",
        "contact": FROM_ABROAD,
        "environment": "acme-prod",
        "priority": "critical",
        "opened_at": opened_at.isoformat(),
    }
    try:
        return await context["omar"].post("intake", "/v1/tickets", body)
    except Problem as problem:
        return problem
