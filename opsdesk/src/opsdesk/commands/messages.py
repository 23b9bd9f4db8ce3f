"""The commands `opsdesk messages check | draft | templates`."""

from typing import Annotated

from typer import Argument, Exit, Option, Typer

from opsdesk.api_client import JSON
from opsdesk.commands.console import print_line, print_table, run_command
from opsdesk.commands.references import Ticket
from opsdesk.session import own_client

app = Typer(help="Messages to customers: templates, and the check.", no_args_is_help=True)


@app.command("check")
def check(ticket: Ticket, text: Annotated[str, Argument(help="The text.")]) -> None:
    """Check a text for a ticket's customer. Exit code 1 where it could not be sent."""
    if not run_command(_check({"ticket": ticket, "text": text})):
        raise Exit(1)


@app.command("draft")
def draft(
    ticket: Ticket,
    template: Annotated[str, Argument(help="The template's key: opsdesk messages templates.")],
    language: Annotated[str | None, Option(help="Instead of the contact's.")] = None,
    value: Annotated[
        list[str] | None, Option(help="NAME=TEXT, for what the ticket does not say.")
    ] = None,
) -> None:
    """Fill a template for a ticket, and say what is missing. Nothing is sent."""
    values = dict(one.partition("=")[::2] for one in value or ())
    body = {"template": template, "values": values} | ({"language": language} if language else {})
    run_command(_draft(ticket, body))


@app.command("templates")
def templates(
    language: Annotated[str | None, Option(help="Two letters: nl, en, de.")] = None,
) -> None:
    """List the templates of messages."""
    run_command(_templates({"language": language} if language else {}))


async def _check(body: JSON) -> bool:
    async with own_client() as client:
        checked = await client.post("intake", "/v1/messages/check", body)
    _print_findings(checked["findings"])
    if not checked["findings"]:
        print_line("Nothing was found: it can be sent.")
    return bool(checked["may_be_sent"])


async def _draft(ticket: str, body: JSON) -> None:
    async with own_client() as client:
        made = await client.post("intake", f"/v1/tickets/{ticket}/messages/draft", body)
    print_line(made["text"])
    print_line()
    for one in made["missing"]:
        print_line(f"missing: {one['detail']}")
    _print_findings([one for one in made["findings"] if one["code"] != "unfilled_placeholder"])


async def _templates(query: JSON) -> None:
    async with own_client() as client:
        items = [one async for one in client.items("intake", "/v1/message-templates", **query)]
    columns = ("template", "language", "version", "description")
    names = ("key", "language", "version", "description")
    print_table("Templates", columns, (tuple(one[name] for name in names) for one in items))


def _print_findings(findings: list[JSON]) -> None:
    for one in findings:
        print_line(f"{one['severity']}: {one['detail']}")
