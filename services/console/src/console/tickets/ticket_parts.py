"""What a ticket's page asks of the services, part by part."""

from collections.abc import Collection, Mapping
from typing import Final
from urllib.parse import quote

from console.upstream.client import Get, Parts
from console.upstream.part import Here
from console.visits.visitor import Visitor

MESSAGES: Final = {"limit": "200"}
WHOLE: Final = frozenset({"messages", "clocks", "escalations", "environment"})
"""The parts of the whole page, beside the ticket itself."""


async def ask(
    visitor: Visitor, key: str, after: str | None = None, parts: Collection[str] = WHOLE
) -> Parts:
    """Ask for the ticket and these parts; for its environment once its name is known.

    `after` is the cursor behind which messages begin.
    """
    wanted = {name: get for name, get in _gets(visitor, key, after).items() if name in parts}
    ticket = Get("intake", f"/v1/tickets/{quote(key, safe='')}")
    found = await visitor.upstream.parts(visitor.asker, {"ticket": ticket} | wanted)
    environment = _environment(found) if "environment" in parts else None
    if environment is None or visitor.is_contact:
        return found
    path = f"/v1/environments/{quote(environment, safe='')}"
    more = await visitor.upstream.parts(visitor.asker, {"environment": Get("delivery-gate", path)})
    return Parts({**found.by_name, **more.by_name}, {**found.seconds, **more.seconds})


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


def _environment(found: Parts) -> str | None:
    ticket = found["ticket"]
    name = ticket.data.get("environment") if isinstance(ticket, Here) else None
    return None if name is None else str(name)
