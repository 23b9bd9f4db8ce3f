"""Where an issuer names roles, and what it calls them: Keycloak, Microsoft Entra, and ours."""

from typing import Any

import pytest

from common.auth.claims import OUR_NAMES, TokenPolicy, caller_from_claims, verified_token
from common.auth.role_names import RoleNames, ScopeNames, parse_role_names, parse_scope_names
from common.errors import Unauthenticated
from common.http.state import token_policy
from common.settings import Settings, load_settings

GROUP = "6f1c2a52-5a0d-4c0f-9d0e-6a8f3d1f0b11"
KEYCLOAK: dict[str, Any] = {
    "sub": "anna",
    "realm_access": {"roles": ["offline_access", "ops", "uma_authorization"]},
    "scope": "openid profile email",
}
ENTRA: dict[str, Any] = {
    "sub": "anna",
    "groups": [GROUP, "0a0a"],
    "iat": 0,
    "exp": 3600,
    "uti": "t1",
}


def test_keycloaks_realm_roles_are_found_inside_their_claim() -> None:
    assert caller_from_claims(KEYCLOAK, RoleNames("realm_access.roles")).roles == {"ops"}
    assert caller_from_claims(KEYCLOAK).roles == frozenset()


def test_a_claim_whose_name_has_dots_is_taken_whole_first() -> None:
    claims = {"sub": "anna", "https://acme.example/roles": ["gm"]}
    assert caller_from_claims(claims, RoleNames("https://acme.example/roles")).roles == {"gm"}


def test_groups_by_their_ids_give_the_roles_that_somebody_wrote_down() -> None:
    names = RoleNames("groups", parse_role_names(f"{GROUP}=ops, 7e=gm"))
    assert caller_from_claims(ENTRA, names).roles == {"ops"}


def test_with_names_a_group_that_is_called_like_a_role_gives_nothing() -> None:
    names = RoleNames("groups", {GROUP: "ops"})
    assert caller_from_claims(ENTRA | {"groups": ["gm", GROUP]}, names).roles == {"ops"}


@pytest.mark.parametrize("value", [None, 5, {"roles": 7}, [], [["gm"]], {"ops": 1}])
def test_what_is_no_list_of_names_gives_nothing(value: Any) -> None:
    claims = {"sub": "anna", "realm_access": value}
    assert not caller_from_claims(claims, RoleNames("realm_access.roles")).roles


def test_a_person_with_scopes_of_a_machine_is_refused_wherever_the_roles_stand() -> None:
    with pytest.raises(Unauthenticated):
        caller_from_claims(KEYCLOAK | {"scope": "portal"}, RoleNames("realm_access.roles"))


def test_a_token_is_named_by_the_claim_that_its_issuer_has_for_it() -> None:
    assert verified_token(ENTRA, TokenPolicy(id_claim="uti")).jti == "t1"
    with pytest.raises(Unauthenticated):
        verified_token(ENTRA, TokenPolicy())


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("ops", "'ops' is not NAME=role"),
        ("=ops", "'=ops' is not NAME=role"),
        ("g1=boss", "'boss' is none of"),
        ("g1=ops,g1=gm", "'g1' has two roles"),
    ],
)
def test_names_that_say_nothing_end_the_start(
    text: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _environment(monkeypatch, OPSDESK_ROLE_NAMES=text)
    with pytest.raises(SystemExit, match=f"OPSDESK_ROLE_NAMES is wrong .*{why}"):
        load_settings(Settings)


PIPELINE: dict[str, Any] = {
    "sub": "5f1e0c1a-1f0e-4d5b-8d38-0c4c6a8f0d11",
    "azp": "0b0b0b0b-1f0e-4d5b-8d38-0c4c6a8f0d11",
    "idtyp": "app",
    "roles": ["deliveries:write", "versions:write", "Reports.Read.All"],
}
"""What Microsoft Entra gives an application with app roles (client credentials): no `scope`."""


def test_an_application_of_entra_has_its_scopes_in_roles() -> None:
    machine = caller_from_claims(PIPELINE, RoleNames("groups"), ScopeNames("roles"))
    assert machine.scopes == {"deliveries:write", "versions:write"}
    assert machine.roles == frozenset()
    assert machine.has_permission("versions:write")
    assert not machine.has_permission("waivers:approve")
    assert not caller_from_claims(PIPELINE).scopes, "not without the setting"


def test_one_claim_bears_roles_of_people_and_scopes_of_machines() -> None:
    both = RoleNames("roles"), ScopeNames("roles")
    assert caller_from_claims({"sub": "anna", "roles": ["ops"]}, *both).roles == {"ops"}
    assert caller_from_claims(PIPELINE, *both).roles == frozenset()
    with pytest.raises(Unauthenticated):
        caller_from_claims(PIPELINE | {"roles": ["gm", "versions:write"]}, *both)


def test_a_machine_s_scope_elsewhere_does_not_count_in_scope() -> None:
    """The scopes that a client asks for are not what it was given, where the issuer says that elsewhere."""
    asked = {"sub": "pipeline", "scope": "portal versions:write", "roles": ["versions:write"]}
    assert caller_from_claims(asked, OUR_NAMES, ScopeNames("roles")).scopes == {"versions:write"}


def test_scopes_by_the_names_that_somebody_wrote_down() -> None:
    names = ScopeNames("roles", parse_scope_names("Versions.Write=versions:write, Portal=portal"))
    claims = {"sub": "pipeline", "roles": ["Versions.Write", "portal", "Other"]}
    assert caller_from_claims(claims, OUR_NAMES, names).scopes == {"versions:write"}


def test_scopes_in_a_list_or_in_one_text() -> None:
    for value in (["portal"], "openid portal"):
        machine = caller_from_claims({"sub": "portal", "scp": value}, OUR_NAMES, ScopeNames("scp"))
        assert machine.scopes == {"portal"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("portal", "'portal' is not NAME=scope"),
        ("Portal=everything", "'everything' is none of"),
        ("Portal=gm", "'gm' is none of"),
        ("A=portal,A=alerts:write", "'A' has two scopes"),
    ],
)
def test_scopes_that_say_nothing_end_the_start(
    text: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _environment(monkeypatch, OPSDESK_SCOPE_NAMES=text)
    with pytest.raises(SystemExit, match=f"OPSDESK_SCOPE_NAMES is wrong .*{why}"):
        load_settings(Settings)


def test_the_settings_become_the_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    _environment(
        monkeypatch,
        OPSDESK_ROLES_CLAIM="groups",
        OPSDESK_ROLE_NAMES="a=b=ops,7e=gm",
        OPSDESK_TOKEN_ID_CLAIM="uti",
        OPSDESK_SCOPES_CLAIM="roles",
        OPSDESK_SCOPE_NAMES="Portal=portal",
    )
    policy = token_policy(load_settings(Settings))
    assert policy.id_claim == "uti"
    assert policy.roles == RoleNames("groups", {"a=b": "ops", "7e": "gm"})
    assert policy.scopes == ScopeNames("roles", {"Portal": "portal"})


def _environment(monkeypatch: pytest.MonkeyPatch, **more: str) -> None:
    given = {
        "OPSDESK_ENVIRONMENT": "test",
        "OPSDESK_DATABASE_URL": "postgresql://opsdesk_sla:x@127.0.0.1/opsdesk",
        "OPSDESK_KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9092",
        "OPSDESK_ISSUER": "https://id.example",
        "OPSDESK_JWKS_URL": "https://id.example/jwks",
    }
    for name, value in (given | more).items():
        monkeypatch.setenv(name, value)
