"""The commands `opsdesk maintenance list | announce | agree | move | cancel`."""

from typing import Annotated

import typer
from typer import Argument, Option, Typer

from opsdesk.api_client import JSON
from opsdesk.commands.console import print_line, print_table, run_command
from opsdesk.errors import CliError
from opsdesk.formatting import format_instant, parse_instant
from opsdesk.session import own_client

app = Typer(
    help="Planned maintenance: agreed to before it starts, its downtime does not count.",
    no_args_is_help=True,
)
DEFAULT_LIMIT = 50

Key = Annotated[str, Argument(help="Its key, such as MW-3.")]


@app.command("list")
def list_(
    customer: Annotated[str | None, Option(help="The customer's key.")] = None,
    since: Annotated[
        str | None, Option("--from", help="What ends after this instant; by default now.")
    ] = None,
) -> None:
    """List planned maintenance, the earliest first."""
    query: JSON = {} if customer is None else {"customer": customer}
    query |= {} if since is None else {"from": parse_instant(since).isoformat()}
    run_command(_list(query))


@app.command()
def announce(
    title: Annotated[str, Argument(help="What customers read: New disks.")],
    start: Annotated[str, Option("--from", help="When it starts.")],
    end: Annotated[str, Option("--until", help="When it ends.")],
    environment: Annotated[str | None, Option(help="The environment's key.")] = None,
    service: Annotated[str | None, Option(help="The service's key.")] = None,
    customer: Annotated[str | None, Option(help="The customer's key.")] = None,
    reach: Annotated[
        str | None, Option("--scope", help="customer or everybody: all environments.")
    ] = None,
) -> None:
    """Announce maintenance: the customers are told. Instants without offset are in your time zone."""
    scope = {"environment": environment, "service": service, "customer": customer, "scope": reach}
    times = {"starts_at": start, "ends_at": end}
    body: JSON = {"title": title} | {
        name: value for name, value in scope.items() if value is not None
    }
    run_command(
        _announce(body | {name: parse_instant(at).isoformat() for name, at in times.items()})
    )


@app.command()
def agree(
    maintenance: Key,
    start: Annotated[str | None, Option("--from", help="When it starts, as you know it.")] = None,
    end: Annotated[str | None, Option("--until", help="When it ends, as you know it.")] = None,
) -> None:
    """Agree to maintenance before it starts, as another person than who announced it.

    You agree to the window that you name. Without one the present window is shown, and you are asked.
    """
    if (start is None) != (end is None):
        raise CliError("Name both, --from and --until, or neither.")
    window = None if start is None or end is None else _window(start, end)
    run_command(_agree(maintenance, window))


@app.command()
def move(
    maintenance: Key,
    start: Annotated[str, Option("--from", help="When it starts now.")],
    end: Annotated[str, Option("--until", help="When it ends now.")],
) -> None:
    """Move maintenance before it starts: the customers are told, and somebody has to agree anew."""
    run_command(_move(maintenance, _window(start, end)))


@app.command()
def cancel(maintenance: Key) -> None:
    """Cancel maintenance, or end it early: downtime from then on counts."""
    run_command(_cancel(maintenance))


async def _list(query: JSON) -> None:
    async with own_client() as client:
        page = await client.get("sla", "/v1/maintenance", limit=DEFAULT_LIMIT, **query)
    columns = (
        "maintenance",
        "what",
        "customer",
        "environment",
        "service",
        "from",
        "until",
        "state",
    )
    print_table("Planned maintenance", columns, (_row(one) for one in page["items"]))


async def _announce(body: JSON) -> None:
    async with own_client() as client:
        planned = await client.post("sla", "/v1/maintenance", body)
    key = planned["key"]
    print_line(f"{key} is announced, from {format_instant(planned['starts_at'])}.")
    print_line(f"Its downtime counts unless another person says `maintenance agree {key}` before.")


def _window(start: str, end: str) -> JSON:
    times = {"starts_at": start, "ends_at": end}
    return {name: parse_instant(at).isoformat() for name, at in times.items()}


async def _agree(key: str, window: JSON | None) -> None:
    async with own_client() as client:
        if window is None:
            planned = await client.get("sla", f"/v1/maintenance/{key}")
            window = {name: planned[name] for name in ("starts_at", "ends_at")}
            print_line(f"{planned['key']}, {planned['title']}: {_times(planned)}.")
            if not typer.confirm("Agree that downtime in it does not count?", err=True):
                raise CliError("Nobody has agreed to it.")
        agreed = await client.post("sla", f"/v1/maintenance/{key}/agree", window)
    print_line(f"{agreed['key']} is {_state(agreed)}: {_times(agreed)}.")


async def _move(key: str, window: JSON) -> None:
    async with own_client() as client:
        planned = await client.post("sla", f"/v1/maintenance/{key}/move", window)
    print_line(f"{planned['key']} is moved: {_times(planned)}. It is {_state(planned)}.")


async def _cancel(key: str) -> None:
    async with own_client() as client:
        planned = await client.post("sla", f"/v1/maintenance/{key}/cancel", {})
    print_line(f"{planned['key']} is {_state(planned)}.")


def _times(planned: JSON) -> str:
    return " until ".join(format_instant(planned[name]) for name in ("starts_at", "ends_at"))


def _state(planned: JSON) -> str:
    if planned["cancelled_at"]:
        return "cancelled"
    return "agreed" if planned["agreed_at"] else "waiting for somebody to agree"


def _row(planned: JSON) -> tuple[object, ...]:
    times = format_instant(planned["starts_at"]), format_instant(planned["ends_at"])
    scope = planned["customer"], planned["environment"], planned["service"]
    return planned["key"], planned["title"], *scope, *times, _state(planned)
