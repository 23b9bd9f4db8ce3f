"""`opsdesk escalations list | show | acknowledge` and `opsdesk oncall`."""

from typing import Annotated

from typer import Argument, Option, Typer

from opsdesk.api_client import JSON
from opsdesk.commands.console import run, say, show, show_facts
from opsdesk.event_line import facts
from opsdesk.formatting import instant, shown
from opsdesk.session import own_desk

app = Typer(help="Cases of telling people until somebody acknowledges.", no_args_is_help=True)
FEW = 50
Key = Annotated[str, Argument(help="Its key, such as ESC-7.")]


@app.command("list")
def list_(
    state: Annotated[str | None, Option(help="open, acknowledged, snoozed, resolved")] = None,
    ticket: Annotated[str | None, Option(help="Of one ticket, by key.")] = None,
) -> None:
    """Show the newest cases."""
    asked = {"state": state, "ticket": ticket}
    run(_list({name: value for name, value in asked.items() if value is not None}))


@app.command("show")
def show_(key: Key) -> None:
    """Show a case with its timeline."""
    run(_show(key))


@app.command()
def acknowledge(key: Key) -> None:
    """Take a case: it stops waking others."""
    run(_acknowledge(key))


def oncall(
    at: Annotated[str | None, Option(help="An instant; without it, now.")] = None,
) -> None:
    """Show who is on call."""
    run(_oncall(at))


async def _list(asked: JSON) -> None:
    async with own_desk() as desk:
        page = await desk.get("escalation", "/v1/escalations", limit=FEW, **asked)
    columns = ("case", "state", "severity", "policy", "step", "next at", "what")
    show("Escalations", columns, (_row(case) for case in page["items"]))


async def _show(key: str) -> None:
    async with own_desk() as desk:
        case = await desk.get("escalation", f"/v1/escalations/{key}")
    told = ("state", "trigger", "severity", "policy", "customer", "environment", "ticket")
    show_facts(f"{case['key']}: {case['title']}", ((name, case[name]) for name in told))
    columns = ("at", "what", "by", "")
    show("Timeline", columns, (_entry(entry) for entry in case["timeline"]))


async def _acknowledge(key: str) -> None:
    async with own_desk() as desk:
        case = await desk.post("escalation", f"/v1/escalations/{key}/acknowledge")
    say(f"{case['key']} is yours: {case['title']}.")


async def _oncall(at: str | None) -> None:
    asked = {"at": instant(at).isoformat()} if at else {}
    async with own_desk() as desk:
        told = await desk.get("escalation", "/v1/oncall", **asked)
    rows = ((one["rota"], ", ".join(one["people"]) or "nobody") for one in told["items"])
    show(f"On call at {shown(told['at'])}", ("rota", "people"), rows)


def _row(case: JSON) -> tuple[object, ...]:
    names = ("key", "state", "severity", "policy", "step")
    return (*(case[name] for name in names), shown(case["next_at"]), case["title"])


def _entry(entry: JSON) -> tuple[object, ...]:
    return shown(entry["at"]), entry["kind"], entry["by"], " ".join(facts(entry["detail"]))
