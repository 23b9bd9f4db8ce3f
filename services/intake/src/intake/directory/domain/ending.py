"""The end of a customer or an environment, which takes two people: promises hang on both (R1). Pure."""

from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from common.domain import Rejection
from intake.directory.domain.environment import Environment
from intake.directory.domain.parties import Customer

E = TypeVar("E", Customer, Environment)


def ask_end(record: E, actor: str, at: datetime) -> E | Rejection:
    """Ask for the end: nothing changes until another person confirms it.

    Who asks again is the one who asked; it waits since somebody first did.
    """
    if record.retired:
        return Rejection("ALREADY_ENDED", f"{record.key} was ended already.")
    return replace(record, end_asked_by=actor, end_asked_at=record.end_asked_at or at)


def withdraw_end(record: E) -> E | Rejection:
    """Ask no more for the end."""
    if record.retired or record.end_asked_by is None:
        return _nothing_pending(record)
    return replace(record, end_asked_by=None, end_asked_at=None)


def confirm_end(record: E, actor: str) -> E | Rejection:
    """End it, on the word of a second person."""
    if record.retired or record.end_asked_by is None:
        return _nothing_pending(record)
    if actor == record.end_asked_by:
        return Rejection(
            "FOUR_EYES",
            f"{actor} asked for the end of {record.key}; another person must confirm it.",
        )
    return replace(record, retired=True, ended_by=actor)


def end_with(environment: Environment, customer: Customer) -> Environment:
    """The environment of a customer who was ended: the same two people ended it."""
    return replace(
        environment,
        retired=True,
        end_asked_by=customer.end_asked_by,
        end_asked_at=customer.end_asked_at,
        ended_by=customer.ended_by,
    )


def _nothing_pending(record: Customer | Environment) -> Rejection:
    return Rejection("NOTHING_PENDING", f"Nobody has asked for the end of {record.key}.")
