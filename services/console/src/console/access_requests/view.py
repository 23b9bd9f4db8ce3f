"""An access of somebody: where it stands, and what the reader may do with it. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from console.forms.fields import Field
from console.promises import Mark

WAITING: Final = ("approval", "verification", "removal", "recertification", "everything")
"""The views of the list; of the last one the service knows nothing."""
NEW: Final = (
    Field("person", "listed", needed=True, source="people"),
    Field("resource", "line", needed=True, hint="which_system"),
    Field("level", "line", needed=True, hint="what_one_may_do"),
    Field("environment", "line", hint="environment_key"),
    Field("until", "day", needed=True),
    Field("reason", needed=True),
)


@dataclass(frozen=True, slots=True)
class AccessAct:
    """An act. `path` ends the API's path; `not_by` names the fields of those who do not do it, as it takes two."""

    path: str
    permission: str
    fields: tuple[Field, ...] = ()
    says: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    not_by: tuple[str, ...] = ()


_APPROVE: Final = "access-requests:approve"
_VERIFY: Final = "tickets:verify"
_WORK: Final = "tickets:work"
_ASKERS: Final = ("requested_by", "person")
ACTS: Final[Mapping[str, AccessAct]] = {
    "approve": AccessAct(
        "decision", _APPROVE, (Field("reason"),), {"decision": "approved"}, _ASKERS
    ),
    "decline": AccessAct(
        "decision",
        _APPROVE,
        (Field("reason", needed=True),),
        {"decision": "declined"},
        _ASKERS,
    ),
    "grant": AccessAct("grant", _WORK),
    "verify-grant": AccessAct("grant/verify", _VERIFY, not_by=("granted_by",)),
    "recertify": AccessAct("recertify", _APPROVE, not_by=("person",)),
    "remove": AccessAct("remove", _WORK),
    "verify-removal": AccessAct("removal/verify", _VERIFY, not_by=("removed_by",)),
    "ask-removal": AccessAct("removal-request", _VERIFY, (Field("reason", needed=True),)),
}
IN_STATE: Final[Mapping[str, tuple[str, ...]]] = {
    "requested": ("approve", "decline"),
    "approved": ("grant",),
    "granted": ("verify-grant", "ask-removal"),
    "active": ("ask-removal",),
    "removal_owed": ("remove",),
    "removed": ("verify-removal",),
}
MARKS: Final[Mapping[str, Mark]] = {"active": "fine", "ended": "fine", "removal_owed": "broken"}
STEPS: Final = (
    ("asked", "requested_by", "requested_at"),
    ("decided", "decided_by", "decided_at"),
    ("given", "granted_by", "granted_at"),
    ("given_verified", "grant_verified_by", "grant_verified_at"),
    ("recertified", "recertified_by", "recertified_at"),
    ("removal_asked", "removal_asked_by", "removal_asked_at"),
    ("removed", "removed_by", "removed_at"),
    ("removed_verified", "removal_verified_by", "removal_verified_at"),
)


@dataclass(frozen=True, slots=True)
class AccessPage:
    """`acts` may be done by the reader's role; `own`: those of them that somebody else has to do.

    `steps`: what was done, by whom and when.
    """

    mark: Mark
    acts: tuple[str, ...]
    own: frozenset[str]
    steps: tuple[tuple[str, str, str], ...]


def access_page(access: Mapping[str, Any], sub: str, may: Callable[[str], bool]) -> AccessPage:
    acts = tuple(one for one in _acts(access) if may(ACTS[one].permission))
    own = {one for one in acts if sub in {access[name] for name in ACTS[one].not_by}}
    steps = tuple((name, access[by], access[at]) for name, by, at in STEPS if access[at])
    return AccessPage(mark_of(access), acts, frozenset(own), steps)


def mark_of(access: Mapping[str, Any]) -> Mark:
    """Return how an access stands: well, waiting for somebody, or there although it should be gone."""
    if access["state"] == "declined":
        return "none"
    if access["recertification_due"] and access["state"] == "active":
        return "soon"
    return MARKS.get(access["state"], "soon")


def _acts(access: Mapping[str, Any]) -> tuple[str, ...]:
    acts = IN_STATE.get(access["state"], ())
    is_due = access["recertification_due"] and access["state"] in {"granted", "active"}
    return ("recertify", *acts) if is_due else acts
