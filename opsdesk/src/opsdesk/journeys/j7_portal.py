"""J7: a customer asks by the portal: a form, a file, a conversation, and a rating at the end."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

from opsdesk.api_client import JSON, ApiClient, Problem
from opsdesk.journeys import steps
from opsdesk.journeys.context import JourneyContext
from opsdesk.journeys.mails import JAN_ADDRESS
from opsdesk.journeys.steps import format_local, parse_instant

FORMS = "/v1/request-forms"
FORM = {
    "key": "invoice-copy",
    "title": "A copy of an invoice",
    "service": "billing",
    "schema": {
        "type": "object",
        "required": ["invoice", "format"],
        "additionalProperties": False,
        "properties": {
            "invoice": {"type": "string", "pattern": "^INV-[0-9]{4}$"},
            "format": {"enum": ["pdf", "xml"]},
        },
    },
}
VALUES = {"invoice": "INV-2041", "format": "pdf"}
FILE_NAME, FILE = "order.txt", b"Order 4711: 12 pallets\n"
ANSWER = "Dear Jan,\n\nhere is your copy of INV-2041.\n\nKind regards, Anna"


@dataclass(frozen=True, slots=True)
class Result:
    """The facts of J7. What begins with `read_` is what jan reads in the portal."""

    wrong_form: Problem
    ticket: str
    read_ticket: JSON
    read_form: JSON
    read_messages: list[JSON]
    read_file: bytes
    reopened: JSON
    feedback: list[JSON]
    rated: JSON
    closed: JSON
    too_late: Problem
    follow_on: JSON
    links: list[JSON]


async def play(context: JourneyContext) -> Result:
    await context.settle()
    portal = context.clients.portal_client(JAN_ADDRESS)
    await _publish_form(context)
    wrong_form, ticket = await _ask(context, portal)
    await steps.reply(context, "anna", ticket, ANSWER)
    read_messages, read_file = await _read(context, portal, ticket)
    await portal.post(
        "intake", f"/v1/tickets/{ticket}/replies", {"text": "Thank you. Is it the final one?"}
    )
    await steps.close(context, ticket, "The copy of INV-2041 is sent.")
    reopened = await _say_no(context, portal, ticket)
    rated = await _say_yes(context, portal, ticket)
    closed = await steps.get_ticket(context, ticket)
    too_late, follow_on = await _come_back_too_late(context, portal, closed)
    return Result(
        wrong_form,
        ticket,
        await portal.get("intake", f"/v1/tickets/{ticket}"),
        await portal.get("intake", f"/v1/tickets/{ticket}/form"),
        read_messages,
        read_file,
        reopened,
        (await context["anna"].get("intake", f"/v1/tickets/{ticket}/feedback"))["items"],
        rated,
        closed,
        too_late,
        follow_on,
        (await portal.get("intake", f"/v1/tickets/{follow_on['key']}/links"))["items"],
    )


async def _publish_form(context: JourneyContext) -> None:
    """Publish the form as the product owner, unless an earlier run did."""
    pavel = context["pavel"]
    if FORM["key"] not in {one["key"] async for one in pavel.items("intake", FORMS)}:
        await pavel.post("intake", FORMS, FORM)
    context.say("pavel has put a form into the portal: which invoice, and as what?")


async def _ask(context: JourneyContext, portal: ApiClient) -> tuple[Problem, str]:
    """Fill in the form, first wrongly; the file is on its way before the ticket is."""
    upload = await portal.post_stream("intake", "/v1/attachments", _pieces(), name=FILE_NAME)
    body = {
        "title": "We need INV-2041 once more",
        "description": "The bookkeeper has lost it. The order is attached.",
        "form": FORM["key"],
        "form_values": VALUES,
        "attachments": [upload["id"]],
    }
    mistyped = body | {"form_values": {**VALUES, "invoice": "2041"}}
    problem = await portal.post_expecting_problem("intake", "/v1/tickets", mistyped)
    context.say(f"jan mistypes the number: {problem.body['errors'][0]['pointer']} is refused.")
    ticket = str((await portal.post("intake", "/v1/tickets", body))["key"])
    context.say(f"jan corrects it: {ticket} is open, with {FILE_NAME} and without a priority.")
    return problem, ticket


async def _read(
    context: JourneyContext, portal: ApiClient, ticket: str
) -> tuple[list[JSON], bytes]:
    """What jan reads: names, never accounts; and the file, as it was."""
    path = f"/v1/tickets/{ticket}/messages"
    found = [one async for one in portal.items("intake", path)]
    for one in found:
        context.say(f"  {one['author_name']}: {' '.join(one['text'].split())}")
    with_file = next(one for one in found if one["attachments"])
    number = with_file["attachments"][0]["number"]
    file = await portal.get_response("intake", f"{path}/{with_file['id']}/attachments/{number}")
    return found, file.content


async def _say_no(context: JourneyContext, portal: ApiClient, ticket: str) -> JSON:
    """Has it been solved? No: the ticket is open again."""
    opinion = {"solved": False, "comment": "This is the copy of another invoice."}
    answer = await portal.post("intake", f"/v1/tickets/{ticket}/feedback", opinion)
    context.say(f"Has it been solved? jan says no: {answer['ticket']} is {answer['consequence']}.")
    return await steps.get_ticket(context, ticket)


async def _say_yes(context: JourneyContext, portal: ApiClient, ticket: str) -> JSON:
    """Has it been solved, this time? Yes, with five of five."""
    await steps.close(context, ticket, "Now it is the right one.")
    opinion = {"solved": True, "rating": 5, "comment": "Now it is the right one. Thank you!"}
    answer = await portal.post("intake", f"/v1/tickets/{ticket}/feedback", opinion)
    context.say(f"Has it been solved? jan says yes, {answer['rating']} of 5.")
    return answer


async def _come_back_too_late(
    context: JourneyContext, portal: ApiClient, closed: JSON
) -> tuple[Problem, JSON]:
    """Come back after the ticket is closed for good: the words open the ticket that goes on."""
    until = parse_instant(closed["reopenable_until"])
    await context.advance_to(until + timedelta(minutes=1))
    ticket, words = closed["key"], {"text": "The copy is gone again. Sorry!"}
    problem = await portal.post_expecting_problem("intake", f"/v1/tickets/{ticket}/replies", words)
    follow_on = await portal.post("intake", f"/v1/tickets/{ticket}/follow-on", words)
    context.say(
        f"{format_local(until)}: {ticket} is closed for good. "
        f'jan\'s next words open {follow_on["key"]}, "{follow_on["title"]}".'
    )
    await steps.close(context, follow_on["key"], "The copy is sent once more.")
    await context.settle()
    return problem, follow_on


async def _pieces() -> AsyncIterator[bytes]:
    yield FILE
