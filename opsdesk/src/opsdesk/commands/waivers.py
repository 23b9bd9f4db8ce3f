"""The commands `opsdesk waivers list | show | request | approve | refuse | revoke | withdraw`."""

from datetime import datetime
from typing import Annotated

from typer import Argument, Option, Typer

from opsdesk.api_client import JSON, ApiClient
from opsdesk.commands.console import print_facts, print_line, print_table, run_command
from opsdesk.errors import CliError
from opsdesk.formatting import format_duration, format_instant, parse_instant
from opsdesk.session import own_client

app = Typer(
    help="Waivers: the general manager's approval of a breach, before it happens.",
    no_args_is_help=True,
)
DEFAULT_LIMIT = 50

Key = Annotated[str, Argument(help="Its key, such as WVR-7.")]
Why = Annotated[str | None, Option(help="The reason, for the record.")]
Customer = Annotated[str | None, Option(help="The customer's key.")]


@app.command("list")
def list_(
    state: Annotated[
        str, Option(help="requested, approved, refused, withdrawn, revoked or expired.")
    ] = "requested",
    customer: Customer = None,
) -> None:
    """List waivers to be decided, the most urgent first; of other states the newest first."""
    run_command(_list(state, {"customer": customer} if customer else {}))


@app.command("show")
def show_(waiver: Key) -> None:
    """Show a waiver with the time left to decide on it."""
    run_command(_show(waiver))


@app.command()
def request(
    reason: Annotated[str, Argument(help="Why the promise will be breached.")],
    until: Annotated[str, Option(help="The end: breaches from then on are not covered.")],
    ticket: Annotated[str | None, Option(help="The ticket of the promise, by key.")] = None,
    metric: Annotated[str, Option(help="The promise: first_response, update, …")] = "resolution",
    customer: Annotated[
        str | None, Option(help="Instead of a ticket: all promises to this customer, by key.")
    ] = None,
    service: Annotated[str | None, Option(help="Only for this service.")] = None,
    since: Annotated[str | None, Option("--from", help="The start; with --customer.")] = None,
) -> None:
    """Request a waiver. Instants without offset are in your time zone."""
    period = {"customer": customer, "service": service, "starts_at": since}
    period_fields = {name: value for name, value in period.items() if value is not None}
    if ticket is not None:
        run_command(_about_ticket(ticket, metric, period_fields, reason, until))
    else:
        run_command(_about_period(period_fields, reason, until))


@app.command()
def approve(waiver: Key, reason: Why = None) -> None:
    """Approve a waiver, as a general manager who did not request it."""
    run_command(_decide(waiver, "approve", reason))


@app.command()
def refuse(waiver: Key, reason: Why = None) -> None:
    """Refuse a waiver."""
    run_command(_decide(waiver, "refuse", reason))


@app.command()
def revoke(waiver: Key, reason: Annotated[str, Argument(help="Why, for the record.")]) -> None:
    """Revoke an approval: breaches from now on count, earlier ones stay covered."""
    run_command(_decide(waiver, "revoke", reason))


@app.command()
def withdraw(waiver: Key, reason: Annotated[str, Argument(help="Why, for the record.")]) -> None:
    """Withdraw your own request before it is decided."""
    run_command(_decide(waiver, "withdraw", reason))


async def _list(state: str, query: JSON) -> None:
    async with own_client() as client:
        waivers = [one async for one in client.items("sla", "/v1/waivers", state=state, **query)]
    rows = sorted(waivers, key=_urgency) if state == "requested" else waivers[::-1]
    columns = ("waiver", "about", "time left", "decide by", "asked by", "reason")
    print_table(f"Waivers, {state}", columns, (_row(one) for one in rows[:DEFAULT_LIMIT]))
    if len(rows) > DEFAULT_LIMIT:
        print_line(f"These are {DEFAULT_LIMIT} of {len(rows)}; narrow it down by --customer.")


async def _show(key: str) -> None:
    async with own_client() as client:
        waiver = await client.get("sla", f"/v1/waivers/{key}")
        clock = await _get_clock(client, waiver)
    print_facts(f"{waiver['key']}: {_subject(waiver)}", [*_facts(waiver), *_clock_summary(clock)])
    if waiver["state"] == "requested":
        print_line(f"Decide: opsdesk waivers approve {waiver['key']}, or refuse {waiver['key']}.")


async def _about_ticket(ticket: str, metric: str, period: JSON, reason: str, until: str) -> None:
    if period:
        raise CliError("Name either a --ticket, or a --customer with --from; not both.")
    body = {"reason": reason, "expires_at": parse_instant(until).isoformat()}
    async with own_client() as client:
        page = await client.get("sla", f"/v1/tickets/{ticket}/clocks")
        clock = _find_clock(page["items"], ticket, metric)
        _report_decision(await client.post("sla", "/v1/waivers", body | {"clock_id": clock["id"]}))


