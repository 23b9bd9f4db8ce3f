"""`opsdesk reviews list|show|fetch`."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option, Typer

from opsdesk.api_client import JSON
from opsdesk.commands.console import print_facts, print_line, print_table, run_command
from opsdesk.errors import CliError
from opsdesk.formatting import format_instant
from opsdesk.session import own_client

app = Typer(help="Operational reviews: a customer's month.", no_args_is_help=True)
DEFAULT_LIMIT = 50
EDITION_HELP = "Which edition; 0 is the draft, the newest published one if none is named."


@app.command("list")
def list_(
    customer: Annotated[str | None, Option(help="Of one customer, by key.")] = None,
    month: Annotated[str | None, Option(help="Of one month: 2026-06.")] = None,
) -> None:
    """The newest month first."""
    query = {"customer": customer, "month": month}
    run_command(_list({name: value for name, value in query.items() if value is not None}))


@app.command("show")
def show_(
    key: Annotated[str, Argument(help="acme-2026-06")],
    edition: Annotated[int | None, Option(help=EDITION_HELP)] = None,
) -> None:
    """The month in figures, the agenda, and what is owed."""
    run_command(_show(key, {} if edition is None else {"edition": edition}))


@app.command()
def fetch(
    key: Annotated[str, Argument(help="acme-2026-06")],
    form: Annotated[str, Option("--format", help="pdf, xlsx, html or csv")] = "pdf",
    to: Annotated[Path | None, Option(help="The file; review-KEY.FORMAT if none.")] = None,
    edition: Annotated[int | None, Option(help=EDITION_HELP)] = None,
) -> None:
    """Keep it as a file, to print or to send."""
    query = {"format": form} | ({} if edition is None else {"edition": edition})
    run_command(_fetch(key, query, to or Path(f"review-{key}.{form}")))


async def _list(query: JSON) -> None:
    async with own_client() as client:
        page = await client.get("sla", "/v1/reviews", limit=DEFAULT_LIMIT, **query)
    columns = ("review", "customer", "month", "drawn up by", "at", "edition")
    print_table("Reviews", columns, (_row(review) for review in page["items"]))


def _row(review: JSON) -> tuple[object, ...]:
    edition = review["edition"] or "draft"
    generated_at = format_instant(review["generated_at"])
    return (
        review["key"],
        review["customer"],
        review["month"],
        review["generated_by"],
        generated_at,
        edition,
    )


async def _show(key: str, query: JSON) -> None:
    async with own_client() as client:
        review = await client.get("sla", f"/v1/reviews/{key}", **query)
    report, usage = review["report"], review["report"]["usage"]
    compliance = usage["compliance"]
    facts = (
        ("customer", report["name"]),
        ("opened", f"{usage['opened']} ({report['previous_month']['opened']} the month before)"),
        ("resolved", usage["resolved"]),
        ("open at its end", usage["open"]),
        ("kept, raw", _format_share(compliance["raw"])),
        ("kept, with approved breaches", _format_share(compliance["adjusted"])),
        ("broken", report["breaches_total"]),
        ("shown", f"edition {review['shown_edition']}" if review["shown_edition"] else "draft"),
    )
    print_facts(key, facts)
    for number, item in enumerate(review["agenda"], start=1):
        print_line(f"{number:>3}. {item}")
    open_actions = [
        (a["key"], a["title"], a["owner"], a["due"], a["state"]) for a in review["actions"]
    ]
    if open_actions:
        print_table("Actions", ("action", "what", "owner", "due", "state"), open_actions)


async def _fetch(key: str, query: JSON, file: Path) -> None:
    async with own_client() as client:
        content = (await client.get_response("sla", f"/v1/reviews/{key}", **query)).content
    _write_file(content, file)


def _write_file(content: bytes, file: Path) -> None:
    """Raises Trouble where the file cannot be written."""
    try:
        file.write_bytes(content)
    except OSError as error:
        raise CliError(
            f"{file} cannot be written ({error.strerror}); name another: --to."
        ) from None
    print_line(f"{file}: {len(content):,} bytes")


def _format_share(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"
