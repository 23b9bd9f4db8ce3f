"""The commands that make a review: `opsdesk reviews draw-up | assess | comment | publish`."""

from typing import Annotated

from typer import Argument, Option, Typer

from opsdesk.api_client import JSON
from opsdesk.commands.console import print_line, run_command
from opsdesk.commands.references import ticket_ref
from opsdesk.errors import CliError
from opsdesk.session import own_client

Key = Annotated[str, Argument(help="acme-2026-06")]


def draw_up(
    review: Key,
    again: Annotated[
        bool, Option("--again", help="Replace its draft by what is known now; editions stay.")
    ] = False,
) -> None:
    """Draw up the review of a month, which may not be over yet."""
    run_command(_draw_up(review, again=again))


def assess(
    review: Key,
    paragraphs: Annotated[list[str] | None, Argument(help="What stands at its head.")] = None,
    computed: Annotated[bool, Option("--computed", help="What the figures say, again.")] = False,
    former: Annotated[
        bool, Option("--former", help="What was written before the month was over, as it is.")
    ] = False,
) -> None:
    """Write the assessment at the head of a review's draft, in place of what is computed."""
    if sum((bool(paragraphs), computed, former)) != 1:
        raise CliError("Say what stands at its head: paragraphs, --computed or --former.")
    run_command(_assess(review, paragraphs or [], former=former))


def comment(
    review: Key,
    ticket: Annotated[str, Argument(help="The ticket whose promise was broken.")],
    reason: Annotated[str, Argument(help="Why it was broken; the customer may read it.")],
    metric: Annotated[
        str | None, Option(help="Which one, where several of it were: first_response, …")
    ] = None,
) -> None:
    """Say why a promise was broken. The review shows it when it is drawn up again."""
    run_command(_comment(review, ticket_ref(ticket), reason, metric))


def publish(
    review: Key,
    reason: Annotated[str | None, Option(help="Why there is another edition.")] = None,
) -> None:
    """Publish a review, as another person than who drew it up or wrote its assessment."""
    run_command(_publish(review, {} if reason is None else {"reason": reason}))


def add_commands(reviews: Typer) -> None:
    """Add what people do by hand to the commands that read reviews."""
    reviews.command("draw-up")(draw_up)
    for command in (assess, comment, publish):
        reviews.command(command.__name__)(command)


async def _draw_up(key: str, *, again: bool) -> None:
    async with own_client() as client:
        if again:
            made = await client.post("sla", f"/v1/reviews/{key}/regenerate", {})
        else:
            customer, month = _parts(key)
            body = {"customer": customer, "month": month}
            made = await client.post("sla", "/v1/reviews", body)
    print_line(
        f"{made['key']} is drawn up; read it: opsdesk reviews show {made['key']} --edition 0"
    )


def _parts(key: str) -> tuple[str, str]:
    """The customer and the month of a review. Raises CliError for another name."""
    customer, _, rest = key.rpartition("-")
    customer, _, year = customer.rpartition("-")
    if not customer or not (year.isdigit() and rest.isdigit()):
        raise CliError(f"{key} names no review; write it like acme-2026-06.")
    return customer, f"{year}-{rest}"


async def _assess(key: str, paragraphs: list[str], *, former: bool) -> None:
    async with own_client() as client:
        if former:
            report = (await client.get("sla", f"/v1/reviews/{key}", edition=0))["report"]
            paragraphs = report["former_assessment"]
            if not paragraphs:
                raise CliError(f"Of {key} nothing was written before its month was over.")
        body = {"paragraphs": paragraphs}
        written = await client.put("sla", f"/v1/reviews/{key}/assessment", body)
    by = written["assessment_by"]
    print_line(f"{key} begins with {f'the words of {by}' if by else 'what the figures say'}:")
    for paragraph in written["assessment"]:
        print_line(paragraph)


async def _comment(key: str, ticket: str, reason: str, metric: str | None) -> None:
    async with own_client() as client:
        review = await client.get("sla", f"/v1/reviews/{key}", edition=0)
        breach = _find_breach(review, ticket, metric)
        body = {"clock_id": breach["clock_id"], "text": reason}
        await client.post("sla", f"/v1/reviews/{key}/breach-comments", body)
    print_line(f"It is said why {ticket} ({breach['metric']}) was broken.")
    print_line(
        f"The review says it once it is drawn up again: opsdesk reviews draw-up {key} --again"
    )


def _find_breach(review: JSON, ticket: str, metric: str | None) -> JSON:
    """The broken promise. Raises CliError where there is none, or more than one."""
    found: list[JSON] = [
        one
        for one in review["report"]["breaches"]
        if one["ticket"] == ticket and metric in (None, one["metric"])
    ]
    if not found:
        raise CliError(f"The draft of {review['key']} has no such broken promise of {ticket}.")
    if len(found) > 1:
        metrics = ", ".join(one["metric"] for one in found)
        raise CliError(f"Several promises of {ticket} were broken; name one: --metric {metrics}.")
    return found[0]


async def _publish(key: str, body: JSON) -> None:
    async with own_client() as client:
        published = await client.post("sla", f"/v1/reviews/{key}/publish", body)
    print_line(f"{published['key']} is published as edition {published['edition']}.")
