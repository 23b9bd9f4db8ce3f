"""What a reader must know of a report's figures, such as that the month is not over. Pure."""

from collections.abc import Iterator, Sequence

from sla.reviews.documents.review_words import Formats
from sla.reviews.domain.report import LeadershipReport, Report

MAX_NAMED = 5
"""The most customers that a note names."""


def review_notes(report: Report, formats: Formats) -> tuple[str, ...]:
    return tuple(_review_notes(report, formats))


def _review_notes(report: Report, formats: Formats) -> Iterator[str]:
    words = formats.words
    if report.generated_at < report.ends_at:
        yield words("note_preliminary")
    elif report.preliminary and report.final_at is not None:
        yield words("note_zone", at=formats.moment(report.final_at))
    if report.unknown_timezone is not None:
        yield words("note_unknown_zone", zone=report.unknown_timezone)


def leadership_notes(report: LeadershipReport, formats: Formats) -> tuple[str, ...]:
    """That figures are preliminary, for whom."""
    unfinished: Sequence[str] = report.unfinished
    if not unfinished:
        return ()
    name = "note_unfinished_others" if unfinished[MAX_NAMED:] else "note_unfinished"
    return (formats.words(name, names=", ".join(unfinished[:MAX_NAMED])),)
