"""A review begins with what the figures say, names those between whom it is, and gives reasons."""

from decimal import Decimal

from httpx import AsyncClient

from common.persistence.database import Database
from opsdesk_testing.protocol import deliver, fire_due, freeze_time
from sla.clocks.domain.compliance import Compliance
from sla.goals.domain.goal_result import CreditTotal, GoalResult
from sla.handlers import HANDLERS
from sla.reports.domain.monthly_figures import CompliancePart, Usage
from sla.reviews.documents.assessment import assess
from sla.reviews.documents.review_words import Formats, Names
from sla.timers import TIMERS
from sla_support.assertions import assert_consistent, resolution_clock
from sla_support.company import NINE, promise, ticket_opened
from sla_support.review_month import DAY, JULY, run_june
from sla_support.review_sample import ZONE, breach, report

REVIEW = "/v1/reviews/acme-2026-06"


def test_the_sentences_say_better_or_worse_and_why() -> None:
    """All of it computed from the figures, none of it guessed"""
    worse = report(
        usage=Usage("2026-06", 60, 50, 12, Compliance(36, 4, 2)),
        previous_month=Usage("2026-05", 40, 39, 4, Compliance(38, 1, 1)),
        metrics=(
            CompliancePart("first_response", Compliance(20, 0, 1)),
            CompliancePart("resolution", Compliance(16, 4, 1)),
        ),
        breaches=(
            breach(),
            breach(running=True),
            breach(metric="first_response", ticket="OPS-2", waiver=None),
        ),
        goals=(
            GoalResult(
                "lodz",
                "95 % in time",
                "resolution",
                ("critical",),
                None,
                0.95,
                16,
                5,
                1,
                0.76,
                0.8,
                "missed",
            ),
        ),
        credits=(CreditTotal("lodz", Decimal("50.00"), Decimal("60.00"), "PLN"),),
        metrics_before=(
            CompliancePart("first_response", Compliance(9, 1, 0)),
            CompliancePart("resolution", Compliance(29, 0, 1)),
        ),
    )
    formats = Formats.of("en", ZONE, Names(services={"billing": "Billing"}))
    assert assess(worse, formats) == (
        (
            "We kept 36 of 42 promises (85.7 %)."
            " That is 9.3 percentage points worse than in May 2026 (95 %)."
            " What fell most since May 2026: Resolution, from 96.6 % to 76.1 %."
            " What gained most since May 2026: First response, from 90 % to 95.2 %."
        ),
        (
            "2 of 3 breaches concern the same promise: Resolution, priority Critical, Billing."
            " Not done yet: 1 of 3 breaches."
            " OPS-1042 alone broke 2 promises."
            " 2 breaches were approved beforehand; counted as kept, 90.4 % were kept."
        ),
        (
            "Tickets: 60 opened, 50 resolved, 12 open at the month's end."
            " That is 50 % more tickets than in May 2026."
        ),
        "Billing: available 99.873 % of the agreed time, promised 99.900 %; down for 3 hr, longest in OUT-2.",
        (
            "We missed 1 of 1 goal: Resolutions in time (Critical)."
            " Service credits of PLN50.00 are owed under lodz."
        ),
    )


def test_what_is_not_over_is_not_said_to_be() -> None:
    """Nor is one ticket named, where several broke as many promises"""
    usage = Usage("2026-06", 9, 0, 7, Compliance(0, 3, 1))
    promises = [
        breach(ticket=ticket, metric=metric, running=True)
        for ticket in ("OPS-1", "OPS-2")
        for metric in ("first_response", "resolution")
    ]
    unfinished = report(preliminary=True, usage=usage, breaches=tuple(promises))
    text = " ".join(assess(unfinished, Formats.of("en", ZONE)))
    assert "Not done yet: 4 of 4 breaches." in text
    assert "1 breach was approved beforehand; counted as kept, 25 % were kept." in text
    assert "Tickets so far: 9 opened, 0 resolved, 7 open." in text
    assert "alone" not in text
    assert "month's end" not in text


def test_a_month_in_which_nothing_happened_is_said_to_be_one() -> None:
    quiet = Usage("2026-06", 0, 0, 0, Compliance())
    nothing = report(
        usage=quiet, previous_month=quiet, metrics=(), breaches=(), uptimes=(), outages=()
    )
    assert assess(nothing, Formats.of("en", ZONE)) == (
        "No promise came to its end in this month.",
        "Tickets: 0 opened, 0 resolved, 0 open at the month's end.",
    )


