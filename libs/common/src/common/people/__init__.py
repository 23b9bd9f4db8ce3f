"""Who is asking, and what they may do. Deny by default."""

from common.people.asking import needs
from common.people.caller import Caller, Contact, ResolveContact
from common.people.permissions import PERMISSIONS, may
from common.people.tokens import People

__all__ = [
    "PERMISSIONS",
    "Caller",
    "Contact",
    "People",
    "ResolveContact",
    "may",
    "needs",
]
