"""`opsdesk reviews`: the report on a customer's month, at the terminal and as a file."""

from pathlib import Path

import httpx
import pytest

from opsdesk.api_client import JSON
from opsdesk_support.terminal import Terminal, page_of, problem_response

COMPLIANCE = {"raw": 0.9, "adjusted": 0.95}
REVIEW: JSON = {
    "key": "acme-2026-06",
    "customer": "acme",
    "month": "2026-06",
    "generated_by": "opsdesk",
    "generated_at": "2026-07-01T04:00:00Z",
    "edition": 0,
}
SHOWN_REVIEW: JSON = REVIEW | {
    "shown_edition": 2,
    "report": {
        "name": "Acme Logistics",
        "usage": {"opened": 41, "resolved": 39, "open": 7, "compliance": COMPLIANCE},
        "previous_month": {"opened": 30},
        "breaches_total": 4,
        "breaches": [],
        "assessment": ["Nearly all was kept."],
    },
    "agenda": ["What was kept", "What was broken [4]"],
    "actions": [
        {
            "key": "RVA-1",
            "title": "A second line",
            "owner": "dana",
            "due": "2026-07-31",
            "state": "open",
        }
    ],
}


def test_reviews_are_listed_by_customer_and_month_in_the_readers_zone(terminal: Terminal) -> None:
    terminal.services.responses["GET /v1/reviews"] = page_of(REVIEW)
    output = terminal("reviews", "list", "--customer", "acme", "--month", "2026-06")
    assert "Wed 01 Jul 2026 06:00:00 CEST" in " ".join(output.split())
    assert "draft" in output
    asked = {"limit": "50", "customer": "acme", "month": "2026-06"}
    assert terminal.services.requests == [("GET", "/v1/reviews", asked)]


def test_a_review_is_shown_with_figures_agenda_and_what_is_owed(terminal: Terminal) -> None:
    terminal.services.responses["GET /v1/reviews/acme-2026-06"] = SHOWN_REVIEW
    output = " ".join(terminal("reviews", "show", "acme-2026-06", "--edition", "2").split())
    for words in (
        "Acme Logistics",
        "41 (30 the month before)",
        "90.0%",
        "95.0%",
        "edition 2",
        "2. What was broken [4]",
        "RVA-1",
        "Nearly all was kept.",
    ):
        assert words in output
    asked = {"edition": "2", "language": "en"}
    assert terminal.services.requests == [("GET", "/v1/reviews/acme-2026-06", asked)]


def test_a_month_in_which_nothing_was_promised_has_no_share(terminal: Terminal) -> None:
    usage = SHOWN_REVIEW["report"]["usage"] | {"compliance": {"raw": None, "adjusted": None}}
    draft = SHOWN_REVIEW | {
        "shown_edition": 0,
        "actions": [],
        "report": SHOWN_REVIEW["report"] | {"usage": usage},
    }
    terminal.services.responses["GET /v1/reviews/acme-2026-06"] = draft
    output = terminal("reviews", "show", "acme-2026-06")
    assert "draft" in output
    assert "%" not in output
    assert "Actions" not in output


def test_a_review_is_saved_as_a_file(terminal: Terminal, tmp_path: Path) -> None:
    paper = httpx.Response(200, content=b"%PDF-1.7 " + bytes(2000))
    terminal.services.responses["GET /v1/reviews/acme-2026-06"] = paper
    file = tmp_path / "june.pdf"
    output = terminal("reviews", "fetch", "acme-2026-06", "--to", str(file))
    assert file.read_bytes() == paper.content
    assert "june.pdf: 2,009 bytes" in output.replace("\n", "")
    assert terminal.services.requests == [("GET", "/v1/reviews/acme-2026-06", {"format": "pdf"})]


def test_a_file_that_is_not_named_is_called_like_the_review(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    terminal.services.responses["GET /v1/reviews/acme-2026-06"] = httpx.Response(200, text="a,b")
    words = ("--format", "csv", "--edition", "1", "--language", "de")
    terminal("reviews", "fetch", "acme-2026-06", *words)
    assert (tmp_path / "review-acme-2026-06.csv").read_text() == "a,b"
    asked = {"format": "csv", "edition": "1", "language": "de"}
    assert terminal.services.requests == [("GET", "/v1/reviews/acme-2026-06", asked)]


def test_a_file_that_cannot_be_written_is_reported(terminal: Terminal, tmp_path: Path) -> None:
    terminal.services.responses["GET /v1/reviews/acme-2026-06"] = httpx.Response(200, text="a,b")
    gone = str(tmp_path / "gone" / "june.csv")
    output = terminal.fails("reviews", "fetch", "acme-2026-06", "--to", gone)
    assert "cannot be written (No such file or directory); name another: --to." in output


def test_what_sla_refuses_is_reported_and_no_file_is_left(
    terminal: Terminal, tmp_path: Path
) -> None:
    no = problem_response(
        422, "invalid", "Invalid", "`format` is one of pdf, xlsx, html, csv, json"
    )
    terminal.services.responses["GET /v1/reviews/acme-2026-06"] = no
    file = tmp_path / "june.doc"
    words = ("acme-2026-06", "--format", "doc", "--to", str(file))
    assert "is one of pdf" in terminal.fails("reviews", "fetch", *words)
    assert not file.exists()
    assert "Not found" in terminal.fails("reviews", "show", "acme-2031-01")
