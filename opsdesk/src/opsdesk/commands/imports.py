"""The commands `opsdesk import contacts | tickets`: from files of other systems."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option, Typer

from opsdesk.commands.console import print_line, print_table, run_command
from opsdesk.errors import CliError
from opsdesk.session import own_client

app = Typer(help="Imports from other systems.", no_args_is_help=True)


@app.command("contacts")
def contacts(
    file: Annotated[Path, Argument(help="A CSV file.")],
    format: Annotated[str, Option(help="opsdesk, salesforce or netsuite.")] = "opsdesk",
    customer: Annotated[
        str | None, Option(help="Whose contacts they are, unless a line says.")
    ] = None,
    dry_run: Annotated[bool, Option("--dry-run", help="Only say what would be done.")] = False,
) -> None:
    """Import contacts from a CSV file. The same file again changes nothing."""
    query = {"format": format, "customer": customer, "dry_run": dry_run}
    run_command(_contacts(file, {name: value for name, value in query.items() if value}))


async def _contacts(file: Path, query: dict[str, object]) -> None:
    try:
        data = file.read_bytes()  # noqa: ASYNC240 - a command waits for its own disk
    except OSError as error:
        raise CliError(f"{file} cannot be read: {error.strerror}.") from None
    async with own_client() as client:
        report = await client.post_bytes(
            "intake", "/v1/imports/contacts", data, "text/csv", **query
        )
    trouble = [
        (one["line"], "; ".join(one["problems"])) for one in report["items"] if one["problems"]
    ]
    if trouble:
        print_table("Lines that were refused", ("line", "why"), trouble)
    if report["not_understood"]:
        print_line(f"Columns that were not understood: {', '.join(report['not_understood'])}.")
    counts = ", ".join(
        f"{report[name]} {name}" for name in ("created", "updated", "unchanged", "refused")
    )
    tried = "Nothing was stored. It would be: " if report["dry_run"] else ""
    print_line(f"{tried}{counts}.")
    if report["created"] and not report["dry_run"]:
        print_line(
            "Somebody else must confirm the new contacts before they count as another person."
        )
