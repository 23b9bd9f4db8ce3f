"""The steps of a version and of its agreement's end, and which of them somebody may take now. Pure."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from common.domain import Rejection
from common.domain.allowed_act import AllowedAct, judge_act
from sla.agreements.domain import lifecycle as rules
from sla.agreements.domain.lifecycle import TERMINATED, Person, VersionLifecycle
from sla.agreements.domain.termination import Termination, confirm_end, request_end, withdraw_end

WRITE: Final = "agreements:write"
SIGN: Final = "agreements:sign"


@dataclass(frozen=True, slots=True)
class Step:
    """A step in a version's life: its action in the audit trail, and the rule that allows it.

    `first_people` are those of whom whoever takes it must be another one.
    """

    action: str
    rule: Callable[[VersionLifecycle, Person, datetime], VersionLifecycle | Rejection]
    first_people: Callable[[VersionLifecycle], Collection[str]] = lambda _: ()


PROPOSE = Step("agreement.propose", lambda version, person, _: rules.propose(version, person))
REVISE = Step("agreement.revise", lambda version, person, _: rules.revise(version, person))
WITHDRAW = Step("agreement.withdraw", lambda version, person, _: rules.withdraw(version, person))
APPROVE = Step("agreement.approve", rules.approve, rules.signers)
DECLINE = Step("agreement.decline", rules.decline)
PUBLISH = Step("agreement.publish", rules.publish, lambda version: [version.draft_signature.by])

STEPS: Final[Mapping[str, tuple[Step, str]]] = {
    "propose": (PROPOSE, WRITE),
    "revise": (REVISE, WRITE),
    "withdraw": (WITHDRAW, WRITE),
    "approve": (APPROVE, SIGN),
    "decline": (DECLINE, SIGN),
    "publish": (PUBLISH, WRITE),
}
"""Each step by its act, with the permission that its route asks for."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and when. `people`: as whom they take each step; `ender`: as whom they confirm an end (R1)."""

    people: Mapping[str, Person]
    ender: str
    permissions: Collection[str]
    at: datetime


@dataclass(frozen=True, slots=True)
class VersionStatus:
    """How a version stands. `overlap`: why it cannot be published beside the others, None where it can."""

    lifecycle: VersionLifecycle
    termination: Termination | None
    is_terminated: bool
    overlap: Rejection | None = None


def allowed_acts(status: VersionStatus, asker: Asker) -> Iterator[AllowedAct]:
    """Every act with whether this caller may do it now."""

    def judge(act: str, permission: str, ask: Callable[[], object]) -> AllowedAct:
        is_held, state = permission in asker.permissions, _state(status)
        return judge_act(act, permission, is_held=is_held, state=state, ask=ask)

    yield judge("redraft", WRITE, lambda: rules.redraft(status.lifecycle))
    for act, (_, permission) in STEPS.items():
        yield judge(act, permission, partial(_take, status, act, asker))
    end, at = status.termination, asker.at
    yield judge("request_termination", WRITE, lambda: request_end(end, asker.ender, "", at))
    yield judge("confirm_termination", WRITE, lambda: confirm_end(end, asker.ender, at))
    yield judge("withdraw_termination", WRITE, lambda: withdraw_end(end))


def _take(status: VersionStatus, act: str, asker: Asker) -> object:
    """What the rule of a step says, as its route asks it."""
    if status.is_terminated:
        return TERMINATED
    step, _ = STEPS[act]
    after = step.rule(status.lifecycle, asker.people[act], asker.at)
    if act == "publish" and not isinstance(after, Rejection) and status.overlap is not None:
        return status.overlap
    return after


def _state(status: VersionStatus) -> str:
    return "terminated" if status.is_terminated else status.lifecycle.state
