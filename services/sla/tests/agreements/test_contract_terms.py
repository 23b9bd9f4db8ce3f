"""The page of an agreement says its goals and credits, what targets ask of a ticket, and what it follows."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from common.persistence.database import Database
from sla.agreements.documents.contract import build_contract
from sla.agreements.domain.agreement import Target
from sla.agreements.domain.goals import Goal
from sla.rendering.document import Document, Section, Table
from sla_support.company import (
    AMSTERDAM,
    BRIGHTWATER,
    NINE,
    add_services,
    also_promise,
    promise,
)
from sla_support.contract_sample import GOALS, HOUR, content, version

PRODUCTION = Target("resolution", "major", 3 * HOUR, environment_tier="production")
BY_PHONE = Target("first_response", "major", HOUR, pausable=False, channel="phone")


def find_section(document: Document, title: str) -> Section:
    (found,) = [one for one in document.sections if one.title == title]
    return found


def promised(language: str, title: str, *targets: Target) -> dict[str, Table]:
    """The tables of what is promised, by caption."""
    document = build_contract(content(language, targets=targets), language)
    return {one.caption: one for one in find_section(document, title).tables}


def majors(table: Table) -> dict[Any, Any]:
    """What is promised to major tickets, by metric."""
    return {row[0]: row[3] for row in table.rows}


def test_a_promise_for_a_tier_or_a_channel_has_its_table_with_the_condition_above_it() -> None:
    own = (*version().targets[:-1], PRODUCTION, BY_PHONE)
    tables = promised("en", "What is promised", *own)
    assert list(tables) == [
        "All kinds of tickets, in production environments, reported by phone",
        "All kinds of tickets, in production environments, reported in any other way",
        "All kinds of tickets, in all other environments or none, reported by phone",
        "All other tickets",
    ]
    assert [
        (majors(one)["Resolution"], majors(one)["First response"]) for one in tables.values()
    ] == [
        ("3 hours", "1 hour"),
        ("3 hours", "2 hours"),
        ("9 hours", "1 hour"),
        ("9 hours", "2 hours"),
    ]


def test_cases_of_which_the_same_is_promised_share_a_table() -> None:
    """A target for the kind goes before one for the tier: change requests have one table, wherever."""
    staging = replace(PRODUCTION, environment_tier="staging")
    tables = promised("en", "What is promised", *version().targets, PRODUCTION, staging)
    others = "Incidents, Service requests, Problems, and Questions"
    assert sorted(tables) == sorted(
        [
            "Change requests",
            f"{others}, in production environments and staging environments",
            "All other tickets",
        ]
    )
    assert majors(tables["Change requests"])["Resolution"] == "90 hours"


@pytest.mark.parametrize(
    ("language", "title", "caption"),
    [
        (
            "nl",
            "Wat is toegezegd",
            "Alle soorten meldingen, in productieomgevingen, gemeld per telefoon",
        ),
        (
            "de",
            "Was zugesagt ist",
            "Alle Arten von Meldungen, in Produktivumgebungen, gemeldet per Telefon",
        ),
    ],
)
def test_conditions_are_said_in_the_readers_language(
    language: str, title: str, caption: str
) -> None:
    both = replace(PRODUCTION, channel="phone", within=timedelta(hours=1))
    general = replace(PRODUCTION, environment_tier=None)
    tables = promised(language, title, general, both)
    assert len(tables) == 2
    assert next(iter(tables)) == caption


def test_goals_are_listed_with_steps_fee_and_cap() -> None:
    document = build_contract(content("en", goals=GOALS, credit_cap_percent=15), "en")
    (table,) = find_section(document, "Goals and service credits").tables
    assert [one.title for one in table.columns] == [
        "Goal",
        "Tickets",
        "Service",
        "At least",
        "Credit",
        "Of",
    ]
    assert list(table.rows) == [
        (
            "Resolutions in time",
            "Blocker and Major",
            "Billing",
            "95 %",
            "5 % below 95 %\n12.5 % below 90 %",
            "€400.00",
        ),
        ("Availability", "", "all services", "99.95 %", "10 % below 99.9 %", "the price"),
        ("Regular news in time", "all", "all services", "90 %", "none", ""),
    ]
    assert "midnight in Europe/Amsterdam" in table.footnote
    assert "at most 15 % of its price" in table.footnote
    capless = build_contract(content("de", goals=GOALS), "de")
    (table,) = find_section(capless, "Ziele und Servicegutschriften").tables
    assert "höchstens seinen Preis" in table.footnote
    assert table.rows[0][4:] == ("5 % unter 95 %\n12,5 % unter 90 %", "400,00\xa0€")


def test_goals_without_credits_say_nothing_of_credits() -> None:
    document = build_contract(content("nl", goals=(Goal("resolution", 0.95),)), "nl")
    (table,) = find_section(document, "Doelstellingen en servicecredits").tables
    assert list(table.rows) == [("Oplossingen op tijd", "alle", "95 %")]
    assert "redit" not in table.footnote
    titles = [one.title for one in build_contract(content("nl"), "nl").sections]
    assert "Doelstellingen en servicecredits" not in titles


def test_goals_are_for_the_parties_alone() -> None:
    """R4"""
    terms: dict[str, Any] = {"goals": GOALS, "other_customers": (BRIGHTWATER,)}
    theirs = str(build_contract(content("en", "brightwater", **terms), "en"))
    assert not [one for one in ("Goals", "Credit", "12.5 %", "400.00") if one in theirs]
    assert "12.5 % below 90 %" in str(build_contract(content("en", "acme", **terms), "en"))


@pytest.mark.parametrize(
    ("language", "title", "follows", "pinned"),
    [
        ("en", "Support hours", "follows it from then on", "These hours are fixed"),
        ("nl", "Openingstijden van de ondersteuning", "dan volgt deze", "Deze tijden liggen vast"),
        ("de", "Servicezeiten", "auch für diese Vereinbarung", "Diese Zeiten stehen fest"),
    ],
)
def test_a_paper_says_whether_later_hours_hold_for_it(
    language: str, title: str, follows: str, pinned: str
) -> None:
    """A6"""
    for is_pinned, sentence in ((False, follows), (True, pinned)):
        document = build_contract(content(language, pinned=is_pinned), language)
        (note,) = find_section(document, title).text
        assert sentence in note


@pytest.mark.parametrize(
    ("language", "subtitle", "label"),
    [
        (
            "en",
            "between Northwind Support GmbH and all customers without an agreement of their own",
            "House-wide default",
        ),
        (
            "nl",
            "tussen Northwind Support GmbH en alle klanten zonder eigen overeenkomst",
            "Standaardovereenkomst",
        ),
        (
            "de",
            "zwischen Northwind Support GmbH und allen Kunden ohne eigene Vereinbarung",
            "Standardvereinbarung",
        ),
    ],
)
def test_the_default_of_the_house_says_that_it_is_one(
    language: str, subtitle: str, label: str
) -> None:
    document = build_contract(content(language, customer_id=None), language)
    assert document.subtitle == subtitle
    facts = {row[0]: row[1] for table in document.sections[0].tables for row in table.rows}
    assert facts[label]
    own = build_contract(content(language), language)
    assert label not in str(own)


async def test_the_page_names_the_service_of_a_goal_and_the_reader_of_the_default(
    database: Database, theo: AsyncClient, jan: AsyncClient
) -> None:
    own = await promise(database)
    await also_promise(database, own, "house", customer_id=None)
    await add_services(database, "reporting")
    page = await jan.get("/v1/agreements/house/page", params={"language": "en"})
    assert page.status_code == 200, page.text
    assert "as it holds for Acme" in page.text
    assert "House-wide default" in page.text
    body = {
        "key": "acme-premium",
        "customer": "acme",
        "calendar": AMSTERDAM,
        "targets": [
            {"metric": "resolution", "priority": "major", "target_seconds": 28800},
            {
                "metric": "resolution",
                "priority": "major",
                "target_seconds": 3600,
                "environment_tier": "production",
            },
        ],
        "valid_from": NINE.isoformat(),
        "goals": [{"metric": "resolution", "share": 0.95, "service": "reporting"}],
        "pinned": True,
    }
    made = await theo.post("/v1/agreements", json=body)
    assert made.status_code == 201, made.text
    page = await theo.get("/v1/agreements/acme-premium/page", params={"language": "en"})
    for words in (
        "in production environments",
        "Resolutions in time",
        "These hours are fixed",
        "Reporting",
    ):
        assert words in page.text
