"""A notice to a customer: what it says, how it stands, and what may be done with it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from console.promises import Mark

ACTS: Final = ("send", "dismiss")
MARKS: Final[Mapping[str, Mark]] = {"proposed": "soon", "sent": "fine", "unsent": "broken"}
SOURCES: Final[Mapping[str, str]] = {
    "maintenance": "/maintenance/",
    "outage": "/outages/",
    "delivery": "/deliveries/",
    "agreement": "/agreements/",
}
"""Below which page lies what a notice is about, by its kind."""


@dataclass(frozen=True, slots=True)
class NoticePage:
    """`subject` in the language of the reader, as `language` says. `asked_by_reader`: the reader asked to dismiss it,
    so that somebody else does."""

    mark: Mark
    about: str
    subject: str
    language: str
    acts: tuple[str, ...]
    asked_by_reader: bool


def notice_page(notice: Mapping[str, Any], sub: str, language: str) -> NoticePage:
    subjects: Mapping[str, str] = notice["subjects"]
    shown = language if language in subjects else next(iter(subjects), language)
    is_proposed = notice["state"] == "proposed"
    return NoticePage(
        MARKS.get(notice["state"], "none"),
        SOURCES[notice["kind"]] + notice["source_key"],
        subjects.get(shown, ""),
        shown,
        ACTS if is_proposed else (),
        is_proposed and notice["dismissal_asked_by"] == sub,
    )
