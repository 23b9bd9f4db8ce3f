"""The page of an agreement is a contract: zones, names, hours and words of those who signed it (C13)."""

import io
from typing import Any

import pytest
from httpx import AsyncClient
from pypdf import PdfReader

from common.persistence.database import Database
from opsdesk_testing.protocol import freeze_time
from sla.agreements.documents.contract import build_contract
from sla.agreements.documents.contract_words import CONTRACT
from sla.agreements.domain.lifecycle import Signature
from sla.rendering.document import Document, Section
from sla_support.company import ACME, BRIGHTWATER, NINE, announce_customers, announce_people
from sla_support.contract_sample import AT, content, lifecycle, version
from sla_support.publication import publish_draft
from sla_support.words import assert_same_words

AGREEMENTS = "/v1/agreements"


def _section(document: Document, title: str) -> Section:
    (found,) = [one for one in document.sections if one.title == title]
    return found


def _rows(document: Document, title: str) -> list[tuple[Any, ...]]:
    return [row for table in _section(document, title).tables for row in table.rows]


def test_every_language_has_the_same_words() -> None:
    assert_same_words(CONTRACT)


@pytest.mark.parametrize(
    ("language", "validity"),
    [
        ("en", "from 1 January 2026 up to and including 31 December 2026"),
        ("nl", "van 1 januari 2026 tot en met 31 december 2026"),
        ("de", "vom 1. Januar 2026 bis einschließlich 31. Dezember 2026"),
    ],
)
def test_dates_are_those_of_the_agreements_zone(language: str, validity: str) -> None:
    """Midnight in Amsterdam was printed as "2025-12-31 23:00 UTC"."""
    document = build_contract(content(language), language)
    assert validity in [row[1] for table in document.sections[0].tables for row in table.rows]
    assert "UTC" not in str(document)


def test_one_table_for_each_different_target_with_hours_as_hours() -> None:
    tables = _section(build_contract(content("en"), "en"), "What is promised").tables
    assert [table.caption for table in tables] == ["Change requests", "All other kinds of tickets"]
    major = [{row[0]: row[3] for row in table.rows} for table in tables]
    assert [one["Resolution"] for one in major] == ["90 hours", "9 hours"]
    assert tables[0].rows[0][1] == "15 minutes"
    assert "except for: First response and News at least every" in tables[0].footnote
    (alone,) = _section(
        build_contract(content("en", targets=version().targets[:5]), "en"), "What is promised"
    ).tables
    assert alone.caption == "All kinds of tickets"


def test_hours_are_grouped_and_holidays_named_as_far_as_they_change_something() -> None:
    tables = _section(build_contract(content("nl"), "nl"), "Openingstijden van de ondersteuning")
    around_the_clock, week, days = tables.tables
    assert around_the_clock.caption == "Voor meldingen met prioriteit Blokkerend en Kritiek"
    assert list(around_the_clock.rows) == [("Maandag - zondag", "dag en nacht")]
    assert list(week.rows) == [
        ("Maandag - vrijdag", "08:00 tot 17:00"),
        ("Zaterdag - zondag", "gesloten"),
    ]
    assert ("ma 27 april 2026", "Koningsdag", "gesloten") in days.rows
    assert ("vr 15 mei 2026", "sluitingsdag", "gesloten") in days.rows
    assert ("do 24 december 2026", "tijden van deze dag", "08:00 tot 12:00") in days.rows
    assert not [row for row in days.rows if "Eerste paasdag" in row]  # a Sunday: closed anyway


def test_money_shares_and_windows_are_written_as_in_the_language() -> None:
    document = build_contract(content("de"), "de")
    facts = dict(_rows(document, "Verfügbarkeit und Wartung"))
    assert facts["Verfügbarkeit je Kalendermonat"] == "mindestens 99,95 % der vereinbarten Zeit"
    assert facts["Wöchentliche Wartung"] == "Sonntag 22:00 bis 02:00 des Folgetags"
    assert facts["Vereinbarte Wartung"] == "6. Juni 2026 22:00 bis 7. Juni 2026 01:00"
    money = dict(_rows(document, "Stunden und Preis"))
    assert money["Reserviert je Monat"] == "40 Stunden"
    assert money["Preis je Monat"] == "1.200,50\xa0€"
    penalties = _section(document, "Vertragsstrafen").paragraphs
    assert penalties == (
        "5 % of the price for each <missed> month,\nat most 20 % a year.",
        "No more than that.",
    )


