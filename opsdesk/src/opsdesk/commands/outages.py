"""`opsdesk outages list | open | end | availability`."""

from typing import Annotated

from typer import Argument, Option, Typer

from opsdesk.api_client import JSON
from opsdesk.commands.console import run, say, show, show_facts
from opsdesk.formatting import instant, lasting, shown
from opsdesk.session import own_desk

app = Typer(help="What was down, and how much that was.", no_args_is_help=True)
FEW = 50

Customer = Annotated[str | None, Option(help="The customer's key.")]
Environment = Annotated[str | None, Option(help="The environment's key.")]
Service = Annotated[str | None, Option(help="The service's key.")]


@app.command("list")
def list_(
    customer: Customer = None,
    environment: Environment = None,
    service: Service = None,
    state: Annotated[str | None, Option(help="open or ended.")] = None,
) -> None:
    """Show the newest outages."""
    run(_list(_said(customer=customer, environment=environment, service=service, state=state)))


@app.command("open")
def open_(
    reason: Annotated[str, Argument(help="What is down, and how you know.")],
    environment: Environment = None,
    service: Service = None,
    customer: Customer = None,
    since: Annotated[str | None, Option(help="An instant; now, if left out.")] = None,
) -> None:
    """Report by hand that something is down."""
    place = {"customer": customer, "environment": environment, "service": service}
    run(_open(_said(reason=reason, **place), since))


@app.command("end")
def end(
    outage: Annotated[str, Argument(help="Its key, such as OUT-7.")],
    at: Annotated[str | None, Option(help="An instant; now, if left out.")] = None,
    reason: Annotated[str | None, Option(help="What ended it.")] = None,
) -> None:
    """Say that what was reported by hand is up again."""
    run(_end(outage, _said(reason=reason), at))


@app.command("availability")
def availability(
    customer: Customer = None,
    environment: Environment = None,
    service: Service = None,
    month: Annotated[
        str | None, Option(help="Such as 2026-06; the present one, if left out.")
    ] = None,
) -> None:
    """Show a month's availability, and how it was counted."""
    asked = _said(customer=customer, environment=environment, service=service, month=month)
    run(_availability(asked))


def _said(**told: str | None) -> JSON:
    return {name: value for name, value in told.items() if value is not None}


async def _list(asked: JSON) -> None:
    async with own_desk() as desk:
        page = await desk.get("sla", "/v1/outages", limit=FEW, **asked)
    columns = ("outage", "customer", "environment", "service", "by", "since", "until", "lasted")
    show("Outages", columns, (_row(outage) for outage in page["items"]))
    if page["next"]:
        say(f"These are the newest {FEW}; narrow it down by --customer or --state.")


async def _open(asked: JSON, since: str | None) -> None:
    times = {"started_at": instant(since).isoformat()} if since else {}
    async with own_desk() as desk:
        outage = await desk.post("sla", "/v1/outages", asked | times)
    place = outage["service"] or outage["environment"]
    say(f"{outage['key']} is open: {place} is down since {shown(outage['started_at'])}.")


async def _end(key: str, asked: JSON, at: str | None) -> None:
    times = {"ended_at": instant(at).isoformat()} if at else {}
    async with own_desk() as desk:
        outage = await desk.post("sla", f"/v1/outages/{key}/end", asked | times)
    say(f"{outage['key']} has ended after {lasting(outage['lasted_seconds'])}.")


async def _availability(asked: JSON) -> None:
    async with own_desk() as desk:
        found = await desk.get("sla", "/v1/availability", **asked)
    show_facts(f"Availability, {found['month']} ({found['timezone']})", _facts(found))
    columns = ("from", "until", "why", "counted", "outages", "maintenance")
    show("Other than up", columns, (_interval(one) for one in found["intervals"]))


def _row(outage: JSON) -> tuple[object, ...]:
    times = shown(outage["started_at"]), shown(outage["ended_at"])
    place = outage["customer"], outage["environment"], outage["service"]
    lasted = lasting(outage["lasted_seconds"]) if outage["counts"] else "was none"
    return outage["key"], *place, outage["source"], *times, lasted


def _facts(found: JSON) -> list[tuple[str, object]]:
    def share(name: str) -> str | None:
        return None if found[name] is None else f"{found[name]:.4%}"

    verdict = {None: "nothing was promised", True: "met", False: "missed"}
    return [
        ("availability", share("availability")),
        ("promised", share("promised")),
        ("verdict", verdict[found["met"]]),
        ("agreed service time so far", lasting(found["agreed_seconds"])),
        ("down in it", lasting(found["down_seconds"])),
        ("excused by agreed maintenance", lasting(found["excused_seconds"])),
        ("impaired", lasting(found["impaired_seconds"])),
        ("of the allowed downtime used", share("budget_used")),
        ("failures", found["failures"]),
        ("mean time to repair", lasting(found["mttr_seconds"])),
        ("mean time between failures", lasting(found["mtbf_seconds"])),
    ]


def _interval(one: JSON) -> tuple[object, ...]:
    names = ", ".join(one["outages"]), ", ".join(one["maintenance"])
    return (
        shown(one["from"]),
        shown(one["until"]),
        one["why"],
        lasting(one["counted_seconds"]),
        *names,
    )
