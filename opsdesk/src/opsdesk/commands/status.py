"""`opsdesk status` and `opsdesk forecast`: how promises stand, and which ones will break."""

from typing import Annotated

from typer import Option

from opsdesk.api_client import JSON
from opsdesk.commands.console import run, say, show
from opsdesk.endpoints import find_running
from opsdesk.formatting import shown
from opsdesk.session import own_desk, token

LIGHTS = {"kept": "on track", "at_risk": "at risk", "broken": "BROKEN"}
OUTLOOKS = {"safe": "safe", "at_risk": "at risk", "likely": "LIKELY TO BREAK"}
FEW = 50


def status(
    page: Annotated[
        bool, Option(help="Say the address of the live page, with your token in it.")
    ] = False,
) -> None:
    """Show how all promises stand: per customer and service, and this month's availability."""
    if page:
        # Behind the #: it reaches no server's log.
        say(f"{find_running().url('sla')}/status#token={token()}")
    else:
        run(_status())


def forecast(
    ticket: Annotated[str | None, Option(help="Of one ticket by key, made anew now.")] = None,
    customer: Annotated[str | None, Option(help="Of one customer, by key.")] = None,
) -> None:
    """Show which open promises will break if nothing changes, and why."""
    run(_of_ticket(ticket) if ticket else _forecasts(customer))


async def _status() -> None:
    async with own_desk() as desk:
        told = await desk.get("sla", "/v1/status")
    columns = ("customer", "service", "", "open", "at risk", "broken", "available", "next deadline")
    show(f"Promises at {shown(told['at'])}", columns, (_line(line) for line in told["lines"]))


async def _forecasts(customer: str | None) -> None:
    asked = {"customer": customer} if customer else {}
    async with own_desk() as desk:
        page = await desk.get("sla", "/v1/forecasts", limit=FEW, **asked)
    columns = ("ticket", "clock", "outlook", "probability", "breaks", "why")
    show("Forecasts", columns, (_row(one) for one in page["items"]))


async def _of_ticket(ticket: str) -> None:
    async with own_desk() as desk:
        made = await desk.post("sla", "/v1/forecasts", {"ticket": ticket})
    for one in made["items"]:
        say(f"{one['ticket']} {one['metric']}: {_expected(one)}, breaks {shown(one['breaks_at'])}")
        for reason in one["reasons"]:
            say(f"  {reason}")
    if not made["items"]:
        say(f"{ticket} has no promise that is still open.")


def _line(line: JSON) -> tuple[object, ...]:
    names = ("open", "at_risk", "breached")
    available = None if line["availability"] is None else f"{line['availability']:.3%}"
    service = line["service"] or "-"
    figures = (line[name] for name in names)
    return line["name"], service, LIGHTS[line["light"]], *figures, available, shown(line["next_at"])


def _row(one: JSON) -> tuple[object, ...]:
    chance = f"{one['probability']:.0%}"
    breaks_at, why = shown(one["breaks_at"]), " ".join(one["reasons"][1:])
    return one["ticket"], one["metric"], OUTLOOKS[one["outlook"]], chance, breaks_at, why


def _expected(one: JSON) -> str:
    return f"{OUTLOOKS[one['outlook']]} ({one['probability']:.0%})"