async def test_a_person_writes_the_assessment_and_another_one_publishes_it(
    database: Database, dana: AsyncClient, theo: AsyncClient, jan: AsyncClient
) -> None:
    """R1: what was written stays when the figures are drawn up again, and can be taken back"""
    await run_june(database)
    computed = (await dana.get(REVIEW)).json()["report"]["assessment"]
    blank = await dana.put(f"{REVIEW}/assessment", json={"paragraphs": ["   "]})
    assert blank.status_code == 422
    assert computed[0].startswith("Wij zijn 2 van de 4 toezeggingen nagekomen (50 %).")
    words = ["A thin month: two promises on one ticket.", "It will not happen again."]
    put = await dana.put(f"{REVIEW}/assessment", json={"paragraphs": words})
    assert put.json() == {"assessment": words, "assessment_by": "Dana", "computed": computed}
    own = await dana.post(f"{REVIEW}/publish")
    assert (own.status_code, own.json()["code"]) == (403, "SELF_APPROVAL")
    assert (await theo.post(f"{REVIEW}/regenerate")).status_code == 200
    words_of_dana = await dana.post(f"{REVIEW}/publish")
    assert (words_of_dana.status_code, words_of_dana.json()["code"]) == (403, "SELF_APPROVAL")
    assert "wrote its assessment" in words_of_dana.json()["detail"]
    assert (await dana.post(f"{REVIEW}/regenerate")).status_code == 200
    assert (await theo.post(f"{REVIEW}/publish")).status_code == 200
    shown = (await jan.get(REVIEW)).json()
    assert shown["report"]["assessment"] == words
    assert "computed_assessment" not in shown["report"]
    paper = (await jan.get(REVIEW, params={"format": "html", "language": "en"})).text
    assert words[0] in paper
    assert "Written by Dana" in paper
    assert (await theo.post(f"{REVIEW}/publish", json={"reason": "again"})).status_code == 409
    await theo.put(f"{REVIEW}/assessment", json={"paragraphs": []})
    again = await dana.post(f"{REVIEW}/publish", json={"reason": "The figures say it better"})
    assert again.status_code == 200, again.text
    assert (await jan.get(REVIEW)).json()["report"]["assessment"] == computed
    await assert_consistent(database)


async def test_it_names_both_companies_the_people_and_what_was_agreed(
    database: Database, dana: AsyncClient, theo: AsyncClient, jan: AsyncClient
) -> None:
    await run_june(database)
    assert (await dana.post(f"{REVIEW}/publish")).status_code == 200
    shown = (await jan.get(REVIEW)).json()
    (agreement,) = shown["report"]["agreements"]
    assert (agreement["key"], agreement["version"]) == ("acme-standard", 1)
    assert (agreement["signed_by"], agreement["countersigned_by"]) == ("Theo", "Gina")
    majors = [one for one in agreement["targets"] if one["priority"] == "major"]
    assert {one["metric"]: one["within_seconds"] for one in majors} == {
        "first_response": 2 * 3600,
        "resolution": 8 * 3600,
    }
    assert shown["published_by_name"] == "Dana"
    assert (await dana.get(REVIEW)).json()["names"] == {"dana": "Dana"}
    paper = (await jan.get(REVIEW, params={"format": "html", "language": "en"})).text
    for words in ("the service provider", "Acme", "Theo and Gina", "Published by", "Dana"):
        assert words in paper


async def test_it_is_not_published_while_the_time_ran_out_is_all_that_is_said(
    database: Database, dana: AsyncClient, theo: AsyncClient
) -> None:
    await promise(database, metrics=("resolution",))
    await deliver(database, HANDLERS, (ticket_opened(1), 1))
    await freeze_time(database, NINE + 2 * DAY)
    await fire_due(database, TIMERS)
    await freeze_time(database, JULY)
    await fire_due(database, TIMERS)
    refused = await theo.post(f"{REVIEW}/publish")
    assert (refused.status_code, refused.json()["code"]) == (409, "REASONS_MISSING")
    assert "OPS-1 (resolution)" in refused.json()["detail"]
    clock = (await resolution_clock(database)).id
    for nothing in ("...", "   ", "late", "xxx xxx", "The target time ran out."):
        lazy = {"clock_id": str(clock), "text": nothing}
        assert (await dana.post(f"{REVIEW}/breach-comments", json=lazy)).status_code == 422, nothing
    comment = {"clock_id": str(clock), "text": "The spare part came a week late"}
    await dana.post(f"{REVIEW}/breach-comments", json=comment)
    await dana.post(f"{REVIEW}/regenerate")
    assert (await theo.post(f"{REVIEW}/publish")).status_code == 200
