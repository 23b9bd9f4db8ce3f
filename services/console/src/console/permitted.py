"""Who may make something new, by the one table of permissions: of what is not there yet no service says `allowed`. Pure."""

from typing import Final

from common.auth.permissions import PERMISSIONS, STAFF, is_allowed
from console.visits.visitor import Visitor

ASK_FOR_DELIVERIES: Final = "deliveries:submit"
OPEN_TICKETS: Final = "tickets:open"
WRITE_AGREEMENTS: Final = "agreements:write"


def may(visitor: Visitor, permission: str) -> bool:
    """Whether this person holds a permission by one of their roles."""
    return is_allowed(frozenset(visitor.session.person.roles), frozenset(), permission)


def roles_with(permission: str) -> tuple[str, ...]:
    """Return the roles of our people that hold a permission."""
    return tuple(role for role in STAFF if role in PERMISSIONS[permission])
