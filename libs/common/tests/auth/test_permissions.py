"""Who may do what: one table, deny by default."""

import pytest

from common.auth import PERMISSIONS, Caller, Contact, may, needs
from common.auth.permissions import ROLES, SCOPES, as_markdown
from common.persistence.ids import uuid7


def test_the_table_is_sorted_and_names_known_holders() -> None:
    assert list(PERMISSIONS) == sorted(PERMISSIONS)
    for permission, holders in PERMISSIONS.items():
        assert holders, permission
        assert holders <= ROLES | SCOPES, permission


def test_nobody_may_do_what_is_not_in_the_table() -> None:
    assert not may(ROLES, SCOPES, "world:end")
    with pytest.raises(LookupError, match="world:end"):
        needs("world:end")


def test_a_role_that_is_called_like_a_scope_opens_nothing() -> None:
    assert may(frozenset(), frozenset({"emails:write"}), "emails:write")
    assert not may(frozenset({"emails:write"}), frozenset(), "emails:write")
    assert not may(frozenset(), frozenset({"gm"}), "waivers:approve")


def test_only_the_gm_approves_violations() -> None:
    """R2."""
    assert PERMISSIONS["waivers:approve"] == {"gm"}


def test_the_portal_itself_may_do_nothing() -> None:
    assert not any(may(frozenset(), frozenset({"portal"}), one) for one in PERMISSIONS)


def test_a_contact_sees_the_own_customer_only() -> None:
    contact = Contact(uuid7(), "Jan", "acme").caller(behind="portal")
    assert contact.sees("acme")
    assert not contact.sees("brightwater")
    assert contact.has("tickets:open")
    assert not contact.has("tickets:work")
    assert (contact.sub, contact.behind) == (f"contact/{contact.contact_id}", "portal")
    assert Caller("anna", "Anna", frozenset({"ops"})).sees("brightwater")


def test_the_table_is_printed_for_the_docs() -> None:
    printed = as_markdown()
    assert "| permission | customer | dm | gm | ops |" in printed
    for permission in PERMISSIONS:
        assert f"| `{permission}` |" in printed
