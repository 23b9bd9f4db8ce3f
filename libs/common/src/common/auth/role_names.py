"""Where an issuer's tokens name roles and scopes, and what it calls them: not every one can be told to do it our way."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from common.auth.permissions import ROLES, SCOPES

DEFAULT_CLAIM: Final = "roles"
DEFAULT_SCOPES_CLAIM: Final = "scope"


@dataclass(frozen=True, slots=True)
class RoleNames:
    """`claim` is the name of the claim, or the way to it with dots (`realm_access.roles`).

    `names`: the issuer's name of a role or group to ours. With any, only what stands there counts: a group
    that happens to be called `gm` gives nothing.
    """

    claim: str = DEFAULT_CLAIM
    names: Mapping[str, str] = field(default_factory=dict)

    def roles_in(self, claims: Mapping[str, Any]) -> frozenset[str]:
        """Return our roles in a token. Unknown ones are ignored."""
        return ROLES & _named(claims, self.claim, self.names)


@dataclass(frozen=True, slots=True)
class ScopeNames:
    """The same for what machines may do: Microsoft Entra gives applications `roles`, others `scp`.

    One claim may bear both, since no role is called like a scope; a token with both is refused as ever.
    """

    claim: str = DEFAULT_SCOPES_CLAIM
    names: Mapping[str, str] = field(default_factory=dict)

    def scopes_in(self, claims: Mapping[str, Any]) -> frozenset[str]:
        """Return our scopes in a token. Unknown ones are ignored."""
        return SCOPES & _named(claims, self.claim, self.names)


def parse_role_names(text: str) -> dict[str, str]:
    """Parse `NAME=role,NAME=role`. Raises ValueError, in words, for anything else and for unknown roles."""
    return _parse(text, "role", ROLES)


def parse_scope_names(text: str) -> dict[str, str]:
    """Parse `NAME=scope,NAME=scope`. Raises ValueError, in words, for anything else and for unknown scopes."""
    return _parse(text, "scope", SCOPES)


def _named(claims: Mapping[str, Any], claim: str, names: Mapping[str, str]) -> frozenset[str]:
    given = split_words(_value_in(claims, claim))
    return frozenset(names[one] for one in given if one in names) if names else given


def _value_in(claims: Mapping[str, Any], claim: str) -> Any:
    if claim in claims:
        return claims[claim]
    value: Any = claims
    for name in claim.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _parse(text: str, kind: str, ours: Collection[str]) -> dict[str, str]:
    names: dict[str, str] = {}
    for part in filter(None, (one.strip() for one in text.split(","))):
        name, equals, given = part.rpartition("=")
        if not equals or not name:
            raise ValueError(f"{part!r} is not NAME={kind}")
        if given not in ours:
            raise ValueError(f"{given!r} is none of {', '.join(sorted(ours))}")
        if names.get(name, given) != given:
            raise ValueError(f"{name!r} has two {kind}s: have the issuer give both names instead")
        names[name] = given
    return names


def split_words(value: Any) -> frozenset[str]:
    """Return the words of a claim that is a list of texts, or one text with blanks between."""
    words = value.split() if isinstance(value, str) else value
    if not isinstance(words, list):
        return frozenset()
    return frozenset(word for word in words if isinstance(word, str))
