"""Request and response models of policies and of the matrix."""

from datetime import timedelta
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from common.http import Refers, RequestModel, ResponseModel
from common.http.fields import Key, KeyRef
from escalation.policies.domain.matrix import Conditions, MatrixRow
from escalation.policies.domain.policy import Policy, Step, Target
from escalation.policies.domain.trigger import Audience
from escalation.rotas.schemas import Sub, WindowCreate, WindowRead, window_to_response

MAX_DELAY_SECONDS = 7 * 24 * 3600

Values = Annotated[tuple[KeyRef, ...], Field(max_length=50)]
CustomerKeys = Annotated[tuple[Annotated[KeyRef, Refers("customer")], ...], Field(max_length=50)]
ServiceKeys = Annotated[tuple[Annotated[KeyRef, Refers("service")], ...], Field(max_length=50)]


class TargetCreate(RequestModel):
    """A person by `sub`, everybody on call in a rota by its key, or everybody with a role."""

    kind: Literal["person", "rota", "role"]
    name: Annotated[Sub, Refers("target", by_route=True)]


class TargetRead(ResponseModel):
    kind: str
    name: str


class StepCreate(RequestModel):
    """`delay_seconds` is waited after the step; with `windows` it fires only while one is open."""

    targets: Annotated[tuple[TargetCreate, ...], Field(min_length=1, max_length=20)]
    delay_seconds: Annotated[int, Field(ge=0, le=MAX_DELAY_SECONDS)]
    windows: Annotated[tuple[WindowCreate, ...], Field(max_length=20)] = ()

    def to_step(self) -> Step:
        targets = tuple(Target(target.kind, target.name) for target in self.targets)
        windows = tuple(window.to_window() for window in self.windows)
        return Step(targets, timedelta(seconds=self.delay_seconds), windows)


class StepRead(ResponseModel):
    targets: list[TargetRead]
    delay_seconds: int
    windows: list[WindowRead]


class PolicyCreate(RequestModel):
    """A new version of a policy; running escalations keep theirs.

    `repeat` counts extra passes, -1 means until somebody acknowledges. `fallback` is the person
    notified when a pass reaches nobody, and when the policy is exhausted.
    """

    key: Key
    steps: Annotated[tuple[StepCreate, ...], Field(min_length=1, max_length=20)]
    fallback: Annotated[Sub, Refers("colleague")]
    repeat: Annotated[int, Field(ge=-1, le=100)] = 0
    empty_step: Literal["skip", "wait"] = "skip"
    acknowledge: Literal["all", "each"] = "all"
    ack_timeout_seconds: Annotated[int, Field(ge=60, le=MAX_DELAY_SECONDS)] | None = None
    audiences: Annotated[tuple[Audience, ...], Field(max_length=8)] = ()
    critical: bool = False

    def to_policy(self, id: UUID, version: int) -> Policy:
        timeout = self.ack_timeout_seconds
        return Policy(
            id,
            self.key,
            version,
            tuple(step.to_step() for step in self.steps),
            self.fallback,
            self.repeat,
            self.empty_step,
            self.acknowledge,
            timedelta(seconds=timeout) if timeout else None,
            frozenset(self.audiences),
            self.critical,
        )


class PolicyRead(ResponseModel):
    id: UUID
    key: str
    version: int
    steps: list[StepRead]
    fallback: str
    repeat: int
    empty_step: str
    acknowledge: str
    ack_timeout_seconds: int | None
    audiences: list[str]
    critical: bool


class ConditionsUpdate(RequestModel):
    """Per attribute of a trigger the values that match; one left out matches every value."""

    severity: Values = ()
    kind: Values = ()
    customer: CustomerKeys = ()
    service: ServiceKeys = ()
    tier: Values = ()
    trigger: Values = ()

    def to_conditions(self) -> Conditions:
        return Conditions(**{name: frozenset(values) for name, values in self})


class ConditionsRead(ResponseModel):
    severity: list[str]
    kind: list[str]
    customer: list[str]
    service: list[str]
    tier: list[str]
    trigger: list[str]


class MatrixRowUpdate(RequestModel):
    """The key of the policy that triggers get which match the conditions in `when`."""

    when: ConditionsUpdate
    policy: Annotated[Key, Refers("policy")]


class MatrixRowRead(ResponseModel):
    when: ConditionsRead
    policy: str


class MatrixUpdate(RequestModel):
    """The rows of the matrix: the first row that matches decides, and the last must match always."""

    rows: Annotated[tuple[MatrixRowUpdate, ...], Field(min_length=1, max_length=200)]


class MatrixRead(ResponseModel):
    version: int
    rows: list[MatrixRowRead]


def policy_to_response(policy: Policy) -> PolicyRead:
    timeout = policy.ack_timeout
    return PolicyRead(
        id=policy.id,
        key=policy.key,
        version=policy.version,
        steps=[
            StepRead(
                targets=[TargetRead(kind=t.kind, name=t.name) for t in step.targets],
                delay_seconds=int(step.delay.total_seconds()),
                windows=[window_to_response(window) for window in step.windows],
            )
            for step in policy.steps
        ],
        fallback=policy.fallback,
        repeat=policy.repeat,
        empty_step=policy.empty_step,
        acknowledge=policy.acknowledge,
        ack_timeout_seconds=int(timeout.total_seconds()) if timeout else None,
        audiences=sorted(policy.audiences),
        critical=policy.critical,
    )


def matrix_to_response(rows: tuple[MatrixRow, ...], version: int) -> MatrixRead:
    names = ConditionsRead.model_fields
    return MatrixRead(
        version=version,
        rows=[
            MatrixRowRead(
                when=ConditionsRead(**{name: sorted(getattr(row.when, name)) for name in names}),
                policy=row.policy,
            )
            for row in rows
        ],
    )
