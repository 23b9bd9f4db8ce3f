"""The commands `opsdesk status` and `opsdesk forecast`."""

from typing import Annotated

from typer import Option

from common.domain.console_pages import ConsolePages
from opsdesk.api_client import JSON
from opsdesk.commands.console import print_line, print_table, run_command
from opsdesk.endpoints import CONSOLE, find_endpoints
from opsdesk.formatting import format_instant
from opsdesk.session import own_client

RAG_LABELS = {"none": "nothing promised", "green": "on track", "amber": "at risk", "red": "BROKEN"}
OUTLOOK_LABELS = {"safe": "safe", "at_risk": "at risk", "likely_to_breach": "LIKELY TO BREAK"}
DEFAULT_LIMIT = 50


def status(
    page: Annotated[
        bool, Option(help="Print the address of the page of it in the console.")
    ] = False,
) -> None:
    """Show open, at-risk and breached promises per customer and service, and the availability."""
    if page:
        print_line(ConsolePages(find_endpoints().url(CONSOLE)).address("status") or "")
    else:
        run_command(_status())


def forecast(
    ticket: Annotated[str | None, Option(help="Of one ticket by key, computed now.")] = None,
    customer: Annotated[str | None, Option(help="Of one customer, by key.")] = None,
) -> None:
    """List promises that are likely to be breached, and why."""
    run_command(_ticket_forecast(ticket) if ticket else _forecasts(customer))


async def _status() -> None:
    async with own_client() as client:
        status = await client.get("sla", "/v1/status")
    columns = (
        "customer",
        "service",
        "",
        "open tickets",
        "promises",
        "at risk",
        "breached",
        "approved",
        "available",
        "next deadline",
    )
    print_table(
        f"Promises at {format_instant(status['at'])}",
        columns,
        (_status_row(line) for line in status["lines"]),
    )


async def _forecasts(customer: str | None) -> None:
    asked = {"customer": customer} if customer else {}
    async with own_client() as client:
        page = await client.get("sla", "/v1/forecasts", limit=DEFAULT_LIMIT, **asked)
    columns = ("ticket", "clock", "outlook", "probability", "breaks", "why")
    print_table("Forecasts", columns, (_forecast_row(one) for one in page["items"]))


async def _ticket_forecast(ticket: str) -> None:
    async with own_client() as client:
        forecasts = await client.post("sla", "/v1/forecasts", {"ticket": ticket})
    for one in forecasts["items"]:
        print_line(
            f"{one['ticket']} {one['metric']}: {_outlook(one)}, breaks {format_instant(one['expected_breach_at'])}"
        )
        for reason in one["reasons"]:
            print_line(f"  {reason}")
    if not forecasts["items"]:
        print_line(f"{ticket} has no promise that is still open.")


def _status_row(line: JSON) -> tuple[object, ...]:
    names = ("tickets", "open", "at_risk", "breached", "excused")
    available = None if line["availability"] is None else f"{line['availability']:.3%}"
    service = line["service"] or "-"
    figures = (line[name] for name in names)
    return (
        line["name"],
        service,
        RAG_LABELS[line["rag_status"]],
        *figures,
        available,
        format_instant(line["next_at"]),
    )


def _forecast_row(one: JSON) -> tuple[object, ...]:
    probability = f"{one['probability']:.0%}"
    expected_breach_at, why = (
        format_instant(one["expected_breach_at"]),
        " ".join(one["reasons"][1:]),
    )
    return (
        one["ticket"],
        one["metric"],
        OUTLOOK_LABELS[one["outlook"]],
        probability,
        expected_breach_at,
        why,
    )


def _outlook(one: JSON) -> str:
    return f"{OUTLOOK_LABELS[one['outlook']]} ({one['probability']:.0%})"
