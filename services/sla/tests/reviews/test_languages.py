"""A review is in the language of its customer: every word, date, number and reason of it (C13)."""

import re
from dataclasses import replace
from decimal import Decimal
from typing import get_args

import pytest
from httpx import AsyncClient

from common.events.tickets import Kind
from common.persistence.database import Database
from sla.agreements.domain.agreement import Metric
from sla.agreements.domain.coverage_extension import PRIORITIES
from sla.agreements.domain.goals import GoalMetric
from sla.capacity.domain.series import Statistic, Verdict
from sla.clocks.domain.clock import InputKind
from sla.clocks.domain.compliance import Compliance
from sla.goals.domain.goal_result import CreditTotal, ErrorBudget, GoalResult, GoalState
from sla.outages.domain.state_timeline import Effect
from sla.rendering import html
from sla.rendering.document import Document
from sla.rendering.words import LANGUAGES
from sla.reports.domain.monthly_figures import SupplierPart
from sla.reviews.documents import executive_report
from sla.reviews.documents.breaches_section import computed_reason
from sla.reviews.documents.review import ReviewContent, Status, build_document
from sla.reviews.documents.review_words import REVIEWS, Formats, Names
from sla.reviews.domain.action_item import ActionItemState
from sla.reviews.domain.parties import AgreementLine, TargetLine
from sla.reviews.domain.report import CustomerLine, LeadershipReport, MeasuredLine, Report
from sla.reviews.store.deliveries import FINISHED_STATES, UPCOMING_STATES
from sla.waivers.domain.waiver import WaiverState
from sla_support.review_month import run_june
from sla_support.review_sample import AT, SPAN, ZONE, breach, meeting, report, waiver
from sla_support.words import assert_same_words

REVIEW = "/v1/reviews/acme-2026-06"
GROUPS = {
    "metric": get_args(Metric),
    "goal": get_args(GoalMetric),
    "goal_state": get_args(GoalState),
    "statistic": get_args(Statistic),
    "verdict": get_args(Verdict),
    "effect": get_args(Effect),
    "decision": (*get_args(WaiverState), "late", "unanswered"),
    "action": get_args(ActionItemState),
    "delivery": (*UPCOMING_STATES, *FINISHED_STATES),
    "contract": ("uc", "ola"),
}
MOVING = (
    "target_changed",
    "agreement_moved",
    "calendar_changed",
    "coverage_extended",
    "coverage_extension_ended",
    "reclassified",
    "opened_earlier",
    "reopened",
)
"""The inputs that can move a deadline into the past by themselves."""


