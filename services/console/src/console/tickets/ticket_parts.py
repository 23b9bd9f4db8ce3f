"""What a ticket's page asks of the services, part by part."""

from collections.abc import Collection, Mapping
from typing import Any, Final
from urllib.parse import quote

from console.upstream.client import Get, Parts
from console.upstream.part import Here
from console.visits.visitor import Visitor

MESSAGES: Final = {"limit": "200"}
WHOLE: Final = frozenset({"messages", "clocks", "escalations", "environment", "problem"})
"""The parts of the whole page, beside the ticket itself."""


async def ask(
    visitor: Visitor, key: str, after: str | None = None, parts: Collection[str] = WHOLE
) -> Parts:
    """Ask for the ticket and these parts; for its environment and its problem once these are known.

    `after` is the cursor behind which messages begin.
    """
    wanted = {name: get for name, get in _gets(visitor, key, after).items() if name in parts}
    ticket = Get("intake", f"/v1/tickets/{quote(key, safe='')}")
    found = await visitor.upstream.parts(visitor.asker, {"ticket": ticket} | wanted)
    if visitor.is_contact:
        return found
    rest = {name: get for name, get in _after(found).items() if name in parts}
    more = await visitor.upstream.parts(visitor.asker, rest, has_main=False)
    return Parts({**found.by_name, **more.by_name}, {**found.seconds, **more.seconds})


def problem_of(ticket: Mapping[str, Any] | None) -> Get | None:
    """Return what asks for the problem of a ticket; None where it is of another kind, or not known."""
    if ticket is None or ticket.get("kind") != "problem":
        return None
    return Get("intake", f"/v1/problems/{quote(ticket['key'], safe='')}")


def etag_of(parts: Parts) -> str | None:
    ticket = parts["ticket"]
    return ticket.etag if isinstance(ticket, Here) else None


def _gets(visitor: Visitor, key: str, after: str | None) -> Mapping[str, Get]:
    ref = quote(key, safe="")
    messages = Get(
        "intake",
        f"/v1/tickets/{ref}/messages",
        MESSAGES | ({"cursor": after} if after else {}),
    )
    if visitor.is_contact:
        return {"messages": messages}
    return {
        "messages": messages,
        "clocks": Get("sla", f"/v1/tickets/{ref}/clocks", remember=True),
        "escalations": Get("escalation", "/v1/escalations", {"ticket": key, "limit": "20"}),
    }


def _after(found: Parts) -> Mapping[str, Get]:
    """Return what else to ask for, now that the ticket is known."""
    part = found["ticket"]
    ticket = part.data if isinstance(part, Here) else {}
    environment, problem = ticket.get("environment"), problem_of(ticket)
    wanted = {} if problem is None else {"problem": problem}
    if environment is None:
        return wanted
    path = f"/v1/environments/{quote(environment, safe='')}"
    return wanted | {"environment": Get("delivery-gate", path)}
