"""The meeting about a month: what is talked about, what was said, what has to be done. Pure."""

from dataclasses import dataclass
from datetime import datetime

from sla.reviews.domain.action_item import ActionItem


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """Something that people want to talk about, beside what the figures bring up."""

    number: int
    title: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Minute:
    """What was said, by whom it was written down, and when. Never changed, only added to."""

    number: int
    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Meeting:
    agenda: tuple[AgendaItem, ...] = ()
    minutes: tuple[Minute, ...] = ()
    actions: tuple[ActionItem, ...] = ()
