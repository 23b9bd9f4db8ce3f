"""The commands `opsdesk messages check | draft | templates | show | write | retire`."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Exit, Option, Typer

from opsdesk.api_client import JSON
from opsdesk.commands.console import print_line, print_table, run_command
from opsdesk.commands.references import Ticket
from opsdesk.session import own_client
from opsdesk.text_files import read_text

Template = Annotated[str, Argument(help="The template's key: opsdesk messages templates.")]
Language = Annotated[str, Argument(help="Two letters: nl, en, de.")]
app = Typer(help="Messages to customers: templates, and the check.", no_args_is_help=True)


@app.command("check")
def check(ticket: Ticket, text: Annotated[str, Argument(help="The text.")]) -> None:
    """Check a text for a ticket's customer. Exit code 1 where it could not be sent."""
    if not run_command(_check({"ticket": ticket, "text": text})):
        raise Exit(1)


@app.command("draft")
def draft(
    ticket: Ticket,
    template: Template,
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


@app.command("show")
def show_template(template: Template) -> None:
    """Show a template in each of its languages, the newest version."""
    run_command(_show_template(template))


@app.command("write")
def write_template(
    template: Template,
    language: Language,
    file: Annotated[Path, Option(help="The text: {{contact}} is filled when it is drafted.")],
    description: Annotated[str, Option(help="What it is for, in a line.")],
) -> None:
    """Write the next version of a template in one language; the first one makes the template."""
    run_command(_write_template(template, language, file, description))


@app.command("retire")
def retire_template(template: Template, language: Language) -> None:
    """Offer a template no more in one language; writing its next version offers it again."""
    run_command(_retire_template(template, language))


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


async def _show_template(template: str) -> None:
    async with own_client() as client:
        found = await client.get("intake", f"/v1/message-templates/{template}")
    newest: dict[str, JSON] = {}
    for one in found["items"]:
        newest.setdefault(one["language"], one)
    for one in newest.values():
        retired = ", retired" if one["retired"] else ""
        print_line(f"{template} in {one['language']}, version {one['version']}{retired}:")
        print_line(f"{one['description']}\n\n{one['text']}\n")


async def _write_template(template: str, language: str, file: Path, description: str) -> None:
    body = {"description": description, "text": read_text(file)}
    async with own_client() as client:
        path = f"/v1/message-templates/{template}/{language}"
        written = await client.put("intake", path, body)
    fills = ", ".join(written["placeholders"]) or "nothing"
    print_line(f"{template} in {language} is version {written['version']}; filled in: {fills}.")


async def _retire_template(template: str, language: str) -> None:
    async with own_client() as client:
        await client.post("intake", f"/v1/message-templates/{template}/{language}/retire")
    print_line(f"{template} is offered no more in {language}.")


def describe_findings(findings: list[JSON] | None) -> list[str]:
    """Return a line for each finding of a message; None is a contact's, who is told of none."""
    return [f"{one['severity']}: {one['detail']}" for one in findings or ()]


def _print_findings(findings: list[JSON]) -> None:
    for line in describe_findings(findings):
        print_line(line)
