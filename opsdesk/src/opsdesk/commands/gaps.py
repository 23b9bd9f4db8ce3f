"""The command `opsdesk gaps`: what is not promised, or promised faster than what it depends on."""

from typing import Annotated, Final

from typer import Option

from opsdesk.api_client import JSON
from opsdesk.commands.console import print_line, print_table, run_command
from opsdesk.session import own_client

COLUMNS: Final = ("gap", "about", "what is missing", "what to do", "who")
ABOUT: Final = ("customer", "service", "environment", "partner", "agreement", "metric", "priority")


def gaps(
    customer: Annotated[
        str | None, Option(help="All that matters to one customer, by key.")
    ] = None,
    code: Annotated[str | None, Option(help="One kind, such as PARTNER_WITHOUT_CONTRACT.")] = None,
    days: Annotated[int | None, Option(help="Agreements that end within so many days.")] = None,
) -> None:
    """List the gaps in what is promised, what to do about them, and who does it."""
    query = {"customer": customer, "code": code, "days": days}
    run_command(_gaps({name: value for name, value in query.items() if value is not None}))


async def _gaps(query: JSON) -> None:
    async with own_client() as client:
        found = [one async for one in client.items("sla", "/v1/gaps", **query)]
    if not found:
        print_line("There are no gaps.")
        return
    print_table("Gaps in what is promised", COLUMNS, (_row(one) for one in found))


def _row(gap: JSON) -> tuple[object, ...]:
    about = ", ".join(str(gap[name]) for name in ABOUT if gap[name]) or ", ".join(gap["concerned"])
    return gap["code"], about or None, gap["detail"], gap["recommendation"], gap["owner"]
