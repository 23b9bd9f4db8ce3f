"""What pages make of answers about deliveries and versions."""

from datetime import UTC, datetime
from typing import Any

import pytest

from console.deliveries.delivery_acts import ACTS
from console.deliveries.delivery_request_view import PROOFS, lacking_proofs, request_of
from console.deliveries.matrix_view import delivery_matrix
from console.deliveries.view import RUN_BY_PEOPLE, SETBACKS, outcome_code
from console.language.words import WORDS
from console.upstream.part import Here, Missing, Part
from console.versions.view import version_page
from console_support.answers import page_of
from console_support.changes import ENVIRONMENT
from console_support.deliveries import DIGEST, VERSION, cell, row
from console_support.everything import CRITERIA, DELIVERY

NOW = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
GONE = Missing("delivery-gate", "silent", NOW)


def here(data: Any) -> Here:
    return Here(data, NOW)


def test_each_row_of_the_matrix_has_a_cell_for_each_product() -> None:
    rows = (
        row("acme-prod", cell("portal"), cell("billing", version="2")),
        row("acme-test", cell("Archive")),
        row("acme-new"),
    )
    matrix = delivery_matrix(here(page_of(*rows)), {})
    assert matrix.products == ("Archive", "billing", "portal")
    shown = [[one.product if one else None for one in line.cells] for line in matrix.rows]
    assert shown == [[None, "billing", "portal"], ["Archive", None, None], [None, None, None]]


def test_a_matrix_that_is_not_known_is_not_empty() -> None:
    matrix = delivery_matrix(GONE, {})
    assert (matrix.rows, matrix.listed.is_empty, matrix.listed.status) == ((), False, 503)
    assert delivery_matrix(here(page_of()), {}).listed.is_empty


@pytest.mark.parametrize(
    ("tier", "expected"),
    [
        ("production", ("rollback_plan", "documentation")),
        ("staging", ()),
        ("laboratory", ("rollback_plan", "documentation")),
    ],
)
def test_proofs_are_asked_for_as_the_criteria_of_the_tier_say(
    tier: str, expected: tuple[str, ...]
) -> None:
    """A tier that no criteria name has those of the strictest one."""
    known = here(page_of(ENVIRONMENT | {"tier": tier}))
    values = {"environment": "acme-prod", "knowledge_session": "https://wiki.example"}
    assert lacking_proofs(values, known, here(CRITERIA)) == expected


def test_where_criteria_or_tier_are_not_known_the_gate_decides() -> None:
    values, known = {"environment": "acme-prod"}, here(page_of(ENVIRONMENT))
    assert lacking_proofs(values, known, GONE) == ()
    assert lacking_proofs(values, GONE, here(CRITERIA)) == ()
    assert lacking_proofs({"environment": "other"}, known, here(CRITERIA)) == ()


def test_a_request_has_what_was_typed_and_nothing_empty() -> None:
    typed = {"product": "billing", "version": " 2 ", "environment": "acme-prod", "digest": ""}
    assert request_of(typed | {"rollback_plan": " https://wiki.example ", "documentation": ""}) == {
        "product": "billing",
        "version": "2",
        "environment": "acme-prod",
        "lifecycle": "standard",
        "readiness": {"rollback_plan": "https://wiki.example"},
    }


def test_whatever_was_done_has_words() -> None:
    words = WORDS["delivery_done"]
    for outcome in ("accepted", "refused", "deferred"):
        verdict = DELIVERY | {"verdict": {"outcome": outcome}}
        assert {outcome_code("create", verdict), outcome_code("start", verdict)} <= words.keys()
    for state in ("delivered", "rolled_back"):
        assert outcome_code("verify", DELIVERY | {"state": state}) in words
    plain = {"approve", "refuse", *ACTS} - {"start", "verify"}
    assert {outcome_code(act, DELIVERY) for act in plain} == plain
    assert (SETBACKS | plain) <= words.keys()
    assert WORDS["delivery_act"].keys() == ACTS.keys()
    assert WORDS["readiness"].keys() == set(PROOFS)
    assert tuple(one.code for one in ACTS.values()) == RUN_BY_PEOPLE


def _page(**changed: Part) -> Any:
    parts: dict[str, Part] = {
        "version": here(VERSION),
        "criteria": here(CRITERIA),
        "deliveries": here(page_of()),
        "follow_ups": here(page_of()),
        "matrix": here(page_of()),
    }
    return version_page(parts | changed, NOW)


def test_a_version_runs_where_its_digest_runs_whatever_it_is_called_there() -> None:
    rows = (
        row("acme-prod", cell("billing", digest=DIGEST, version="2.4.2-final")),
        row("acme-test", cell("billing", digest="sha256:other", version="2.4.2")),
        row("acme-old", cell("portal", digest=DIGEST)),
    )
    page = _page(matrix=here(page_of(*rows)))
    assert [one["environment"] for one in page.runs_on] == ["acme-prod"]


def test_checks_stand_as_the_criteria_let_them_count() -> None:
    checks = {one.kind: one for one in _page().checks}
    assert {kind: (one.state, one.mark) for kind, one in checks.items()} == {
        "regression_test": ("counts", "fine"),
        "licences": ("counts", "broken"),
        "vulnerability_scan": ("missing", "soon"),
    }
    assert checks["regression_test"].tiers == ("production", "staging")
    old = _page(criteria=here(CRITERIA | {"max_check_age_seconds": 60})).checks
    assert {one.kind: one.state for one in old}["regression_test"] == "too_old"
    unknown = _page(criteria=GONE).checks
    assert {one.kind: (one.state, one.tiers) for one in unknown} == {
        "regression_test": ("counts", ()),
        "licences": ("counts", ()),
    }