def test_every_language_has_the_same_words_with_the_same_values() -> None:
    assert_same_words(REVIEWS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_that_a_review_can_show_has_words(language: str) -> None:
    words = REVIEWS.words(language)
    missing = [
        f"{group}_{code}"
        for group, codes in GROUPS.items()
        for code in codes
        if f"{group}_{code}" not in words.texts
    ]
    missing += [code for code in (*PRIORITIES, *get_args(Kind)) if code not in words.texts]
    assert missing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_way_in_which_a_clock_breaks_has_a_reason_in_words(language: str) -> None:
    """Where several inputs share a sentence, it is the general one"""
    formats = Formats.of(language, ZONE)
    general = formats.words("reason_other")
    for code in ("deadline", *get_args(InputKind)):
        assert computed_reason(code, formats) != code
    assert general not in {computed_reason(code, formats) for code in ("deadline", *MOVING)}


def full_report() -> Report:
    """One with something in every section, and something of every kind that has a word."""
    result = GoalResult(
        "lodz-standard", "stored", "resolution", ("critical", "major"), "billing", 0.955,
        38, 4, 1, 0.904, 0.928, "missed", ErrorBudget(42, 2, 4, -2, 1.75, 3, 1), 5.0,
        Decimal("1234.50"), "EUR",
    )  # fmt: skip
    agreement = AgreementLine(
        "lodz-standard", 2, SPAN.since, None, ZONE, ("billing",),
        (TargetLine("resolution", "critical", "change_request", 28_800, True),),
        0.9995, "Theo", None,
    )  # fmt: skip
    return report(
        preliminary=True,
        final_at=SPAN.until,
        goals=(result,),
        credits=(CreditTotal("lodz-standard", Decimal("1234.50"), Decimal("2000.00"), "EUR"),),
        agreements=(agreement,),
        measured=(
            MeasuredLine("Queries", "billing", "ms", "p95", "lower", 1200.5, None, "unmeasured"),
        ),
        suppliers=(SupplierPart("uc", "hosting", Compliance(3, 1, 0), Compliance()),),
        requests=(replace(waiver(), key="WVR-4", state="refused"),),
        breaches=(breach(running=True), breach(reason="reopened", waiver=None)),
        breaches_total=3,
    )


def full_document(language: str) -> Document:
    names = Names({"dana": "Dana Novak", "theo": "Theo Jansen"}, {"billing": "Invoicing"})
    content = ReviewContent(full_report(), meeting(), Status(2, AT, "Corrected"), names=names)
    return build_document(content, language)


def words_of(document: Document) -> set[str]:
    """The words that the program itself says: titles of sections, columns, tiles and drawings."""
    found = {document.subtitle, document.zone_note, *(one.title for one in document.tiles)}
    for section in document.sections:
        found |= {section.title, *(one.title for one in section.drawings)}
        for table in section.tables:
            found |= {column.title for column in table.columns if column.title}
    return found


@pytest.mark.parametrize("language", ["nl", "de"])
def test_no_title_of_a_review_is_left_in_english(language: str) -> None:
    same = words_of(full_document("en")) & words_of(full_document(language))
    assert same <= {"Agenda", "Product", "Name", "Version"}
    assert full_document(language).language == language


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ("90.4 %", "2 hr", "1 Jun 2026 07:00", "€1,234.50 (5 %)", "8 hr", "1,200.5 ms")),
        ("nl", ("90,4 %", "2 uur", "1 jun 2026 07:00", "€\xa01.234,50 (5 %)", "8 uur", "1.200,5 ms")),
        ("de", ("90,4 %", "2 Std.", "1. Juni 2026 07:00", "1.234,50\xa0€ (5 %)", "8 Std.", "1.200,5 ms")),
    ],
)  # fmt: skip
def test_figures_are_written_as_in_the_language(language: str, expected: tuple[str, ...]) -> None:
    page = html.render_html(full_document(language)).decode()
    for text in expected:
        assert text in page or text.replace("2 ", "2\xa0") in page, text


@pytest.mark.parametrize("language", LANGUAGES)
def test_people_and_services_are_named_and_no_code_is_shown(language: str) -> None:
    page = html.render_html(full_document(language)).decode()
    text = re.sub(r"<[^>]*>", " ", page)
    assert "Dana Novak" in text
    assert "Invoicing" in text
    for code in ("first_response", "change_request", "p95", "unmeasured", "at_risk", "dana "):
        assert code not in text, code


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_leadership_report_comes_in_every_language(language: str) -> None:
    usage = report().usage
    lines = tuple(
        CustomerLine(f"c{n}", f"Customer {n}", usage, usage, edition, 3, 1, 0.99, 2, 3600, 1800)
        for n, edition in enumerate((None, 0, 3))
    )
    summary = LeadershipReport("2026-06", AT, lines, (usage,) * 6, ("Customer 0",))
    document = executive_report.build_document(summary, language)
    states = [row[1] for row in document.sections[2].tables[0].rows]
    assert len(set(states)) == 3
    if language != "en":
        english = executive_report.build_document(summary, "en")
        assert words_of(document) & words_of(english) <= {"Open"}


async def test_the_customers_language_is_the_default_and_another_can_be_asked_for(
    database: Database, dana: AsyncClient, jan: AsyncClient, theo: AsyncClient
) -> None:
    await run_june(database)
    assert (await dana.post(f"{REVIEW}/publish")).status_code == 200
    shown = (await jan.get(REVIEW)).json()
    first = shown["report"]["assessment"][0]
    assert first.startswith("Wij zijn 2 van de 4 toezeggingen nagekomen (50 %).")
    assert shown["agenda"][1] == "Nagekomen toezeggingen: 50 %"
    page = await jan.get(REVIEW, params={"format": "html"})
    assert '<html lang="nl">' in page.text
    assert "Overschrijdingen en redenen" in page.text
    assert 'filename="review-acme-2026-06-nl.html"' in page.headers["content-disposition"]
    english = (await theo.get(REVIEW, params={"language": "en"})).json()
    assert english["report"]["assessment"][0].startswith("We kept 2 of 4 promises (50 %).")
    assert english["report"]["computed_assessment"] == english["report"]["assessment"]
    german = await jan.get(REVIEW, params={"language": "de", "format": "pdf"})
    assert german.status_code == 200
    refused = await jan.get(REVIEW, params={"language": "fr"})
    assert refused.status_code == 422
