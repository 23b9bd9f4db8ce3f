"""`opsdesk reviews list|show|fetch`."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option, Typer

from opsdesk.api_client import JSON
from opsdesk.commands.console import run, say, show, show_facts
from opsdesk.errors import Trouble
from opsdesk.formatting import shown
from opsdesk.session import own_desk

app = Typer(help="Operational reviews: a customer's month.", no_args_is_help=True)
FEW = 50
NEWEST = "Which edition; 0 is the draft, the newest published one if none is named."


@app.command("list")
def list_(
    customer: Annotated[str | None, Option(help="Of one customer, by key.")] = None,
    month: Annotated[str | None, Option(help="Of one month: 2026-06.")] = None,
) -> None:
    """The newest month first."""
    asked = {"customer": customer, "month": month}
    run(_list({name: value for name, value in asked.items() if value is not None}))


@app.command("show")
def show_(
    key: Annotated[str, Argument(help="acme-2026-06")],
    edition: Annotated[int | None, Option(help=NEWEST)] = None,
) -> None:
    """The month in figures, the agenda, and what is owed."""
    run(_show(key, {} if edition is None else {"edition": edition}))


@app.command()
def fetch(
    key: Annotated[str, Argument(help="acme-2026-06")],
    form: Annotated[str, Option("--format", help="pdf, xlsx, html or csv")] = "pdf",
    to: Annotated[Path | None, Option(help="The file; review-KEY.FORMAT if none.")] = None,
    edition: Annotated[int | None, Option(help=NEWEST)] = None,
) -> None:
    """Keep it as a file, to print or to send."""
    asked = {"format": form} | ({} if edition is None else {"edition": edition})
    run(_fetch(key, asked, to or Path(f"review-{key}.{form}")))


async def _list(asked: JSON) -> None:
    async with own_desk() as desk:
        page = await desk.get("sla", "/v1/reviews", limit=FEW, **asked)
    columns = ("review", "customer", "month", "drawn up by", "at", "edition")
    show("Reviews", columns, (_row(review) for review in page["items"]))


def _row(one: JSON) -> tuple[object, ...]:
    edition = one["edition"] or "draft"
    drawn_at = shown(one["drawn_at"])
    return one["key"], one["customer"], one["month"], one["drawn_by"], drawn_at, edition


async def _show(key: str, asked: JSON) -> None:
    async with own_desk() as desk:
        told = await desk.get("sla", f"/v1/reviews/{key}", **asked)
    report, usage = told["report"], told["report"]["usage"]
    kept = usage["compliance"]
    facts = (
        ("customer", report["name"]),
        ("opened", f"{usage['opened']} ({report['before']['opened']} the month before)"),
        ("resolved", usage["resolved"]),
        ("open at its end", usage["open"]),
        ("kept, raw", _share(kept["raw"])),
        ("kept, with approved breaches", _share(kept["adjusted"])),
        ("broken", report["breaches_total"]),
        ("shown", f"edition {told['shown_edition']}" if told["shown_edition"] else "draft"),
    )
    show_facts(key, facts)
    for number, item in enumerate(told["agenda"], start=1):
        say(f"{number:>3}. {item}")
    owed = [(a["key"], a["title"], a["owner"], a["due"], a["state"]) for a in told["actions"]]
    if owed:
        show("Actions", ("action", "what", "owner", "due", "state"), owed)


async def _fetch(key: str, asked: JSON, file: Path) -> None:
    async with own_desk() as desk:
        content = (await desk.fetch("sla", f"/v1/reviews/{key}", **asked)).content
    _keep(content, file)


def _keep(content: bytes, file: Path) -> None:
    """Raises Trouble where the file cannot be written."""
    try:
        file.write_bytes(content)
    except OSError as error:
        raise Trouble(f"{file} cannot be written ({error.strerror}); name another: --to.") from None
    say(f"{file}: {len(content):,} bytes")


def _share(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"
