"""Rows of a form that are added and removed by its buttons."""

import pytest

from console.forms.rows import after_button, rows_of, with_rows

BLANK = {"targets": {"metric": "", "pausable": "on"}}
SENT = {
    "key": "acme-sla",
    "targets.0.metric": "resolution",
    "targets.0.blocker": "4:00",
    "targets.2.metric": "update",
    "goals.0.metric": "resolution",
}


def test_rows_are_read_in_their_order_whatever_their_numbers() -> None:
    assert rows_of(SENT, "targets") == [
        {"metric": "resolution", "blocker": "4:00"},
        {"metric": "update"},
    ]
    assert rows_of(SENT, "goals") == [{"metric": "resolution"}]


def test_what_was_sent_without_a_button_is_sent_on() -> None:
    assert after_button(SENT, BLANK) is None
    assert after_button(SENT | {"act": "keep"}, BLANK) is None


def test_a_row_is_added_behind_the_others() -> None:
    after = after_button(SENT | {"act": "add targets"}, BLANK)
    assert after is not None
    assert rows_of(after, "targets")[-1] == BLANK["targets"]
    assert len(rows_of(after, "targets")) == 3
    assert after["key"] == "acme-sla"


def test_a_row_is_taken_out_and_the_others_keep_what_was_typed() -> None:
    after = after_button(SENT | {"act": "remove targets.0"}, BLANK)
    assert after is not None
    assert rows_of(after, "targets") == [{"metric": "update"}]
    assert rows_of(after, "goals") == [{"metric": "resolution"}]


@pytest.mark.parametrize("act", ["add prices", "remove prices.0", "remove targets.x", "remove"])
def test_a_button_of_nobody_is_none(act: str) -> None:
    assert after_button(SENT | {"act": act}, BLANK) is None


def test_more_rows_than_a_service_takes_are_its_to_refuse() -> None:
    """None is dropped: what is not there any more nobody would look for."""
    many = {f"targets.{number}.metric": "resolution" for number in range(250)}
    assert len(rows_of(many, "targets")) == 250


def test_a_number_of_a_row_that_no_page_has_is_none() -> None:
    assert after_button({"act": f"remove targets.{'9' * 5_000}"}, {"targets": {}}) is None


def test_rows_are_numbered_from_nought() -> None:
    assert with_rows({}, "goals", [{"metric": "update"}]) == {"goals.0.metric": "update"}
