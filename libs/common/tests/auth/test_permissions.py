"""Who may do what: one table, deny by default."""

import pytest

from common.auth import PERMISSIONS, Caller, Contact, is_allowed, requires
from common.auth.permissions import ROLES, SCOPES, permissions_markdown
from common.persistence.ids import uuid7


def test_the_table_is_sorted_and_names_known_holders() -> None:
    assert list(PERMISSIONS) == sorted(PERMISSIONS)
    for permission, holders in PERMISSIONS.items():
        assert holders, permission
        assert holders <= ROLES | SCOPES, permission


def test_nobody_may_do_what_is_not_in_the_table() -> None:
    assert not is_allowed(ROLES, SCOPES, "world:end")
    with pytest.raises(LookupError, match="world:end"):
        requires("world:end")


def test_a_role_that_is_called_like_a_scope_opens_nothing() -> None:
    assert is_allowed(frozenset(), frozenset({"emails:write"}), "emails:write")
    assert not is_allowed(frozenset({"emails:write"}), frozenset(), "emails:write")
    assert not is_allowed(frozenset(), frozenset({"gm"}), "waivers:approve")


def test_only_the_gm_approves_violations() -> None:
    """R2."""
    assert PERMISSIONS["waivers:approve"] == {"gm"}


def test_the_portal_itself_may_do_nothing() -> None:
    assert not any(is_allowed(frozenset(), frozenset({"portal"}), one) for one in PERMISSIONS)


def test_a_contact_sees_the_own_customer_only() -> None:
    contact = Contact(uuid7(), "Jan", "acme").to_caller(via_machine="portal")
    assert contact.can_see("acme")
    assert not contact.can_see("brightwater")
    assert contact.has_permission("tickets:open")
    assert not contact.has_permission("tickets:work")
    assert (contact.sub, contact.via_machine) == (f"contact/{contact.contact_id}", "portal")
    assert Caller("anna", "Anna", frozenset({"ops"})).can_see("brightwater")


def test_the_table_is_printed_for_the_docs() -> None:
    printed = permissions_markdown()
    assert "| permission | customer | dm | gm | ops |" in printed
    for permission in PERMISSIONS:
        assert f"| `{permission}` |" in printed
