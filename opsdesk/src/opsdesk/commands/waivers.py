"""`opsdesk waivers list | show | request | approve | refuse`."""

from datetime import datetime
from typing import Annotated

from typer import Argument, Option, Typer

from opsdesk.api_client import JSON, Desk
from opsdesk.commands.console import run, say, show, show_facts
from opsdesk.errors import Trouble
from opsdesk.formatting import instant, lasting, shown
from opsdesk.session import own_desk

app = Typer(
    help="The general manager's approval of a violation, before it happens.", no_args_is_help=True
)
FEW = 50

Key = Annotated[str, Argument(help="Its key, such as WVR-7.")]
Why = Annotated[str | None, Option(help="For the record.")]
Customer = Annotated[str | None, Option(help="The customer's key.")]


@app.command("list")
def list_(
    state: Annotated[
        str, Option(help="requested, approved, refused, withdrawn, revoked or expired.")
    ] = "requested",
    customer: Customer = None,
) -> None:
    """Show what waits for a decision, the most urgent first; of other states the newest."""
    run(_list(state, {"customer": customer} if customer else {}))


@app.command("show")
def show_(waiver: Key) -> None:
    """Show a waiver, with the time that is left to decide on it."""
    run(_show(waiver))


@app.command()
def request(
    reason: Annotated[str, Argument(help="Why the promise will be broken.")],
    until: Annotated[str, Option(help="What breaks then or later is not covered.")],
    ticket: Annotated[str | None, Option(help="About a promise on this ticket, by key.")] = None,
    metric: Annotated[str, Option(help="Which one: first_response, update, …")] = "resolution",
    customer: Annotated[
        str | None, Option(help="Or about all that this customer was promised, by key.")
    ] = None,
    service: Annotated[str | None, Option(help="For this service of theirs alone.")] = None,
    since: Annotated[str | None, Option("--from", help="From when on; with --customer.")] = None,
) -> None:
    """Ask for a waiver. Instants are in your own zone, unless they have an offset."""
    period = {"customer": customer, "service": service, "starts_at": since}
    given = {name: value for name, value in period.items() if value is not None}
    if ticket is not None:
        run(_about_ticket(ticket, metric, given, reason, until))
    else:
        run(_about_period(given, reason, until))


@app.command()
def approve(waiver: Key, reason: Why = None) -> None:
    """Approve it, as a general manager who has not asked for it."""
    run(_decide(waiver, "approve", reason))


@app.command()
def refuse(waiver: Key, reason: Why = None) -> None:
    """Refuse it: the promise stands."""
    run(_decide(waiver, "refuse", reason))


async def _list(state: str, asked: JSON) -> None:
    async with own_desk() as desk:
        found = [one async for one in desk.items("sla", "/v1/waivers", state=state, **asked)]
    rows = sorted(found, key=_urgency) if state == "requested" else found[::-1]
    columns = ("waiver", "about", "time left", "decide by", "asked by", "reason")
    show(f"Waivers, {state}", columns, (_row(one) for one in rows[:FEW]))
    if len(rows) > FEW:
        say(f"These are {FEW} of {len(rows)}; narrow it down by --customer.")


async def _show(key: str) -> None:
    async with own_desk() as desk:
        waiver = await desk.get("sla", f"/v1/waivers/{key}")
        clock = await _clock_of(desk, waiver)
    show_facts(f"{waiver['key']}: {_about(waiver)}", [*_facts(waiver), *_promise(clock)])
    if waiver["state"] == "requested":
        say(f"Decide: opsdesk waivers approve {waiver['key']}, or refuse {waiver['key']}.")


async def _about_ticket(ticket: str, metric: str, period: JSON, reason: str, until: str) -> None:
    if period:
        raise Trouble("Name either a --ticket, or a --customer with --from; not both.")
    body = {"reason": reason, "expires_at": instant(until).isoformat()}
    async with own_desk() as desk:
        page = await desk.get("sla", f"/v1/tickets/{ticket}/clocks")
        clock = _promised(page["items"], ticket, metric)
        _tell(await desk.post("sla", "/v1/waivers", body | {"clock_id": clock["id"]}))


