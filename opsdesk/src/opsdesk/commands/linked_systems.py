"""The commands `opsdesk links add-system | change-system | retire-system | receipts`."""

import json
from pathlib import Path
from typing import Annotated

from typer import Argument, Option, Typer

from opsdesk import json_output
from opsdesk.api_client import JSON
from opsdesk.commands.acts import given
from opsdesk.commands.console import print_line, print_table, run_command
from opsdesk.errors import CliError
from opsdesk.formatting import format_instant
from opsdesk.session import own_client

PATH = "/v1/linked-systems"
System = Annotated[str, Argument(help="The system's key: opsdesk links systems.")]
Url = Annotated[str | None, Option(help="Where it is: https://acme.service-now.com.")]
Client = Annotated[str | None, Option(help="The `sub` of the machine that posts its webhooks.")]
Fields = Annotated[
    Path | None, Option(help="A JSON file with the map of priorities, states and constants.")
]


def add_commands(links: Typer) -> None:
    """Add them to the commands about linked tickets."""
    links.command("add-system")(add_system)
    links.command("change-system")(change_system)
    links.command("retire-system")(retire_system)
    links.command("receipts")(receipts)


def add_system(
    system: Annotated[str, Argument(help="A key for it, such as acme-servicenow.")],
    kind: Annotated[str, Option(help="servicenow, jira, zendesk")],
    url: Annotated[str, Option(help="Where it is: https://acme.service-now.com.")],
    client: Annotated[str, Option(help="The `sub` of the machine that posts its webhooks.")],
    customer: Annotated[str | None, Option(help="Whose it is; without it a partner's.")] = None,
    fields: Fields = None,
) -> None:
    """Add a system of a customer or partner; its account stands in the file of linked systems."""
    party = "partner" if customer is None else "customer"
    body = {"key": system, "kind": kind, "party": party, "base_url": url, "webhook_client": client}
    run_command(_add(body | given(customer=customer), fields))


def change_system(
    system: System, url: Url = None, client: Client = None, fields: Fields = None
) -> None:
    """Change where a system is, which machine posts for it, or its map of fields."""
    run_command(_change(system, given(base_url=url, webhook_client=client), fields))


def retire_system(system: System) -> None:
    """Retire a system: nothing goes there, and nothing comes from there any more."""
    run_command(_retire(system))


def receipts(
    system: System,
    outcome: Annotated[str, Option(help="unreadable, applied, …")] = "unreadable",
) -> None:
    """List what a system posted, by default what could not be read."""
    run_command(_receipts(system, outcome))


def _read_fields(file: Path | None) -> JSON | None:
    if file is None:
        return None
    try:
        return dict(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise CliError(f"{file} is no map of fields in JSON: {error}") from None


async def _add(body: JSON, fields: Path | None) -> None:
    body |= given(fields=_read_fields(fields))
    async with own_client() as client:
        system = await client.post("intake", PATH, body)
    print_line(
        f"{system['key']} can be linked with tickets: opsdesk links add OPS-7 {system['key']}"
    )


async def _change(key: str, changes: JSON, fields: Path | None) -> None:
    changes |= given(fields=_read_fields(fields))
    if not changes:
        raise CliError("Say what to change: --url, --client, --fields.")
    async with own_client() as client:
        before = await client.get("intake", f"{PATH}/{key}")
        present = {name: before[name] for name in ("base_url", "webhook_client")}
        system = await client.put("intake", f"{PATH}/{key}", present | changes)
    json_output.emit(system)
    print_line(f"{system['key']} is changed: {system['base_url']}, {system['webhook_client']}")


async def _retire(key: str) -> None:
    async with own_client() as client:
        system = await client.post("intake", f"{PATH}/{key}/retire")
    print_line(f"{system['key']} is retired; its links stay as they are.")


async def _receipts(key: str, outcome: str) -> None:
    async with own_client() as client:
        page = await client.get("intake", f"{PATH}/{key}/receipts", outcome=outcome)
    rows = (
        (format_instant(one["received_at"]), one["event"], one["outcome"]) for one in page["items"]
    )
    print_table(f"What {key} posted", ("received", "event", "outcome"), rows)
