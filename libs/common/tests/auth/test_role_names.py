"""Where an issuer names roles, and what it calls them: Keycloak, Microsoft Entra, and ours."""

from typing import Any

import pytest

from common.auth.claims import TokenPolicy, caller_from_claims, verified_token
from common.auth.role_names import RoleNames, parse_role_names
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


def test_the_settings_become_the_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    _environment(
        monkeypatch,
        OPSDESK_ROLES_CLAIM="groups",
        OPSDESK_ROLE_NAMES="a=b=ops,7e=gm",
        OPSDESK_TOKEN_ID_CLAIM="uti",
    )
    policy = token_policy(load_settings(Settings))
    assert policy.id_claim == "uti"
    assert policy.roles == RoleNames("groups", {"a=b": "ops", "7e": "gm"})


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