async def _about_period(period: JSON, reason: str, until: str) -> None:
    if not {"customer", "starts_at"} <= period.keys():
        raise Trouble("Name either a --ticket, or a --customer with --from.")
    times = {"starts_at": period["starts_at"], "ends_at": until}
    body = period | {name: instant(at).isoformat() for name, at in times.items()}
    async with own_desk() as desk:
        _tell(await desk.post("sla", "/v1/waivers", body | {"reason": reason}))


async def _decide(key: str, verdict: str, reason: str | None) -> None:
    body = {} if reason is None else {"reason": reason}
    async with own_desk() as desk:
        waiver = await desk.post("sla", f"/v1/waivers/{key}/{verdict}", body)
    say(f"{waiver['key']} is {waiver['state']}: {_about(waiver)}.")
    if waiver["late"]:
        say("It came too late: it is kept, and covers nothing.")
    elif waiver["state"] == "approved":
        say(f"It covers what breaks before {shown(_covers_until(waiver))}.")


async def _clock_of(desk: Desk, waiver: JSON) -> JSON | None:
    if waiver["clock_id"] is None:
        return None
    return dict(await desk.get("sla", f"/v1/clocks/{waiver['clock_id']}"))


def _promised(clocks: list[JSON], ticket: str, metric: str) -> JSON:
    """The customer's clock of this metric. Raises Trouble, naming those there are."""
    ours = [one for one in clocks if one["contract"] == "sla"]
    for one in ours:
        if one["metric"] == metric:
            return one
    known = ", ".join(sorted({one["metric"] for one in ours})) or "none"
    raise Trouble(f"{ticket} has no {metric} clock; it has: {known}.")


def _tell(waiver: JSON) -> None:
    say(f"{waiver['key']} is requested: {_about(waiver)}.")
    say(f"Time left for the general manager: {_left(waiver)}.")


def _about(waiver: JSON) -> str:
    if waiver["clock_id"] is not None:
        return f"{waiver['metric']} of {waiver['ticket']}"
    return f"{waiver['service'] or 'every service'} of {waiver['customer']}"


def _left(waiver: JSON) -> str:
    """The time that is left, and until when; in words where there is none."""
    if waiver["state"] != "requested":
        return "-"
    if waiver["decide_by"] is None:
        return "the clock stands still"
    return lasting(waiver["seconds_left"]) if waiver["seconds_left"] else "NONE: too late"


def _urgency(waiver: JSON) -> tuple[bool, str]:
    return waiver["decide_by"] is None, waiver["decide_by"] or waiver["requested_at"]


def _covers_until(waiver: JSON) -> datetime:
    ends = (waiver["expires_at"], waiver["ends_at"], waiver["ended_at"])
    return min(instant(end) for end in ends if end is not None)


def _row(waiver: JSON) -> tuple[object, ...]:
    decide_by, told = shown(waiver["decide_by"]), (waiver["requested_by"], waiver["reason"])
    return waiver["key"], _about(waiver), _left(waiver), decide_by, *told


def _facts(waiver: JSON) -> list[tuple[str, object]]:
    late = ", too late: it covers nothing" if waiver["late"] else ""
    asked_at, starts_at = shown(waiver["requested_at"]), waiver["starts_at"]
    return [
        ("state", f"{waiver['state']}{late}"),
        ("time left", _left(waiver) if waiver["state"] == "requested" else None),
        ("decide by", waiver["decide_by"] and shown(waiver["decide_by"])),
        ("customer", waiver["customer"]),
        ("covers from", starts_at and shown(starts_at)),
        ("covers until", shown(_covers_until(waiver))),
        ("reason", waiver["reason"]),
        ("asked by", f"{waiver['requested_by']}, {asked_at}"),
        ("decided by", _by(waiver, "decided_by", "decided_at")),
        ("because", waiver["decision"]),
        ("ended by", _by(waiver, "ended_by", "ended_at")),
        ("ended because", waiver["ending"]),
    ]


def _by(waiver: JSON, who: str, at: str) -> str | None:
    return None if waiver[who] is None else f"{waiver[who]}, {shown(waiver[at])}"


def _promise(clock: JSON | None) -> list[tuple[str, object]]:
    if clock is None:
        return []
    return [
        ("ticket", f"{clock['ticket']} ({clock['priority']}): {clock['title']}"),
        ("promised", lasting(clock["target_seconds"])),
        ("deadline", shown(clock["deadline"])),
        ("clock", clock["state"]),
    ]
