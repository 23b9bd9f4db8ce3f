"""What there is to see on the pictures of the README: a morning after the demo month, with work of every kind."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from opsdesk.journeys import gate, j15_month, steps
from opsdesk.journeys.context import JourneyContext
from opsdesk.journeys.support_hours import AMSTERDAM, DAY, dutch_holidays, is_working_day

NINE: Final = time(9)
MINUTE: Final = timedelta(minutes=1)
TICKETS: Final = (
    (0, "acme", "Invoices are not sent", "critical", "acme-prod"),
    (25, "brightwater", "Appointments show the wrong doctor", "major", "brightwater-prod"),
    (40, "acme", "Search finds orders of last year only", "minor", "acme-prod"),
    (55, "acme", "Labels come out of the wrong printer", "major", "acme-prod"),
    (70, "brightwater", "Export of patients takes an hour", "minor", "brightwater-prod"),
)
"""Minutes after nine, whose, what, how urgent, and where."""
CONTACTS: Final = {"acme": "jan@acme.example", "brightwater": "britta@brightwater.example"}
MESSAGE: Final = (
    "Since this morning no invoice has left the house. The customers of Acme phone us. "
    "The queue shows 214 of them."
)
ANSWER: Final = (
    "Dear Jan,\n\nthank you for calling. We have found that the mail server refuses them since the "
    "certificate was changed, and mend it now.\n\nKind regards, Anna"
)
NOTE: Final = "The new certificate lacks the name of the mail gateway. sven makes another one."
ARGUMENT: Final = (
    "The manual does not say how invoices of the old format are read after the change."
)
TASK: Final = "Describe in the manual how invoices of the old format are read."


@dataclass(frozen=True, slots=True)
class Scene:
    """Where to look: a ticket with a conversation, a promise that broke in the month, and a refused delivery."""

    ticket: str
    clock: str
    delivery: str


async def play(company: JourneyContext) -> Scene:
    """Play the demo month and the morning after it. Takes minutes."""
    await j15_month.play(company)
    at = _next_morning(await company.settle())
    await company.advance_to(at)
    await _acknowledge_what_is_left(company)
    await _mail_answers_to(company, CONTACTS["acme"])
    delivery = await _refuse_a_version(company)
    keys = [await _open(company, at, *ticket) for ticket in TICKETS]
    await _converse(company, keys[0])
    await company.advance_to(at + 78 * MINUTE)
    return Scene(keys[0], await _broken_clock(company), delivery)


def _next_morning(after: datetime) -> datetime:
    """Return nine o'clock in Amsterdam on the next working day."""
    day = after.astimezone(AMSTERDAM).date() + DAY
    while not is_working_day(day, dutch_holidays(day.year)):
        day += DAY
    return datetime.combine(day, NINE, AMSTERDAM)


async def _acknowledge_what_is_left(company: JourneyContext) -> None:
    """Of the month only what has time is left: nobody is called any more."""
    for case in await steps.escalations_of(company, state="open"):
        path = f"/v1/escalations/{case['key']}/acknowledge"
        await company["anna"].post("escalation", path)


async def _mail_answers_to(company: JourneyContext, address: str) -> None:
    """Also those on tickets that came by phone."""
    path = "/v1/customers/acme/contacts"
    contacts = [one async for one in company["theo"].items("intake", path)]
    (contact,) = (one for one in contacts if one["address"] == address)
    await company["theo"].patch("intake", f"{path}/{contact['id']}", {"wants_mail": True})


async def _open(
    company: JourneyContext,
    at: datetime,
    minutes: int,
    customer: str,
    title: str,
    priority: str,
    environment: str,
) -> str:
    await company.advance_to(at + minutes * MINUTE)
    more = {"customer": customer, "contact": CONTACTS[customer], "channel": "phone"}
    return await steps.open_ticket(
        company, "anna", title, priority=priority, environment=environment, **more
    )


async def _converse(company: JourneyContext, ticket: str) -> None:
    """Jan says more, anna answers and notes what was found; omar resolves another one, which waits for her."""
    jan = company.clients.portal_client(CONTACTS["acme"])
    await jan.post("intake", f"/v1/tickets/{ticket}/replies", {"text": MESSAGE})
    await steps.act(company, "anna", ticket, "assign", to="anna")
    await steps.act(company, "anna", ticket, "replies", text=ANSWER)
    await steps.act(company, "anna", ticket, "replies", text=NOTE, visibility="internal")
    other = await steps.open_ticket(company, "omar", "The scheduler stopped", priority="major")
    await steps.act(company, "omar", other, "resolve", resolution="It was started again.")
    await company.settle()


async def _refuse_a_version(company: JourneyContext) -> str:
    """A version that passed all checks is refused for its manual. Returns the delivery's key."""
    await gate.close_open_changes(company)
    version = await gate.new_version(company)
    staged = await gate.submit(company, version, "acme-staging")
    await gate.approve(company, staged, "anna")
    await gate.deliver(company, staged, "anna")
    delivery = await gate.submit(company, version, gate.PRODUCTION)
    reason = {"code": "READINESS_MISSING", "criterion": "documentation", "justification": ARGUMENT}
    body = {"reasons": [reason], "follow_ups": [{"kind": "documentation", "task": TASK}]}
    path = f"/v1/deliveries/{delivery['key']}/refuse"
    await company["anna"].post("delivery-gate", path, body)
    return str(delivery["key"])


async def _broken_clock(company: JourneyContext) -> str:
    """Return the id of a promise that broke in the month, the one with the longest way."""
    query = {"state": "stopped", "breached": "true"}
    clocks = [one async for one in company["theo"].items("sla", "/v1/clocks", **query)]
    own = [one for one in clocks if one["contract"] == "sla" and one["metric"] == "resolution"]
    return str(max(own, key=lambda one: one["target_seconds"])["id"])
