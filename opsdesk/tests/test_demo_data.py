"""The data of the demo company are complete, and say who may log in."""

from pathlib import Path

import pytest

from common.auth.permissions import ROLES, SCOPES
from opsdesk.company.demo_data import read_demo_data
from opsdesk.errors import CliError


def test_everybody_of_the_demo_company_can_log_in() -> None:
    known = read_demo_data().identities()
    assert known["anna"].roles == ("ops",)
    assert known["jan"].customer == "acme"
    assert known["hosthaven"].partner == "hosthaven"
    assert known["gateway"].scope == "emails:write tickets:write"


def test_roles_and_scopes_are_those_of_opsdesk() -> None:
    for who in read_demo_data().identities().values():
        assert set(who.roles) <= ROLES
        assert set((who.scope or "").split()) <= SCOPES


def test_the_matrix_names_policies_of_the_book_and_ends_in_a_row_that_holds() -> None:
    """E17."""
    book = read_demo_data()
    policies = {policy["key"] for policy in book.entries("policies")}
    rows = book.entries("matrix")
    assert {row["policy"] for row in rows} <= policies
    assert rows[-1]["when"] == {}


def test_a_book_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(CliError, match="OPSDESK_COMPANY"):
        read_demo_data(tmp_path / "none.toml")
