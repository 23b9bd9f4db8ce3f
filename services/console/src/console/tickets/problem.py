"""The problem that a ticket of that kind is the ticket of: its cause, its fix, and who wants to give it up. Pure."""

from collections.abc import Mapping
from typing import Any

from console.upstream.part import Part, data_of


def with_problem(ticket: Mapping[str, Any], part: Part | None) -> Mapping[str, Any]:
    """Return a ticket with what may be done about its problem, and what waits there for a second person.

    Unchanged where nothing is known of a problem: then nothing of it is offered.
    """
    problem = data_of(part) if part is not None else None
    if problem is None:
        return ticket
    return {
        **ticket,
        "allowed": [*(ticket.get("allowed") or ()), *problem["allowed"]],
        "names": {**(ticket.get("names") or {}), **problem["names"]},
        "pending_giving_up": problem["pending_giving_up"],
        "problem_state": problem["state"],
    }