def test_parties_and_people_are_named() -> None:
    document = build_contract(content("en"), "en")
    assert document.subtitle == "between Northwind Support GmbH and Acme Bouwgroep B.V."
    assert _rows(document, "Signatures")[:2] == [
        ("Northwind Support GmbH", "Theo van den Berg", "2 March 2026 10:00"),
        (
            "Acme Bouwgroep B.V.",
            "Gina Rossi, on behalf of Acme Bouwgroep B.V.",
            "2 March 2026 11:00",
        ),
    ]
    signed = lifecycle(counter_signature=Signature("jan", AT, ACME))
    by_contact = _rows(build_contract(content("en", signed=signed), "en"), "Signatures")[1]
    assert by_contact[1] == "a contact of Acme Bouwgroep B.V. (account jan)"
    nobody = lifecycle(state="proposed", counter_signature=None, publication=None)
    draft = build_contract(content("en", signed=nobody), "en")
    assert draft.edition == "acme-standard, version 3, proposed, not yet agreed"
    assert _rows(draft, "Signatures")[1][1] == "not signed yet"


def test_why_cover_was_extended_is_for_our_own_people() -> None:
    assert _rows(build_contract(content("en"), "en"), "Extra cover") == [
        ("13 June 2026 08:00 to 20:00", "Major and Minor", "go-live of the new portal")
    ]
    theirs = build_contract(content("en", "acme"), "en")
    assert _rows(theirs, "Extra cover") == [("13 June 2026 08:00 to 20:00", "Major and Minor")]
    assert "put into force" not in str(theirs)


def test_who_is_only_covered_reads_what_holds_for_them_and_no_contract_of_others() -> None:
    """R4"""
    both: dict[str, Any] = {"other_customers": (BRIGHTWATER,)}
    document = build_contract(content("en", "brightwater", **both), "en")
    assert document.subtitle == "as it holds for Brightwater Ltd"
    titles = {one.title for one in document.sections}
    assert not titles & {"Signatures", "Penalties", "Roles", "Duties of the other side"}
    shown = str(document)
    assert not [name for name in ("Acme", "Theo", "1,200.50", "go-live") if name in shown]
    ours = build_contract(content("en", **both), "en")
    covers = dict(_rows(ours, "Parties and scope"))["Covers"]
    assert covers == "Acme Bouwgroep B.V., Brightwater Ltd"


def test_a_contract_with_a_supplier_names_the_supplier() -> None:
    """R13"""
    terms: dict[str, Any] = {"contract": "uc", "customer_id": None, "partner": "hosthaven"}
    document = build_contract(content("de", **terms), "de")
    assert document.title == "Lieferantenvertrag (UC)"
    assert document.subtitle == "zwischen Northwind Support GmbH und HostHaven S.A."
    facts = dict(_rows(document, "Parteien und Geltungsbereich"))
    assert (facts["Lieferant"], facts["Gilt für"]) == ("HostHaven S.A.", "alle Kunden")


async def test_the_page_is_in_the_customers_language_as_html_and_pdf(
    database: Database, theo: AsyncClient, gina: AsyncClient, jan: AsyncClient
) -> None:
    await announce_customers(database, (ACME, "acme"))
    await announce_people(database, "theo", "gina")
    await freeze_time(database, NINE)
    calendar = {
        "key": "amsterdam",
        "timezone": "Europe/Amsterdam",
        "weekly": {"mon": [["08:00", "17:00"]]},
        "public_holidays": [{"country": "NL"}],
    }
    assert (await theo.post("/v1/calendars", json=calendar)).status_code == 201
    body = {
        "key": "acme-standard",
        "customer": "acme",
        "calendar": "amsterdam",
        "targets": [{"metric": "resolution", "priority": "major", "target_seconds": 8 * 3600}],
        "valid_from": "2025-12-31T23:00:00Z",
    }
    address = (await theo.post(AGREEMENTS, json=body)).headers["Location"]
    await publish_draft(theo, gina, address)
    read = (await jan.get(address)).json()
    assert read["names"] == {"theo": "Theo", "gina": "Gina"}
    page = await jan.get(f"{address}/page")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert '<html lang="nl">' in page.text
    for words in ("vanaf 1 januari 2026", "8 uur", "Tweede paasdag", "Theo", "Gina, namens Acme"):
        assert words in page.text
    english = await theo.get(f"{address}/page", params={"language": "en"})
    assert "Easter Monday" in english.text
    printed = await jan.get(f"{address}/page", params={"format": "pdf", "language": "de"})
    assert printed.headers["content-type"] == "application/pdf"
    assert printed.headers["content-disposition"] == 'inline; filename="acme-standard-v1-de.pdf"'
    text = "\n".join(one.extract_text() for one in PdfReader(io.BytesIO(printed.content)).pages)
    assert "zwischen dem Dienstleister und Acme" in text
    assert "8 Stunden" in text
    accepted = await jan.get(f"{address}/page", headers={"Accept": "application/pdf"})
    assert accepted.content.startswith(b"%PDF")
    assert (await jan.get(f"{address}/page", params={"language": "fr"})).status_code == 422
