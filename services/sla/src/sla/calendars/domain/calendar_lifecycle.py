"""How a later version of a calendar comes to hold: proposed, published by a second person, in effect (A6). Pure.

Closing a day may weaken a promise, so one person alone cannot do it. The first version of a calendar is
in effect at once: nobody follows it yet.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from common.domain import Rejection

CalendarState = Literal["proposed", "published", "in_effect", "withdrawn"]

SELF_APPROVAL: Final = Rejection("SELF_APPROVAL", "Somebody else than its author publishes it.")
NOT_PROPOSED: Final = Rejection("WRONG_STATE", "It is published or withdrawn already.")
OVERTAKEN: Final = Rejection(
    "OVERTAKEN", "A later version was published meanwhile; propose your change on top of that."
)


@dataclass(frozen=True, slots=True)
class Publication:
    """Who published a version, when, and from when on it holds."""

    by: str
    at: datetime
    effective_from: datetime


def publish(
    state: CalendarState,
    created_by: str,
    wanted_from: datetime | None,
    person: str,
    at: datetime,
    *,
    is_overtaken: bool,
) -> Publication | Rejection:
    """Publish a proposed version as another person; it holds from `wanted_from`, from now at the earliest."""
    if state != "proposed":
        return NOT_PROPOSED
    if person == created_by:
        return SELF_APPROVAL
    if is_overtaken:
        return OVERTAKEN
    return Publication(person, at, max(wanted_from or at, at))
