"""What the verified claims of a token must say, and must not."""

from typing import Any

import pytest

from common.auth.claims import caller_from_claims
from common.errors import Unauthenticated


def claims(**overrides: Any) -> dict[str, Any]:
    return {"sub": "anna", "roles": ["ops"]} | overrides


def test_unknown_roles_and_scopes_count_for_nothing() -> None:
    assert caller_from_claims(claims(roles=["ops", "admin", 5], scope="openid")).roles == {"ops"}
    machine = caller_from_claims(claims(roles=["admin"], scope="portal root tickets:open"))
    assert not machine.roles
    assert machine.scopes == {"portal"}
    assert not caller_from_claims(claims(roles={"ops": 1})).roles


def test_a_contact_without_customer_or_with_a_staff_role_is_refused() -> None:
    assert caller_from_claims(claims(roles=["customer"], customer="acme")).customer == "acme"
    for wrong in (
        {"roles": ["customer"]},
        {"roles": ["ops"], "customer": "acme"},
        {"roles": ["customer", "ops"], "customer": "acme"},
        {"roles": ["customer"], "customer": ["acme"]},
        {"sub": ""},
        {"sub": "a\nb"},
        {"sub": "x" * 300},
    ):
        with pytest.raises(Unauthenticated):
            caller_from_claims(claims(**wrong))


def test_a_partners_person_is_of_one_partner_and_nothing_else() -> None:
    """The role without a partner gives nothing; one of ours who has it stays one of ours."""
    caller = caller_from_claims(claims(roles=["partner"], partner="hosthaven"))
    assert (caller.partner, set(caller.roles)) == ("hosthaven", {"partner"})
    assert caller.is_outsider
    assert not caller.can_see("acme")
    assert caller_from_claims(claims(roles=["partner"])).roles == frozenset()
    assert caller_from_claims(claims(roles=["partner", "ops"])).roles == {"ops"}
    for wrong in (
        {"roles": ["ops"], "partner": "hosthaven"},
        {"roles": ["partner", "gm"], "partner": "hosthaven"},
        {"roles": [], "partner": "hosthaven"},
        {"roles": ["customer"], "customer": "acme", "partner": "hosthaven"},
        {"roles": ["partner"], "partner": ["hosthaven"]},
        {"roles": ["partner"], "partner": ""},
    ):
        with pytest.raises(Unauthenticated):
            caller_from_claims(claims(**wrong))


@pytest.mark.parametrize(
    "mixed",
    [
        {"roles": ["customer"], "customer": "acme", "scope": "portal"},
        {"roles": ["ops"], "scope": "tickets:write"},
        {"roles": ["gm"], "scope": ["openid", "portal"]},
        {"roles": "partner", "scope": "alerts:write"},
    ],
)
def test_roles_and_scopes_never_mix(mixed: dict[str, Any]) -> None:
    with pytest.raises(Unauthenticated, match="one or the other"):
        caller_from_claims(claims(**mixed))


@pytest.mark.parametrize(
    "sub", ["contact/0192f0c1", "shell:root", "opsdesk", "portal>contact/0192f0c1", "a>b"]
)
def test_nobody_takes_a_name_that_no_token_has(sub: str) -> None:
    """In the audit trail it would be somebody else, and share their limits and Idempotency-Keys."""
    with pytest.raises(Unauthenticated):
        caller_from_claims(claims(sub=sub))
