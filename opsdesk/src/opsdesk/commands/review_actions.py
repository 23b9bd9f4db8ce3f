"""The commands `opsdesk actions list | agree | finish | verify | send-back | hand-over`: what reviews agreed on."""

from typing import Annotated

from typer import Argument, Option, Typer

from opsdesk.api_client import JSON
from opsdesk.commands.console import print_line, print_table, run_command
from opsdesk.session import own_client

app = Typer(help="Actions that were agreed on in reviews.", no_args_is_help=True)

Key = Annotated[str, Argument(help="RA-4")]
DUE_HELP = "Until when, a date in the customer's zone: 2026-07-15."
DEFAULT_LIMIT = 50
SHOWN = ("key", "month", "title", "owner", "due", "state")


@app.command("list")
def list_(
    customer: Annotated[str | None, Option(help="Of one customer, by key.")] = None,
    owner: Annotated[str | None, Option(help="Of one person, by account.")] = None,
    every: Annotated[bool, Option("--all", help="Verified ones, too.")] = False,
) -> None:
    """List actions, what is due first at the head."""
    query = {"customer": customer, "owner": owner, "all": "true" if every else None}
    run_command(_list({name: value for name, value in query.items() if value is not None}))


@app.command()
def agree(
    review: Annotated[str, Argument(help="acme-2026-06")],
    title: Annotated[str, Argument(help="What is to be done.")],
    owner: Annotated[str, Option(help="Who does it, by account.")],
    due: Annotated[str, Option(help=DUE_HELP)],
    criterion: Annotated[str, Option(help="How another person can tell that it is done.")],
) -> None:
    """Write down what a review agreed on. Each later review shows it until it is verified."""
    body = {"title": title, "owner": owner, "due": due, "criterion": criterion}
    run_command(_send(f"/v1/reviews/{review}/actions", body))


@app.command()
def finish(
    action: Key, evidence: Annotated[str, Argument(help="What shows that it is done.")]
) -> None:
    """Say that your action is done. Another person verifies it."""
    run_command(_act(action, "finish", {"evidence": evidence}))


@app.command()
def verify(action: Key) -> None:
    """Find that an action of somebody else is done."""
    run_command(_act(action, "verify", {}))


@app.command("send-back")
def send_back(
    action: Key, reason: Annotated[str, Argument(help="What the evidence lacks.")]
) -> None:
    """Find that an action is not done yet: its owner goes on."""
    run_command(_act(action, "send-back", {"reason": reason}))


@app.command("hand-over")
def hand_over(
    action: Key,
    owner: Annotated[str, Option(help="Who does it from now on, by account.")],
    due: Annotated[str, Option(help=DUE_HELP)],
) -> None:
    """Give an action to another owner, or move its due date."""
    run_command(_act(action, "hand-over", {"owner": owner, "due": due}))


async def _list(query: JSON) -> None:
    async with own_client() as client:
        page = await client.get("sla", "/v1/review-actions", limit=DEFAULT_LIMIT, **query)
    columns = ("action", "review of", "what", "owner", "due", "state")
    rows = (tuple(item[name] for name in SHOWN) for item in page["items"])
    print_table("Actions", columns, rows)


async def _act(key: str, act: str, body: JSON) -> None:
    await _send(f"/v1/review-actions/{key}/{act}", body)


async def _send(path: str, body: JSON) -> None:
    async with own_client() as client:
        item = await client.post("sla", path, body)
    print_line(
        f"{item['key']} is {item['state']}: {item['title']}, {item['owner']}, due {item['due']}"
    )
