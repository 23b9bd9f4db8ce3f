"""The commands `opsdesk changes list | show | estimate | approve | decline | book | deliver | no-environment …`."""

from typing import Annotated

from typer import Argument, Option, Typer

from opsdesk.api_client import JSON
from opsdesk.commands.console import print_facts, print_table, run_command
from opsdesk.formatting import format_duration, format_instant, parse_duration
from opsdesk.session import own_client

app = Typer(help="Change requests.", no_args_is_help=True)
DEFAULT_LIMIT = 50

Change = Annotated[str, Argument(help="The key of its ticket, such as OPS-7.")]
Why = Annotated[str | None, Option("--reason", help="Why.")]


@app.command("list")
def list_(
    waiting: Annotated[bool, Option("--waiting", help="Only for the customer's decision.")] = False,
) -> None:
    """List the newest change requests that were estimated."""
    run_command(_list(waiting))


@app.command("show")
def show(change: Change) -> None:
    """Show a change request with its estimate, approval, booking and delivery."""
    run_command(_show(change))


@app.command("estimate")
def estimate(
    change: Change,
    effort: Annotated[str, Argument(help="Such as 2h or 90m.")],
    note: Annotated[str | None, Option(help="What the customer should know.")] = None,
) -> None:
    """Estimate a change; the customer approves that."""
    seconds = int(parse_duration(effort).total_seconds())
    run_command(_put(change, "estimate", _given(estimate_seconds=seconds, note=note)))


@app.command("approve")
def approve(change: Change, reason: Why = None) -> None:
    """Approve the estimate, as a contact of the customer."""
    run_command(_post(change, "decision", _given(decision="approved", reason=reason)))


@app.command("decline")
def decline(change: Change, reason: Why = None) -> None:
    """Decline the estimate, as a contact of the customer."""
    run_command(_post(change, "decision", _given(decision="declined", reason=reason)))


@app.command("book")
def book(
    change: Change,
    month: Annotated[str | None, Option(help="Whose reserved hours are used: 2026-06.")] = None,
    sprint: Annotated[str | None, Option(help="The name of a sprint.")] = None,
) -> None:
    """Book an approved change on reserved hours or on a sprint."""
    run_command(_post(change, "booking", _given(month=month, sprint=sprint)))


@app.command("deliver")
def deliver(
    change: Change, delivery: Annotated[str, Argument(help="Its key, such as DEL-7.")]
) -> None:
    """Name the delivery that brings the change."""
    run_command(_put(change, "delivery", {"delivery": delivery}))


@app.command("no-environment")
def no_environment(
    change: Change, reason: Annotated[str, Option(help="Why no environment is touched.")]
) -> None:
    """Say that a change touches no environment; another person confirms that."""
    run_command(_post(change, "no-environment", {"reason": reason}))


@app.command("confirm-no-environment")
def confirm_no_environment(change: Change) -> None:
    """Confirm, as another person, that a change touches no environment."""
    run_command(_post(change, "no-environment/confirm", {}))


def _given(**fields: str | int | None) -> JSON:
    return {name: value for name, value in fields.items() if value is not None}


async def _list(waiting: bool) -> None:
    query: JSON = {"waiting": True} if waiting else {}
    async with own_client() as client:
        page = await client.get("intake", "/v1/change-requests", limit=DEFAULT_LIMIT, **query)
    columns = ("change", "estimate", "decision", "booked on", "delivery", "title")
    print_table("Change requests", columns, (_row(one) for one in page["items"]))


async def _show(change: str) -> None:
    async with own_client() as client:
        _print(await client.get("intake", f"/v1/change-requests/{change}"))


async def _put(change: str, step: str, body: JSON) -> None:
    async with own_client() as client:
        _print(await client.put("intake", f"/v1/change-requests/{change}/{step}", body))


async def _post(change: str, step: str, body: JSON) -> None:
    async with own_client() as client:
        _print(await client.post("intake", f"/v1/change-requests/{change}/{step}", body))


def _row(change: JSON) -> tuple[object, ...]:
    booked = change["month"] or change["sprint"]
    estimate = format_duration(change["estimate_seconds"])
    return change["key"], estimate, change["decision"], booked, change["delivery"], change["title"]


def _print(change: JSON) -> None:
    facts = [
        ("state", change["state"]),
        ("nature", change["nature"]),
        ("estimate", format_duration(change["estimate_seconds"])),
        ("note", change["note"]),
        ("decision", change["decision"]),
        ("because", change["decision_reason"]),
        ("booked on", change["month"] or change["sprint"]),
        ("delivery", change["delivery"]),
        ("delivered", format_instant(change["delivered_at"])),
        ("touches no environment", change["no_environment_reason"]),
        ("says", change["no_environment_by"]),
        ("confirmed by", change["no_environment_confirmed_by"]),
    ]
    print_facts(f"{change['key']}: {change['title']}", facts)
