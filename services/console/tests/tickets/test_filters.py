"""Filters as text, as a form and as a query are one thing."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.tickets.filters import CONDITIONS, FIELDS, Filters, from_form, read

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
KEYS = st.from_regex(r"[a-z][a-z0-9-]{0,10}", fullmatch=True)
LENGTHS = st.integers(1, 9999).map(lambda minutes: timedelta(minutes=minutes))
FILTERS = st.builds(
    Filters,
    st.dictionaries(st.sampled_from(FIELDS), KEYS),
    st.lists(st.sampled_from(sorted(CONDITIONS)), unique=True).map(tuple),
    st.none() | LENGTHS,
    st.lists(KEYS, max_size=3).map(" ".join),
    tags=st.lists(KEYS, max_size=3, unique=True).map(tuple),
)


@given(FILTERS)
def test_what_is_written_is_read_back(filters: Filters) -> None:
    again = read(filters.text())
    assert again == filters


@given(st.text(max_size=80))
def test_whatever_is_typed_is_read_and_said_where_it_means_nothing(text: str) -> None:
    filters = read(text)
    written = filters.text().split()
    for word in text.split():
        name, colon, value = word.partition(":")
        known = colon and value and name.lower() in {*FIELDS, "env", "tag", "is", "breaks"}
        assert known or word in written or word in filters.unknown


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("customer:acme is:broken", {"customer": "acme", "breached": "true"}),
        ("env:acme-prod is:mine", {"environment": "acme-prod", "mine": "true"}),
        ("is:unassigned is:triage", {"assigned": "false", "needs_triage": "true"}),
        ("breaks:<2h", {"due_before": "2026-03-02T14:00:00+00:00"}),
        ("breaks:30m", {"due_before": "2026-03-02T12:30:00+00:00"}),
        ("customer:acme invoices february", {"customer": "acme", "q": "invoices february"}),
        ("tag:security tag:payroll", {"tag": ["security", "payroll"]}),
        ("is:watched is:open", {"watched": "true", "open": "true"}),
        ("is:mine invoices", {"mine": "true", "q": "invoices"}),
        ("is:open is:mine", {"mine": "true"}),
        ("tag:security is:broken breaks:<2h", {"tag": ["security"]}),
    ],
)
def test_the_query_is_that_of_the_queue_or_of_the_search(
    text: str, query: dict[str, object]
) -> None:
    assert read(text).query(NOON) == query


@pytest.mark.parametrize("text", ["colour:red", "is:blue", "breaks:soon", "breaks:0h", "customer:"])
def test_a_restriction_that_is_not_known_is_told(text: str) -> None:
    filters = read(f"is:mine {text}")
    assert text in (*filters.unknown, *filters.words.split())
    assert filters.conditions == ("mine",)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("tag:security is:broken breaks:<2h", ("is:broken", "breaks:<2h")),
        ("is:watched is:unassigned", ("is:unassigned",)),
        ("is:broken breaks:<2h", ()),
        ("tag:security is:mine", ()),
    ],
)
def test_what_the_list_of_all_tickets_does_not_know_is_told(
    text: str, words: tuple[str, ...]
) -> None:
    assert read(text).without_effect() == words


@pytest.mark.parametrize("condition", ["is:broken", "is:unassigned", "breaks:<2h"])
def test_who_has_no_queue_is_told_what_it_alone_knows(condition: str) -> None:
    filters = read(f"{condition} is:mine")
    assert filters.query(NOON, has_queue=False) == {"mine": "true"}
    assert filters.without_effect(has_queue=False) == (condition,)
    assert filters.without_effect() == ()


@given(FILTERS, st.data())
def test_every_term_can_be_taken_away_by_itself(filters: Filters, data: st.DataObject) -> None:
    terms = filters.terms()
    if not terms:
        return
    gone = data.draw(st.sampled_from(terms))
    assert filters.without(gone).terms() == tuple(one for one in terms if one != gone)


def test_tags_of_the_form_are_added_to_those_of_the_text() -> None:
    form = {"q": "tag:security", "tag": "payroll, security", "is": "watched"}
    assert from_form(form).text() == "tag:security tag:payroll is:watched"


def test_the_fields_of_the_form_win_over_the_text() -> None:
    form = {"q": "customer:acme is:mine", "customer": "brightwater", "breaks": "1d", "state": ""}
    assert from_form(form).text() == "customer:brightwater is:mine breaks:<1d"
