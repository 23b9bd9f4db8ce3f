"""Steps that several journeys share."""

from collections.abc import Iterable
from datetime import datetime

from opsdesk import event_line
from opsdesk.api_client import JSON
from opsdesk.formatting import format_instant
from opsdesk.journeys.context import JourneyContext
from opsdesk.journeys.support_hours import AMSTERDAM
from opsdesk.topic_reader import Record


def parse_instant(at: str) -> datetime:
    return datetime.fromisoformat(at)


def format_local(at: datetime | str | None) -> str:
    """Format an instant in Amsterdam's time."""
    return format_instant(at, AMSTERDAM)


async def clocks_of(context: JourneyContext, ticket: str) -> dict[str, JSON]:
    """Return the clocks of a ticket by metric, each with its firings."""
    page = await context["theo"].get("sla", f"/v1/tickets/{ticket}/clocks")
    return {
        clock["metric"]: await context["theo"].get("sla", f"/v1/clocks/{clock['id']}")
        for clock in page["items"]
    }


async def escalations_of(context: JourneyContext, **about: str) -> list[JSON]:
    """Return the escalations that match, oldest first, each with its timeline."""
    cases = [case async for case in context["theo"].items("escalation", "/v1/escalations", **about)]
    path = "/v1/escalations/{key}"
    return [
        await context["theo"].get("escalation", path.format_map(case)) for case in reversed(cases)
    ]


async def on_call_person(context: JourneyContext, rota: str, at: datetime) -> str:
    """Return the person who is notified first."""
    oncall = await context["theo"].get("escalation", "/v1/oncall", rota=rota, at=at.isoformat())
    return str(oncall["items"][0]["people"][0])


async def open_ticket(context: JourneyContext, person: str, title: str, **more: object) -> str:
    """Open a ticket for Acme as this person; return its key."""
    body = {"title": title, "customer": "acme", **more}
    return str((await context[person].post("intake", "/v1/tickets", body))["key"])


async def act(
    context: JourneyContext, person: str, ticket: str, action: str, **body: object
) -> JSON:
    """Do something on a ticket as this person."""
    return await context[person].post("intake", f"/v1/tickets/{ticket}/{action}", body)


async def get_ticket(context: JourneyContext, ticket: str) -> JSON:
    """Return a ticket as anna reads it."""
    return dict(await context["anna"].get("intake", f"/v1/tickets/{ticket}"))


async def messages_of(context: JourneyContext, ticket: str, person: str = "anna") -> list[JSON]:
    """Return all that this person may read on a ticket, oldest first."""
    path = f"/v1/tickets/{ticket}/messages"
    return [one async for one in context[person].items("intake", path)]


async def close(context: JourneyContext, ticket: str, resolution: str) -> None:
    """Resolve, verify and close a ticket, as anna and omar."""
    await resolve_and_verify(context, ticket, "anna", "omar", resolution)
    await act(context, "anna", ticket, "close")


async def reply(context: JourneyContext, person: str, ticket: str, text: str) -> None:
    await context[person].post("intake", f"/v1/tickets/{ticket}/replies", {"text": text})
    context.say(f"{person} replies on {ticket}.")


async def resolve_and_verify(
    context: JourneyContext, ticket: str, resolver: str, verifier: str, resolution: str
) -> None:
    """Resolve a ticket, and verify it as another person."""
    await context[resolver].post(
        "intake", f"/v1/tickets/{ticket}/resolve", {"resolution": resolution}
    )
    await context[verifier].post("intake", f"/v1/tickets/{ticket}/verify")
    context.say(f"{resolver} resolves {ticket}, {verifier} verifies it.")


def report_clocks(context: JourneyContext, clocks: dict[str, JSON]) -> None:
    for metric, clock in clocks.items():
        outcome = clock["outcome"] or clock["state"]
        context.say(f"  clock {metric}: {outcome}, deadline {format_local(clock['deadline'])}")


def report_firings(context: JourneyContext, clock: JSON) -> None:
    for firing in clock["firings"]:
        due, lag = format_local(firing["due_at"]), firing["lag_ms"]
        context.say(f"  {clock['metric']} {firing['kind']}: due {due}, fired {lag} ms later")


def report_mails(context: JourneyContext, *names: str) -> None:
    """Print new mails whose subject has one of these names."""
    for mail in context.new_mails():
        subject = " ".join(str(mail["Subject"]).split())
        if any(name in subject for name in names):
            context.say(f"  mail to {mail['X-Envelope-To']}: {subject}")


def report_events(context: JourneyContext, events: Iterable[Record]) -> None:
    for record in events:
        context.say(
            f"  {record.topic}[{record.partition}]@{record.offset}  {event_line.format_event(record, AMSTERDAM)}"
        )
