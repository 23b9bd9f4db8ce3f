"""The commands `opsdesk outages list | open | end | availability`."""

from typing import Annotated

from typer import Argument, Option, Typer

from opsdesk.api_client import JSON
from opsdesk.commands.console import print_facts, print_line, print_table, run_command
from opsdesk.formatting import format_duration, format_instant, parse_instant
from opsdesk.session import own_client

app = Typer(help="Outages and availability.", no_args_is_help=True)
DEFAULT_LIMIT = 50

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
    """List the newest outages."""
    run_command(
        _list(
            _given_fields(customer=customer, environment=environment, service=service, state=state)
        )
    )


@app.command("open")
def open_(
    reason: Annotated[str, Argument(help="What is down, and how you know.")],
    environment: Environment = None,
    service: Service = None,
    customer: Customer = None,
    since: Annotated[str | None, Option(help="An instant; by default now.")] = None,
    reach: Annotated[
        str | None,
        Option("--scope", help="customer or everybody: all environments. Needs a second person."),
    ] = None,
) -> None:
    """Report an outage by hand."""
    scope = {"customer": customer, "environment": environment, "service": service, "scope": reach}
    run_command(_open(_given_fields(reason=reason, **scope), since))


@app.command("confirm")
def confirm(outage: Annotated[str, Argument(help="Its key, such as OUT-7.")]) -> None:
    """Confirm, as a second person, what another one asked of an outage."""
    run_command(_confirm(outage))


@app.command("end")
def end(
    outage: Annotated[str, Argument(help="Its key, such as OUT-7.")],
    at: Annotated[str | None, Option(help="An instant; by default now.")] = None,
    reason: Annotated[str | None, Option(help="What ended it.")] = None,
) -> None:
    """End an outage that was reported by hand."""
    run_command(_end(outage, _given_fields(reason=reason), at))


@app.command("availability")
def availability(
    customer: Customer = None,
    environment: Environment = None,
    service: Service = None,
    month: Annotated[
        str | None, Option(help="Such as 2026-06; by default the present one.")
    ] = None,
) -> None:
    """Show the availability of a month, and how it was computed."""
    query = _given_fields(customer=customer, environment=environment, service=service, month=month)
    run_command(_availability(query))


def _given_fields(**fields: str | None) -> JSON:
    return {name: value for name, value in fields.items() if value is not None}


async def _list(query: JSON) -> None:
    async with own_client() as client:
        page = await client.get("sla", "/v1/outages", limit=DEFAULT_LIMIT, **query)
    columns = ("outage", "customer", "environment", "service", "by", "since", "until", "lasted")
    print_table("Outages", columns, (_row(outage) for outage in page["items"]))
    if page["next"]:
        print_line(
            f"These are the newest {DEFAULT_LIMIT}; narrow it down by --customer or --state."
        )


async def _open(body: JSON, start: str | None) -> None:
    times = {"started_at": parse_instant(start).isoformat()} if start else {}
    async with own_client() as client:
        outage = await client.post("sla", "/v1/outages", body | times)
    key, since = outage["key"], format_instant(outage["started_at"])
    subject = outage["service"] or outage["environment"]
    if outage["counts"]:
        print_line(f"{key} is open: {subject} is down since {since}.")
    else:
        print_line(f"{key} is reported and does not count yet: {subject} down since {since}.")
        print_line(f"It counts once another person has said `outages confirm {key}`.")


async def _confirm(key: str) -> None:
    async with own_client() as client:
        outage = await client.get("sla", f"/v1/outages/{key}")
        waiting = [one["id"] for one in outage["corrections"] if one["state"] == "requested"]
        for id in waiting:
            await client.post("sla", f"/v1/outages/{key}/corrections/{id}/confirm", {})
    print_line(f"{outage['key']}: {len(waiting)} confirmed.")


async def _end(key: str, body: JSON, at: str | None) -> None:
    times = {"ended_at": parse_instant(at).isoformat()} if at else {}
    async with own_client() as client:
        outage = await client.post("sla", f"/v1/outages/{key}/end", body | times)
    print_line(f"{outage['key']} has ended after {format_duration(outage['duration_seconds'])}.")


async def _availability(query: JSON) -> None:
    async with own_client() as client:
        figures = await client.get("sla", "/v1/availability", **query)
    print_facts(f"Availability, {figures['month']} ({figures['timezone']})", _facts(figures))
    columns = ("from", "until", "why", "counted", "outages", "maintenance")
    print_table(
        "Intervals that were not up", columns, (_interval_row(one) for one in figures["intervals"])
    )


def _row(outage: JSON) -> tuple[object, ...]:
    times = format_instant(outage["started_at"]), format_instant(outage["ended_at"])
    scope = outage["customer"], outage["environment"], outage["service"]
    duration = format_duration(outage["duration_seconds"]) if outage["counts"] else "no outage"
    return outage["key"], *scope, outage["source"], *times, duration


def _facts(figures: JSON) -> list[tuple[str, object]]:
    def share(name: str) -> str | None:
        return None if figures[name] is None else f"{figures[name]:.4%}"

    verdict = {None: "nothing was promised", True: "met", False: "missed"}
    return [
        ("availability", share("availability")),
        ("promised", share("promised")),
        ("verdict", verdict[figures["met"]]),
        ("agreed service time so far", format_duration(figures["agreed_seconds"])),
        ("down in it", format_duration(figures["down_seconds"])),
        ("excluded by agreed maintenance", format_duration(figures["excluded_seconds"])),
        ("degraded", format_duration(figures["degraded_seconds"])),
        ("of the allowed downtime used", share("budget_used")),
        ("failures", figures["failures"]),
        ("mean time to repair", format_duration(figures["mttr_seconds"])),
        ("mean time between failures", format_duration(figures["mtbf_seconds"])),
    ]


def _interval_row(interval: JSON) -> tuple[object, ...]:
    names = ", ".join(interval["outages"]), ", ".join(interval["maintenance"])
    return (
        format_instant(interval["starts_at"]),
        format_instant(interval["ends_at"]),
        interval["reason"],
        format_duration(interval["agreed_seconds"]),
        *names,
    )
