"""What must hold for a delivery, criterion by criterion, and what comes next after a refusal. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from console.promises import Mark
from console.upstream.part import Part, items_of

Kind = Literal["checks", "readiness", "promotion"]
CODES: Final[Mapping[Kind, str]] = {
    "checks": "CHECK_FAILED",
    "readiness": "READINESS_MISSING",
    "promotion": "PROMOTION_SKIPPED",
}
"""The reason for which a criterion of each kind is not met."""
HELD: Final = "FOLLOWUP_OPEN"
IF_HELD: Final[Mapping[str, str]] = {"PROMOTION_SKIPPED": "PROMOTION_SKIPPED_HELD"}
"""What comes later where follow-ups hold the version."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """A criterion of the environment's tier. `reasons` say why it is not met; `mark` is `none` where nobody has looked.

    `choice`: how a form names it, with the code of the reason.
    """

    name: str
    kind: Kind
    mark: Mark
    reasons: tuple[Mapping[str, Any], ...]

    @property
    def choice(self) -> str:
        return f"{CODES[self.kind]}.{self.name}"


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Work that a refusal obliges to; of one that could not be asked for, only the key is known."""

    key: str
    facts: Mapping[str, Any] | None

    @property
    def is_confirmed(self) -> bool:
        return self.facts is not None and self.facts["state"] == "confirmed"


@dataclass(frozen=True, slots=True)
class Next:
    """What comes next: `steps` are the codes of reasons, each with words of the kind `next_step`."""

    steps: tuple[str, ...]
    follow_ups: tuple[FollowUp, ...]

    @property
    def is_free(self) -> bool:
        """Whether all that the refusal obliged to is confirmed, so that it may be submitted again."""
        return all(one.is_confirmed for one in self.follow_ups)


def criteria_of(
    requirements: Mapping[str, Any] | None, version: int | None, delivery: Mapping[str, Any]
) -> tuple[Criterion, ...]:
    """Return the criteria with how each stands by the latest verdict.

    The gate names every criterion that is not met, so what it does not name holds. Where the verdict was given
    under another version of the criteria, or the version is none that is registered, nobody has looked.
    """
    if not requirements:
        return ()
    verdict = delivery["verdict"]
    was_looked_at = (
        verdict is not None
        and verdict["criteria_version"] == version
        and delivery["version"] is not None
    )
    reasons = verdict["reasons"] if verdict else ()
    return tuple(
        _criterion(name, kind, reasons, was_looked_at=was_looked_at)
        for kind, names in _named(requirements, delivery["lifecycle"])
        for name in names
    )


def beside(
    reasons: Iterable[Mapping[str, Any]], criteria: Sequence[Criterion]
) -> tuple[Mapping[str, Any], ...]:
    """Return the reasons that are about none of these criteria."""
    shown = [reason for one in criteria for reason in one.reasons]
    return tuple(one for one in reasons if one not in shown)


def what_comes_next(delivery: Mapping[str, Any], follow_ups: Part) -> Next | None:
    """Return what comes after a refusal or a deferral; None where the verdict is another one."""
    verdict = delivery["verdict"]
    if verdict is None or verdict["outcome"] not in {"refused", "deferred"}:
        return None
    known = {one["key"]: one for one in items_of(follow_ups)}
    steps = tuple(dict.fromkeys(one["code"] for one in verdict["reasons"]))
    owed = tuple(FollowUp(key, known.get(key)) for key in verdict["follow_ups"])
    if _is_held(steps, owed):
        return Next(_while_held(steps), owed)
    return Next(tuple(one for one in steps if one != HELD), owed)


def _is_held(steps: Sequence[str], owed: Sequence[FollowUp]) -> bool:
    """Whether follow-ups hold the version still: its own, or those of an earlier refusal, which are not named here."""
    return HELD in steps if not owed else not all(one.is_confirmed for one in owed)


def _while_held(steps: Sequence[str]) -> tuple[str, ...]:
    """Return the steps for a version that is delivered nowhere, not even to the stage before: first what holds it."""
    others = [IF_HELD.get(one, one) for one in steps if one != HELD]
    return (HELD, *others)


def _named(requirements: Mapping[str, Any], lifecycle: str) -> Iterable[tuple[Kind, Sequence[str]]]:
    yield "checks", requirements.get("checks", ())
    yield "readiness", requirements.get("readiness", ())
    yield "promotion", (requirements.get("promotion") or {}).get(lifecycle, ())


def _criterion(
    name: str, kind: Kind, reasons: Iterable[Mapping[str, Any]], *, was_looked_at: bool
) -> Criterion:
    own = tuple(one for one in reasons if one["criterion"] == name)
    mark: Mark = "broken" if own else "fine" if was_looked_at else "none"
    return Criterion(name, kind, mark, own)
