"""The commands `opsdesk import contacts | tickets`: from files of other systems."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option, Typer

from opsdesk.api_client import JSON
from opsdesk.commands.console import print_line, print_table, run_command
from opsdesk.commands.import_files import bring_files
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


@app.command("tickets")
def tickets(
    file: Annotated[Path, Argument(help="An export, CSV or JSON, of at most 16 MiB.")],
    source: Annotated[str, Option(help="servicenow, jira or zendesk.")],
    customer: Annotated[
        str | None, Option(help="Whose tickets they are, unless a record says.")
    ] = None,
    timezone: Annotated[str, Option(help="The zone of moments without offset.")] = "UTC",
    files: Annotated[
        Path | None,
        Option(help="The folder with the attachments; by default `attachments` beside the export."),
    ] = None,
    dry_run: Annotated[bool, Option("--dry-run", help="Only say what would be done.")] = False,
) -> None:
    """Import tickets from an export, and the attachments that it names. The same again changes nothing."""
    query = {"source": source, "customer": customer, "timezone": timezone, "dry_run": dry_run}
    given: dict[str, object] = {name: value for name, value in query.items() if value}
    run_command(_tickets(file, given, files))


async def _tickets(file: Path, query: dict[str, object], files: Path | None) -> None:
    if files is not None and not files.is_dir():  # noqa: ASYNC240 - a command waits for its own disk
        raise CliError(f"There is no folder {files}; nothing was imported.")
    folder = files or file.parent / "attachments"
    data = _read(file)
    async with own_client() as client:
        report = await client.post_bytes(
            "intake", "/v1/imports/tickets", data, _media_type(file, data), **query
        )
        _report_tickets(report)
        if not report["dry_run"]:
            await bring_files(client, str(query["source"]), folder)


def _report_tickets(report: JSON) -> None:
    remarks = [
        (one["number"], one["external_id"] or "", one["ticket"] or "", "; ".join(one["remarks"]))
        for one in report["items"]
    ]
    if remarks:
        columns = ("record", "there", "here", "what was not understood")
        print_table("Records to look at", columns, remarks)
    counts = ", ".join(f"{report[name]} {name}" for name in ("imported", "known", "refused"))
    tried = "Nothing was stored. It would be: " if report["dry_run"] else ""
    print_line(f"{tried}{counts}, with {report['files']} attachments named.")


def _media_type(file: Path, data: bytes) -> str:
    if data.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] not in (b"{", b"["):
        return "text/csv"
    return "application/x-ndjson" if file.suffix == ".ndjson" else "application/json"


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise CliError(f"{file} cannot be read: {error.strerror}.") from None


async def import_directory(kind: str, file: Path, *, dry_run: bool) -> None:
    """Import customers, environments, partners or staff from a CSV file, and say what became of its lines."""
    data = _read(file)
    query = {"kind": kind} | ({"dry_run": True} if dry_run else {})
    async with own_client() as client:
        report = await client.post_bytes(
            "intake", "/v1/imports/directory", data, "text/csv", **query
        )
    _report_lines(report)


async def _contacts(file: Path, query: dict[str, object]) -> None:
    data = _read(file)
    async with own_client() as client:
        report = await client.post_bytes(
            "intake", "/v1/imports/contacts", data, "text/csv", **query
        )
    _report_lines(report)
    if report["created"] and not report["dry_run"]:
        print_line(
            "Somebody else must confirm the new contacts before they count as another person."
        )


def _report_lines(report: JSON) -> None:
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
