"""The commands `opsdesk outages list | open | end | correct | confirm | refuse | availability | rules`."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option, Typer

from opsdesk.api_client import JSON
from opsdesk.commands.console import print_facts, print_line, print_table, run_command
from opsdesk.errors import CliError
from opsdesk.formatting import format_duration, format_instant, parse_instant
from opsdesk.json_files import read_fields
from opsdesk.session import own_client

app = Typer(help="Outages and availability.", no_args_is_help=True)
DEFAULT_LIMIT = 50

Key = Annotated[str, Argument(help="Its key, such as OUT-7.")]
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


@app.command("correct")
def correct(
    outage: Key,
    reason: Annotated[str, Argument(help="What was wrong, for the record.")],
    start: Annotated[str | None, Option("--from", help="When it began.")] = None,
    end: Annotated[str | None, Option("--until", help="When it ended.")] = None,
    reopened: Annotated[bool, Option("--lasts", help="It has not ended.")] = False,
    effect: Annotated[str | None, Option(help="down or degraded.")] = None,
    none: Annotated[bool, Option("--none", help="It was no outage.")] = False,
) -> None:
    """Ask for a correction of an outage. It changes nothing until a second person confirms it."""
    times = {"started_at": start, "ended_at": end}
    body: JSON = {
        name: parse_instant(at).isoformat() for name, at in times.items() if at is not None
    }
    body |= _given_fields(reason=reason, effect=effect)
    body |= ({"reopened": True} if reopened else {}) | ({"counts": False} if none else {})
    run_command(_correct(outage, body))


@app.command("confirm")
def confirm(outage: Key) -> None:
    """Confirm, as a second person, what another one asked of an outage."""
    run_command(_decide_corrections(outage, "confirm"))


@app.command("refuse")
def refuse(outage: Key) -> None:
    """Refuse, as a second person, what another one asked of an outage: it stays as it is."""
    run_command(_decide_corrections(outage, "refuse"))


@app.command("rules")
def rules(
    confirmed: Annotated[
        bool, Option("--confirm", help="Confirm rules by which nothing is an outage.")
    ] = False,
    replacement: Annotated[
        Path | None, Option("--replace", help='A file with all the rules as JSON: {"rules": …}.')
    ] = None,
) -> None:
    """Show by which rules alerts and tickets count as outages, or replace them."""
    if confirmed and replacement is not None:
        raise CliError("Replace the rules, or confirm what another person has asked for.")
    run_command(_rules(None if replacement is None else read_fields(replacement), confirmed))


@app.command("end")
def end(
    outage: Key,
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


async def _correct(key: str, body: JSON) -> None:
    async with own_client() as client:
        await client.post("sla", f"/v1/outages/{key}/corrections", body)
    print_line(f"The correction of {key} waits: another person says `outages confirm {key}`.")


async def _decide_corrections(key: str, verdict: str) -> None:
    async with own_client() as client:
        outage = await client.get("sla", f"/v1/outages/{key}")
        waiting = [one["id"] for one in outage["corrections"] if one["state"] == "requested"]
        for id in waiting:
            await client.post("sla", f"/v1/outages/{key}/corrections/{id}/{verdict}", {})
    done = "confirmed" if verdict == "confirm" else "refused"
    print_line(f"{outage['key']}: {len(waiting)} {done}.")


async def _rules(replacement: JSON | None, confirmed: bool) -> None:
    async with own_client() as client:
        if replacement is not None:
            found = await client.put("sla", "/v1/outage-rules", replacement)
        elif confirmed:
            found = await client.post("sla", "/v1/outage-rules/confirm", {})
        else:
            found = await client.get("sla", "/v1/outage-rules")
    columns = ("effect", "of", "levels", "monitors", "environments", "tiers", "services", "begins")
    print_table(
        f"Outage rules, version {found['version']}: the first that matches decides",
        columns,
        (_rule_row(one) for one in found["rules"]),
    )
    if found["waiting"]:
        who = found["waiting"]["requested_by"]
        print_line(f"{who} asked for rules by which nothing is an outage any more.")
        print_line("They hold once another person has said `outages rules --confirm`.")


def _rule_row(rule: JSON) -> tuple[object, ...]:
    lists = ("levels", "monitors", "environments", "tiers", "services")
    named = (", ".join(rule[name]) or "any" for name in lists)
    return rule["effect"] or "no outage", rule["source"] or "any", *named, rule["name_prefix"]


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
