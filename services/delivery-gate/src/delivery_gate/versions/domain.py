"""A version: a name bound to one immutable digest of a product, for ever (G1)."""

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from common.domain import Rejection
from delivery_gate.criteria.domain.verdict import Reason, ReasonCode

DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,127}")
MOVING_TAG_PARTS = frozenset({"latest", "snapshot", "x"})


@dataclass(frozen=True, slots=True)
class Version:
    """`ordinal` counts registrations of the product from 1: higher is newer, whatever the name."""

    id: UUID
    product: str
    name: str
    digest: str
    contains: frozenset[UUID]  # the emergency changes that are declared to be in it
    ordinal: int
    registered_by: str
    registered_at: datetime


@dataclass(frozen=True, slots=True)
class Reference:
    """How a request names the version to deliver; any part may be missing or wrong."""

    product: str
    name: str | None
    digest: str | None = None


def is_digest(text: str) -> bool:
    """`sha256:` and 64 lower-case hex digits, nothing else."""
    return DIGEST.fullmatch(text) is not None


def is_moving_tag(name: str) -> bool:
    """Whether the name may mean another digest tomorrow: `latest`, `main`, `1.x`, `^1.4`.

    It may where it has no digit, or a part that is known to move.
    """
    if NAME.fullmatch(name) is None or not re.search(r"[0-9]", name):
        return True
    return not MOVING_TAG_PARTS.isdisjoint(re.split(r"[._+-]", name.lower()))


def register(requested: Version, existing: Version | None) -> Version | Rejection:
    """Bind the name to the digest, once. `existing` is the version that has the name already.

    The same registration again returns the existing version, because pipelines repeat themselves.
    """
    if is_moving_tag(requested.name):
        return Rejection(
            ReasonCode.MUTABLE_REFERENCE,
            f"{requested.name!r} is a moving tag; register a fixed name.",
        )
    if not is_digest(requested.digest):
        return Rejection(
            ReasonCode.UNVERSIONED, "A version needs a digest: sha256: and 64 hex digits."
        )
    if existing is None:
        return requested
    if (existing.digest, existing.contains) == (requested.digest, requested.contains):
        return existing
    return Rejection(
        ReasonCode.VERSION_CONFLICT,
        f"{existing.product} {existing.name} is bound to {existing.digest} for ever; choose a new name.",
    )


def naming_violations(reference: Reference, version: Version | None) -> list[Reason]:
    """What is wrong with how a request names the version."""
    if not reference.name:
        return [_reason(ReasonCode.UNVERSIONED, "The request names no version.", "no_version")]
    if is_moving_tag(reference.name):
        detail = f"{reference.name!r} is a moving tag."
        return [_reason(ReasonCode.MUTABLE_REFERENCE, detail, "moving_tag", name=reference.name)]
    if version is None:
        detail = f"{reference.product} {reference.name} was never registered."
        named = {"product": reference.product, "name": reference.name}
        return [_reason(ReasonCode.VERSION_UNKNOWN, detail, "never_registered", **named)]
    if reference.digest is not None and reference.digest != version.digest:
        detail = f"{version.name} is {version.digest}; the request says {reference.digest}."
        digests = {"registered": version.digest, "requested": reference.digest}
        named = {"name": version.name, **digests}
        return [_reason(ReasonCode.DIGEST_MISMATCH, detail, "another_registered", **named)]
    return []


def _reason(
    code: ReasonCode, justification: str, justification_code: str, **parameters: str
) -> Reason:
    return Reason(code, "version", justification, None, justification_code, parameters)
