"""`opsdesk reviews draw-up | assess | comment | publish`: what people do to make a review."""

import json

import pytest

from opsdesk.api_client import JSON
from opsdesk_support.terminal import Terminal, problem_response

MADE: JSON = {"key": "acme-2026-06", "edition": 0}
BREACH: JSON = {
    "clock_id": "0192f0c1-0000-7000-8000-000000000001",
    "ticket": "OPS-1021",
    "metric": "resolution",
    "priority": "major",
    "overrun_seconds": 5400,
    "reason": "deadline",
    "waiver": None,
    "comment": None,
}
USAGE: JSON = {"opened": 4, "resolved": 3, "open": 1, "compliance": {"raw": None, "adjusted": None}}
DRAFT: JSON = MADE | {
    "shown_edition": 0,
    "report": {
        "name": "Acme",
        "usage": USAGE,
        "previous_month": {"opened": 3},
        "breaches_total": 1,
        "breaches": [BREACH],
        "assessment": ["2 of 3 promises were kept."],
        "assessment_by": None,
        "former_assessment": ["All is well so far."],
        "former_assessment_by": "Dana",
    },
    "agenda": [],
    "actions": [],
}
REVIEW = "/v1/reviews/acme-2026-06"


def written(by: str | None) -> JSON:
    words = ["All is well so far."] if by else ["2 of 3 promises were kept."]
    return {"assessment": words, "assessment_by": by, "computed": ["2 of 3 promises were kept."]}


def test_a_review_is_drawn_up_and_drawn_up_again(terminal: Terminal) -> None:
    responses = terminal.services.responses
    responses["POST /v1/reviews"] = responses[f"POST {REVIEW}/regenerate"] = MADE
    assert "acme-2026-06 is drawn up" in terminal("reviews", "draw-up", "acme-2026-06")
    assert "acme-2026-06 is drawn up" in terminal("reviews", "draw-up", "acme-2026-06", "--again")
    assert terminal.services.requests == [
        ("POST", "/v1/reviews", {"customer": "acme", "month": "2026-06"}),
        ("POST", f"{REVIEW}/regenerate", {}),
    ]


@pytest.mark.parametrize("name", ["acme", "2026-06", "acme-2026", "acme-june-2026"])
def test_what_names_no_review_is_said(terminal: Terminal, name: str) -> None:
    assert "write it like acme-2026-06" in terminal.fails("reviews", "draw-up", name)
    assert terminal.services.requests == []


def test_a_draft_shows_its_head_and_why_promises_were_broken(terminal: Terminal) -> None:
    terminal.services.responses[f"GET {REVIEW}"] = DRAFT
    shown = " ".join(terminal("reviews", "show", "acme-2026-06", "--edition", "0").split())
    for words in (
        "2 of 3 promises were kept.",
        "Before the month was over Dana wrote, and nobody has written anew since: All is well",
        "│ OPS-1021 │ resolution │ major │ 1 hr 30 min of support time │ deadline │",
    ):
        assert words in shown


def test_an_assessment_is_written_or_taken_back(terminal: Terminal) -> None:
    path = f"PUT {REVIEW}/assessment"
    terminal.services.responses[path] = written("Dana")
    assert "the words of Dana" in terminal("reviews", "assess", "acme-2026-06", "Well.", "So far.")
    terminal.services.responses[path] = written(None)
    assert "what the figures say" in terminal("reviews", "assess", "acme-2026-06", "--computed")
    assert [body for _, _, body in terminal.services.requests] == [
        {"paragraphs": ["Well.", "So far."]},
        {"paragraphs": []},
    ]
    for words in ([], ["Well.", "--computed"], ["--computed", "--former"]):
        assert "Say what stands" in terminal.fails("reviews", "assess", "acme-2026-06", *words)


def test_words_of_before_the_months_end_are_taken_over_as_they_are(terminal: Terminal) -> None:
    terminal.services.responses[f"GET {REVIEW}"] = DRAFT
    terminal.services.responses[f"PUT {REVIEW}/assessment"] = written("Dana")
    terminal("reviews", "assess", "acme-2026-06", "--former")
    assert terminal.services.requests[-1][2] == {"paragraphs": ["All is well so far."]}
    report = DRAFT["report"] | {"former_assessment": []}
    terminal.services.responses[f"GET {REVIEW}"] = DRAFT | {"report": report}
    output = terminal.fails("reviews", "assess", "acme-2026-06", "--former")
    assert "nothing was written before its month was over" in output


def test_a_breach_is_commented_on_by_its_ticket(terminal: Terminal) -> None:
    terminal.services.responses[f"GET {REVIEW}"] = DRAFT
    terminal.services.responses[f"POST {REVIEW}/breach-comments"] = {}
    output = terminal("reviews", "comment", "acme-2026-06", "1021", "The host was down")
    assert "why OPS-1021 (resolution) was broken" in output
    body = {"clock_id": BREACH["clock_id"], "text": "The host was down"}
    assert terminal.services.requests[-1] == ("POST", f"{REVIEW}/breach-comments", body)


def test_which_promise_is_asked_for_where_several_were_broken(terminal: Terminal) -> None:
    other = BREACH | {"metric": "first_response", "clock_id": "another"}
    report = DRAFT["report"] | {"breaches": [BREACH, other]}
    terminal.services.responses[f"GET {REVIEW}"] = DRAFT | {"report": report}
    terminal.services.responses[f"POST {REVIEW}/breach-comments"] = {}
    command = ("reviews", "comment", "acme-2026-06", "1021", "The host was down")
    assert "--metric resolution, first_response" in terminal.fails(*command)
    terminal(*command, "--metric", "first_response")
    assert terminal.services.requests[-1][2]["clock_id"] == "another"
    elsewhere = terminal.fails("reviews", "comment", "acme-2026-06", "7", "The host was down")
    assert "no such broken promise of OPS-7" in elsewhere


def test_a_review_is_published_or_it_is_said_why_not(terminal: Terminal) -> None:
    path = f"POST {REVIEW}/publish"
    terminal.services.responses[path] = MADE | {"edition": 2}
    output = terminal("reviews", "publish", "acme-2026-06", "--reason", "A late correction")
    assert "published as edition 2" in output
    assert terminal.services.requests[-1][2] == {"reason": "A late correction"}
    no = problem_response(403, "self-approval", "No", "Somebody else publishes it.")
    terminal.services.responses[path] = no
    assert "Somebody else publishes it." in terminal.fails("reviews", "publish", "acme-2026-06")


def test_what_was_published_is_printed_as_json(terminal: Terminal) -> None:
    terminal.services.responses[f"POST {REVIEW}/publish"] = MADE | {"edition": 1}
    printed = json.loads(terminal("reviews", "publish", "acme-2026-06", "--json"))
    assert printed == MADE | {"edition": 1}
