"""An act on a ticket: sent once, and reported in one sentence."""

from collections.abc import Callable, Mapping
from typing import Any

from opsdesk.api_client import JSON
from opsdesk.commands.console import print_line, run_command
from opsdesk.session import own_client

Sentence = Callable[[JSON], str]
"""Makes the report from the ticket after the act."""


def given(**fields: Any) -> JSON:
    """Return the fields that the user gave."""
    return {name: value for name, value in fields.items() if value is not None}


def act(ticket: str, path: str, body: Mapping[str, Any], sentence: Sentence) -> None:
    """Do something to a ticket, and report it."""
    run_command(_act(f"/v1/tickets/{ticket}/{path}", body, sentence))


def act_at(path: str, body: Mapping[str, Any], sentence: Sentence) -> None:
    """The same at another address."""
    run_command(_act(path, body, sentence))


async def _act(path: str, body: Mapping[str, Any], sentence: Sentence) -> None:
    async with own_client() as client:
        answer = await client.post("intake", path, body)
    print_line(sentence(answer))
