"""What a person does to a draft before it is published: its assessment, and reasons of breaches. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from sla.reviews.domain.report import Report


def with_assessment(report: Report, paragraphs: Sequence[str], by: str) -> Report:
    """The report with a person's words at its head; without any: with those that were computed."""
    if not paragraphs:
        return replace(report, assessment=report.computed_assessment, assessment_by=None)
    return replace(report, assessment=tuple(paragraphs), assessment_by=by)


def with_assessment_of(report: Report, former: Report) -> Report:
    """The report with what a person wrote in the former draft, if anybody did."""
    if former.assessment_by is None:
        return report
    return with_assessment(report, former.assessment, former.assessment_by)


def unexplained_breaches(report: Report) -> list[str]:
    """The breaches of which nothing is said but that the time ran out: `OPS-7 (resolution)`.

    A waiver, a change of the target and a correction are reasons; everything else somebody writes.
    """
    return [
        f"{one.ticket} ({one.metric})"
        for one in report.breaches
        if one.reason == "deadline" and not one.comment and one.waiver is None
    ]