async def _about_period(period: JSON, reason: str, until: str) -> None:
    if not {"customer", "starts_at"} <= period.keys():
        raise CliError("Name either a --ticket, or a --customer with --from.")
    times = {"starts_at": period["starts_at"], "ends_at": until}
    body = period | {name: parse_instant(at).isoformat() for name, at in times.items()}
    async with own_client() as client:
        _report_decision(await client.post("sla", "/v1/waivers", body | {"reason": reason}))


async def _decide(key: str, verdict: str, reason: str | None) -> None:
    body = {} if reason is None else {"reason": reason}
    async with own_client() as client:
        waiver = await client.post("sla", f"/v1/waivers/{key}/{verdict}", body)
    print_line(f"{waiver['key']} is {waiver['state']}: {_subject(waiver)}.")
    if waiver["late"]:
        print_line("It came too late: it is recorded, and covers nothing.")
    elif waiver["state"] == "approved":
        print_line(f"It covers breaches before {format_instant(_covers_until(waiver))}.")


async def _get_clock(client: ApiClient, waiver: JSON) -> JSON | None:
    if waiver["clock_id"] is None:
        return None
    return dict(await client.get("sla", f"/v1/clocks/{waiver['clock_id']}"))


def _find_clock(clocks: list[JSON], ticket: str, metric: str) -> JSON:
    """Return the customer's clock of this metric. Raises CliError, naming those there are."""
    own_clocks = [one for one in clocks if one["contract"] == "sla"]
    for one in own_clocks:
        if one["metric"] == metric:
            return one
    metrics = ", ".join(sorted({one["metric"] for one in own_clocks})) or "none"
    raise CliError(f"{ticket} has no {metric} clock; it has: {metrics}.")


def _report_decision(waiver: JSON) -> None:
    print_line(f"{waiver['key']} is requested: {_subject(waiver)}.")
    print_line(f"Time left for the general manager: {_time_left(waiver)}.")


def _subject(waiver: JSON) -> str:
    if waiver["clock_id"] is not None:
        return f"{waiver['metric']} of {waiver['ticket']}"
    return f"{waiver['service'] or 'every service'} of {waiver['customer']}"


def _time_left(waiver: JSON) -> str:
    """Describe the time that is left to decide."""
    if waiver["state"] != "requested":
        return "-"
    if waiver["decide_by"] is None:
        return "the clock is paused"
    return (
        format_duration(waiver["remaining_seconds"])
        if waiver["remaining_seconds"]
        else "NONE: too late"
    )


def _urgency(waiver: JSON) -> tuple[bool, str]:
    return waiver["decide_by"] is None, waiver["decide_by"] or waiver["requested_at"]


def _covers_until(waiver: JSON) -> datetime:
    ends = (waiver["expires_at"], waiver["ends_at"], waiver["ended_at"])
    return min(parse_instant(end) for end in ends if end is not None)


def _row(waiver: JSON) -> tuple[object, ...]:
    decide_by, details = (
        format_instant(waiver["decide_by"]),
        (waiver["requested_by"], waiver["reason"]),
    )
    return waiver["key"], _subject(waiver), _time_left(waiver), decide_by, *details


def _facts(waiver: JSON) -> list[tuple[str, object]]:
    late = ", too late: it covers nothing" if waiver["late"] else ""
    asked_at, starts_at = format_instant(waiver["requested_at"]), waiver["starts_at"]
    return [
        ("state", f"{waiver['state']}{late}"),
        ("time left", _time_left(waiver) if waiver["state"] == "requested" else None),
        ("decide by", waiver["decide_by"] and format_instant(waiver["decide_by"])),
        ("customer", waiver["customer"]),
        ("covers from", starts_at and format_instant(starts_at)),
        ("covers until", format_instant(_covers_until(waiver))),
        ("reason", waiver["reason"]),
        ("asked by", f"{waiver['requested_by']}, {asked_at}"),
        ("decided by", _person_at(waiver, "decided_by", "decided_at")),
        ("because", waiver["decision_reason"]),
        ("ended by", _person_at(waiver, "ended_by", "ended_at")),
        ("ended because", waiver["end_reason"]),
    ]


def _person_at(waiver: JSON, person: str, at: str) -> str | None:
    return None if waiver[person] is None else f"{waiver[person]}, {format_instant(waiver[at])}"


def _clock_summary(clock: JSON | None) -> list[tuple[str, object]]:
    if clock is None:
        return []
    return [
        ("ticket", f"{clock['ticket']} ({clock['priority']}): {clock['title']}"),
        ("promised", format_duration(clock["target_seconds"])),
        ("deadline", format_instant(clock["deadline"])),
        ("clock", clock["state"]),
    ]
