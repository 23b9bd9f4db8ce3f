"""The command `opsdesk bulk`: one action on many tickets, with a result for each."""

from typing import Annotated

from typer import Argument, Option

from opsdesk.api_client import JSON
from opsdesk.commands.console import print_line, print_table, run_command
from opsdesk.errors import CliError
from opsdesk.session import own_client


def bulk(
    action: Annotated[
        str,
        Argument(
            help="assign, close, hold, merge, prioritise, reclassify, reject, reopen, reply, resolve, resume, verify"
        ),
    ],
    tickets: Annotated[list[str], Argument(help="Their keys, up to a hundred.")],
    fields: Annotated[
        list[str] | None, Option("--set", help="What the action takes: name=value; for each.")
    ] = None,
) -> None:
    """Do one action on many tickets: `bulk assign OPS-7 OPS-8 --set to=anna`."""
    run_command(_bulk(action, tickets, fields or []))


def _parse_field(text: str) -> tuple[str, str]:
    """The name and the value of `name=value`. Raises CliError."""
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise CliError(f"--set {text}: write it as name=value, such as --set to=anna")
    return name, value


async def _bulk(action: str, tickets: list[str], fields: list[str]) -> None:
    body = {
        "action": action,
        "tickets": tickets,
        "body": dict(_parse_field(one) for one in fields),
    }
    async with own_client() as client:
        result = await client.post("intake", "/v1/tickets/bulk", body)
    rows = ((one["ticket"], _outcome(one)) for one in result["items"])
    print_table(f"{action}: {result['done']} done", ("ticket", "what became of it"), rows)
    if result["failed"]:
        print_line(f"{result['failed']} were not done; each line says why.")


def _outcome(item: JSON) -> str:
    return "done" if item["problem"] is None else str(item["problem"]["detail"])
