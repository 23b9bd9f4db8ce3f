"""Callers and their permissions. What is not permitted is denied."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from common.auth.caller import Caller, Contact, ResolveContact, address_digest
    from common.auth.permissions import PERMISSIONS, is_allowed
    from common.auth.requirements import requires
    from common.auth.tokens import Authenticator

__all__ = [
    "PERMISSIONS",
    "Authenticator",
    "Caller",
    "Contact",
    "ResolveContact",
    "address_digest",
    "is_allowed",
    "requires",
]

_WHERE = {
    "PERMISSIONS": "permissions",
    "Caller": "caller",
    "Contact": "caller",
    "Authenticator": "tokens",
    "ResolveContact": "caller",
    "address_digest": "caller",
    "is_allowed": "permissions",
    "requires": "requirements",
}


def __getattr__(name: str) -> Any:
    # Imported on demand: `opsdesk` needs the local issuer alone, and its start takes 0.8 s without
    # FastAPI and SQLAlchemy, 1.6 s with them.
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
