"""The problem that a ticket of that kind is the ticket of: its cause, its fix, and who wants to give it up. Pure."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from console.forms.lists import Entry, List
from console.tickets.act_form import ActForm
from console.tickets.cause import cause_values
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


def record_values(
    act: ActForm, problem: Mapping[str, Any] | None, zone: ZoneInfo
) -> dict[str, str]:
    """Return what the form of an act begins with: what is on record, where it corrects that."""
    if problem is None or not act.begins_with_record:
        return {}
    if act.rows:
        return cause_values(problem, zone)
    recorded = {"workaround": "workaround", "reference": "backlog_reference"}
    names = [one.name for one in act.fields]
    return {name: problem[recorded[name]] or "" for name in names}


def incidents_of(problem: Mapping[str, Any] | None) -> List:
    """Return the incidents of a problem to choose from; where it is not known their keys are typed."""
    keys = () if problem is None else problem["incidents"]
    return List(tuple(Entry(key, key) for key in keys), problem is not None)
