"""The facts that a form remembers of its ticket, to tell what somebody changed meanwhile. Pure."""

from collections.abc import Mapping
from typing import Any

SEEN = (
    "state", "priority", "assignee", "team", "customer", "environment", "kind", "waiting_on",
)  # fmt: skip


def facts_seen(ticket: Mapping[str, Any]) -> dict[str, str]:
    """Return the facts that a form remembers, to tell what somebody changed meanwhile."""
    return {name: str(ticket.get(name) or "") for name in SEEN}


def written_facts(ticket: Mapping[str, Any]) -> str:
    """Write these facts into a hidden field."""
    return "|".join(f"{name}={value}" for name, value in facts_seen(ticket).items())


def changes(before: str, ticket: Mapping[str, Any]) -> tuple[tuple[str, str, str], ...]:
    """Return which facts differ from those that a form was drawn with: name, then, now."""
    then = dict(part.partition("=")[::2] for part in before.split("|") if part)
    now = facts_seen(ticket)
    return tuple(
        (name, then[name], value)
        for name, value in now.items()
        if name in then and then[name] != value
    )
