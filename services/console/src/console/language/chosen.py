"""In which language and zone somebody reads. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from common.domain.chosen_language import LANGUAGES, choose_language
from common.domain.timezones import known_timezones

__all__ = ["LANGUAGES", "USUAL_ZONE", "Reader", "choose_language", "choose_zone"]

USUAL_ZONE: Final = "Europe/Amsterdam"


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a page: the language, the zone, and the moment of the page in the product's own time.

    `ahead`: by how much that time is ahead of the real one, where time is simulated.
    """

    language: str
    zone: ZoneInfo
    moment: datetime
    ahead: timedelta = timedelta()


def choose_zone(*preferences: str | None) -> ZoneInfo:
    """Return the first zone among preferences that exists."""
    known = known_timezones()
    return ZoneInfo(
        next((preference for preference in preferences if preference in known), USUAL_ZONE)
    )
