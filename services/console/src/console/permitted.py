"""Who may make something new, by the one table of permissions: of what is not there yet no service says `allowed`. Pure."""

from collections.abc import Iterable
from typing import Final

from common.auth.permissions import PERMISSIONS, STAFF, is_allowed

ASK_FOR_ACCESS: Final = "access-requests:request"
ASK_FOR_DELIVERIES: Final = "deliveries:submit"
OPEN_TICKETS: Final = "tickets:open"
SEND_NOTICES: Final = "notices:send"
WRITE_AGREEMENTS: Final = "agreements:write"
WRITE_ARTICLES: Final = "articles:write"


def may(roles: Iterable[str], permission: str) -> bool:
    """Whether somebody with these roles holds a permission by one of them."""
    return is_allowed(frozenset(roles), frozenset(), permission)


def roles_with(permission: str) -> tuple[str, ...]:
    """Return the roles of our people that hold a permission."""
    return tuple(role for role in STAFF if role in PERMISSIONS[permission])
