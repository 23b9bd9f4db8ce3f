"""Where an issuer's tokens name roles, and what it calls them: not every one can be told to do it our way."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from common.auth.permissions import ROLES

DEFAULT_CLAIM: Final = "roles"


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
        given = split_words(self._value_in(claims))
        if self.names:
            given = frozenset(self.names[one] for one in given if one in self.names)
        return ROLES & given

    def _value_in(self, claims: Mapping[str, Any]) -> Any:
        if self.claim in claims:
            return claims[self.claim]
        value: Any = claims
        for name in self.claim.split("."):
            value = value.get(name) if isinstance(value, Mapping) else None
        return value


def parse_role_names(text: str) -> dict[str, str]:
    """Parse `NAME=role,NAME=role`. Raises ValueError, in words, for anything else and for unknown roles."""
    names: dict[str, str] = {}
    for part in filter(None, (one.strip() for one in text.split(","))):
        name, equals, role = part.rpartition("=")
        if not equals or not name:
            raise ValueError(f"{part!r} is not NAME=role")
        if role not in ROLES:
            raise ValueError(f"{role!r} is none of {', '.join(sorted(ROLES))}")
        if names.get(name, role) != role:
            raise ValueError(f"{name!r} has two roles: give each person both groups instead")
        names[name] = role
    return names


def split_words(value: Any) -> frozenset[str]:
    """Return the words of a claim that is a list of texts, or one text with blanks between."""
    words = value.split() if isinstance(value, str) else value
    if not isinstance(words, list):
        return frozenset()
    return frozenset(word for word in words if isinstance(word, str))
