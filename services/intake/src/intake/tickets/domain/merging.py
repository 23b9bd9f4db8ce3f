"""Merge a duplicate into another ticket of the same customer (C10). Pure."""

from msgspec.structs import replace

from common.domain import Rejection
from intake.tickets.domain.detection import owes_improvement
from intake.tickets.domain.priority import is_lower
from intake.tickets.domain.ticket import NOT_WAITING, Ticket, check_transition


def merge(ticket: Ticket, into: Ticket) -> Ticket | Rejection:
    """Merge a duplicate into another ticket of the same customer, which stays open.

    What was promised for the duplicate must not get weaker, since that could hide a breach (R1, C10):
    the other one has the same kind, service and environment and no lower priority. Nor may it hide that
    the customer found an incident first (R9). Each of these can be mended first, by two people where that
    takes two.
    """
    if rejection := check_transition(ticket, "merge"):
        return rejection
    if ticket.id == into.id:
        return Rejection("MERGE_INTO_ITSELF", f"{ticket.key} cannot be merged into itself.")
    if not into.is_open:
        return Rejection(
            "WRONG_STATE",
            f"{into.key} is {into.state}; merge into an open ticket.",
            {"state": into.state, "other": into.key},
        )
    if ticket.customer_id != into.customer_id:
        return Rejection(
            "ANOTHER_CUSTOMER",
            f"{into.key} belongs to another customer; only tickets of one customer are merged.",
            {"other": into.key},
        )
    if rejection := _weaker_promise(ticket, into) or _hidden_find(ticket, into):
        return rejection
    return replace(
        ticket,
        state="merged",
        merged_into=into.id,
        **NOT_WAITING,
        pending_downgrade=None,
        pending_reclassification=None,
        pending_detection=None,
    )


def _weaker_promise(ticket: Ticket, into: Ticket) -> Rejection | None:
    if is_lower(into.priority, ticket.priority):
        return Rejection(
            "LOWER_PRIORITY",
            f"{into.key} is {into.priority}, {ticket.key} {ticket.priority}; raise {into.key} to {ticket.priority} first, then merge.",
            {"other": into.key, "priority": ticket.priority},
        )
    facts = {
        "kind": (ticket.kind, into.kind),
        "service": (ticket.service, into.service),
        "environment": (ticket.environment, into.environment),
    }
    differing = [name for name, (one, other) in facts.items() if one != other]
    if not differing:
        return None
    return Rejection(
        "NOT_THE_SAME",
        f"{into.key} has another {' and '.join(differing)} than {ticket.key}, so another promise may hold for it; reclassify one of them first, by two people, or leave both open.",
        {"other": into.key},
    )


def _hidden_find(ticket: Ticket, into: Ticket) -> Rejection | None:
    """A rejection where the customer told of it before anything of ours did, and the other one says else."""
    is_first = ticket.opened_at < into.opened_at
    if not (owes_improvement(ticket) and is_first and into.detected_by != "customer"):
        return None
    return Rejection(
        "FOUND_BY_CUSTOMER",
        f"The customer told of {ticket.key} before {into.key} was there; correct who found {into.key} first to the customer, then merge.",
        {"other": into.key},
    )
