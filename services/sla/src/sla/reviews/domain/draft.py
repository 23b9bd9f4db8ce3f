"""What a person does to a draft before it is published: its assessment, and reasons of breaches. Pure."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from sla.reviews.domain.report import Report

NO_REASONS: Final = frozenset({"the target time ran out", "time ran out", "it was late"})
"""What a breach says itself, in the words of the review."""
LONG_WORD: Final = 8
"""The letters from which on a single word may be a reason, such as `Stromausfall`."""


def says_why(text: str) -> bool:
    """Whether a comment on a breach could be its reason: not only that it was late, and not a single short word."""
    words = re.findall(r"\w+", text.lower())
    is_statement = len(words) > 1 or any(len(word) >= LONG_WORD for word in words)
    return is_statement and len(set("".join(words))) > 2 and " ".join(words) not in NO_REASONS


def with_assessment(report: Report, paragraphs: Sequence[str], by: tuple[str, str]) -> Report:
    """The report with a person's words at its head; without any: with what is computed when it is read.

    `by`: account and name.
    """
    account, name = by if paragraphs else (None, None)
    words = tuple(paragraphs)
    return replace(
        report,
        assessment=words,
        assessment_by=name,
        assessment_account=account,
        former_assessment=(),
        former_assessment_by=None,
    )


def with_assessment_of(report: Report, former: Report) -> Report:
    """The report with what a person wrote in the former draft, if anybody did.

    What was written while the month was not over does not speak of the whole month: it stands beside what is
    computed now, until somebody writes anew.
    """
    if former.assessment_by is None:
        return replace(
            report,
            former_assessment=former.former_assessment,
            former_assessment_by=former.former_assessment_by,
        )
    if former.preliminary and not report.preliminary:
        return replace(
            report,
            former_assessment=former.assessment,
            former_assessment_by=former.assessment_by,
        )
    return replace(
        report,
        assessment=former.assessment,
        assessment_by=former.assessment_by,
        assessment_account=former.assessment_account,
    )


def unexplained_breaches(report: Report) -> list[str]:
    """The breaches of which nothing is said but that the time ran out: `OPS-7 (resolution)`.

    A waiver, a change of the target and a correction are reasons; everything else somebody writes.
    """
    return [
        f"{one.ticket} ({one.metric})"
        for one in report.breaches
        if one.reason == "deadline" and one.waiver is None and not says_why(one.comment or "")
    ]
