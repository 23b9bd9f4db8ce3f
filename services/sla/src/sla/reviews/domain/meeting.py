"""The meeting of a review: agenda, minutes, action items. Pure."""

from dataclasses import dataclass
from datetime import datetime

from sla.reviews.domain.action_item import ActionItem


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """An agenda item that somebody added, beside those that follow from the figures."""

    number: int
    title: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Minute:
    """An entry of the minutes: who wrote it down, and when. It never changes."""

    number: int
    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Meeting:
    agenda: tuple[AgendaItem, ...] = ()
    minutes: tuple[Minute, ...] = ()
    actions: tuple[ActionItem, ...] = ()
