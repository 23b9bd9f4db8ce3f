"""The command `opsdesk mine`: what waits for this user in all services, as one list, and their tickets."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Any, Final

from typer import Option

from opsdesk import json_output
from opsdesk.api_client import JSON, ApiClient, Problem
from opsdesk.commands.acts import given
from opsdesk.commands.console import print_line, print_table, run_command
from opsdesk.commands.queue import print_queue
from opsdesk.endpoints import SERVICES
from opsdesk.errors import CliError
from opsdesk.formatting import format_instant
from opsdesk.session import own_client

LIMIT: Final = 50
WITHOUT_DUE_TIME: Final = timedelta(days=1)
"""What is not due at a set time is as urgent as if it were due so long after it began to wait."""


@dataclass(slots=True)
class Waiting:
    """What waits, over all services. `silent`: why a service is not among them, by its name."""

    items: list[JSON] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    silent: dict[str, str] = field(default_factory=dict)
    has_more: bool = False


def list_waiting(
    kind: Annotated[
        str | None,
        Option(help="verify, approve_delivery, decide_waiver, acknowledge_escalation, …"),
    ] = None,
    limit: Annotated[int, Option(min=1, max=200, help="How many.")] = LIMIT,
) -> None:
    """Show what waits for you in all services, the most urgent first, then the tickets assigned to you."""
    run_command(_show_waiting(given(kind=kind), limit))


def gather(answers: Mapping[str, Any], limit: int) -> Waiting:
    """Make one list of what each service answered: a page, or the error instead of it.

    Raises the error of the first service where none of them answers, or none knows the kind.
    """
    errors = [one for one in answers.values() if isinstance(one, CliError | Problem)]
    if len(errors) == len(answers):
        raise errors[0]
    found = Waiting()
    for service, answer in answers.items():
        if isinstance(answer, CliError):
            found.silent[service] = str(answer)
        elif isinstance(answer, Problem):
            # This service knows no such kind.
            if answer.status != 422:
                found.silent[service] = str(answer)
        else:
            found.items += [{"service": service, **one} for one in answer["items"]]
            found.counts |= answer["counts"]
            found.has_more |= answer["next"] is not None
    found.items.sort(key=_urgency)
    found.has_more |= len(found.items) > limit
    found.items = found.items[:limit]
    return found


async def _show_waiting(query: JSON, limit: int) -> None:
    async with own_client() as client:
        asked = (_ask(client, service, query, limit) for service in SERVICES)
        found = gather(dict(zip(SERVICES, await asyncio.gather(*asked), strict=True)), limit)
        json_output.emit(
            {"items": found.items, "counts": found.counts, "not_answering": found.silent}
        )
        print_table(
            "Waiting for you",
            ("what", "key", "due", "since", "customer", "title", "why"),
            (_row(one) for one in found.items),
        )
        for line in _remarks(found, limit):
            print_line(line)
        if not query and "intake" not in found.silent:
            await print_queue(client, "Assigned to you", {"mine": True}, limit)


async def _ask(
    client: ApiClient, service: str, query: JSON, limit: int
) -> JSON | CliError | Problem:
    """The page of a service, or the error instead of it."""
    try:
        page: JSON = await client.get(service, "/v1/waiting-for-me", limit=limit, **query)
    except (CliError, Problem) as error:
        return error
    return page


def _remarks(found: Waiting, limit: int) -> Iterable[str]:
    if not found.items and not found.silent:
        yield "Nothing waits for you."
    if found.has_more:
        yield f"These are the first {limit}; narrow it down with --kind, or ask for more with --limit."
    for service, why in found.silent.items():
        yield f"What waits in {service} is missing here: {why}"


def _urgency(item: JSON) -> tuple[datetime, str, str]:
    due_at, since = item["due_at"], item["since"]
    if due_at is None:
        return datetime.fromisoformat(since) + WITHOUT_DUE_TIME, item["kind"], item["key"]
    return datetime.fromisoformat(due_at), item["kind"], item["key"]


def _row(item: JSON) -> tuple[object, ...]:
    return (
        item["kind"].replace("_", " "),
        item["key"],
        format_instant(item["due_at"]),
        format_instant(item["since"]),
        item["customer"],
        item["title"],
        item["why"],
    )
