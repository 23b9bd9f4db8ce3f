"""`/v1/policies` and `/v1/matrix`: whom to tell in which order, and which policy a trigger gets."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import Depends, Query, Request, Response
from pydantic import Field

from common.audit import Entry, record
from common.auth import Caller, requires
from common.errors import NotFound, ValidationFailed, Violation
from common.http import (
    Page,
    Paging,
    RequestModel,
    ResponseModel,
    encode_cursor,
    if_match,
    router,
    set_etag,
)
from common.persistence.database import Connection, Transaction, transaction_time
from common.persistence.ids import uuid7
from escalation.cases.schemas import PolicyRead, policy_to_response
from escalation.directory import store as directory
from escalation.policies import store as policy_store
from escalation.policies.domain import matrix, policy
from escalation.policies.domain.matrix import Conditions, MatrixRow
from escalation.policies.domain.policy import Policy
from escalation.policies.domain.trigger import AUDIENCES, SEVERITIES, TRIGGER_KINDS
from escalation.rotas.domain.rota import find_gaps
from escalation.rotas.schemas import Key, PolicyCreate
from escalation.tables import matrices, policies

GAP_LOOKAHEAD = timedelta(days=90)

routes = router("/v1", tags=["policies"])

Value = Annotated[str, Field(min_length=1, max_length=100)]
Values = Annotated[tuple[Value, ...], Field(max_length=50)]


class ConditionsUpdate(RequestModel):
    """Per fact the values that hold; one left out asks nothing."""

    severity: Values = ()
    kind: Values = ()
    customer: Values = ()
    service: Values = ()
    tier: Values = ()
    trigger: Values = ()

    def to_conditions(self) -> Conditions:
        return Conditions(**{name: frozenset(values) for name, values in self})


class MatrixRowUpdate(RequestModel):
    when: ConditionsUpdate
    policy: Key


class MatrixUpdate(RequestModel):
    """Read from the top: the first row that holds decides, the last one must always hold (E17)."""

    rows: Annotated[tuple[MatrixRowUpdate, ...], Field(min_length=1, max_length=200)]


class ConditionsRead(ResponseModel):
    severity: list[str]
    kind: list[str]
    customer: list[str]
    service: list[str]
    tier: list[str]
    trigger: list[str]


class MatrixRowRead(ResponseModel):
    when: ConditionsRead
    policy: str


class MatrixRead(ResponseModel):
    version: int
    rows: list[MatrixRowRead]


@routes.post("/policies", status_code=201, response_model=PolicyRead)
async def create_policy(
    tx: Transaction,
    body: PolicyCreate,
    response: Response,
    caller: Annotated[Caller, requires("policies:write")],
) -> PolicyRead:
    """Make a policy, or a new version of one. Cases that run keep the version they started with."""
    await policy_store.lock_table(tx, policies)
    at = await transaction_time(tx)
    previous = await policy_store.get_newest_policy(tx, body.key)
    made = body.to_policy(uuid7(), previous.version + 1 if previous else 1)
    if violations := [*_policy_violations(made), *await _unreachable_targets(tx, made, at)]:
        raise ValidationFailed(violations)
    await policy_store.add_policy(tx, made, at, caller.sub)
    about = {"version": made.version}
    await record(
        tx, Entry(at, caller.sub, "policy.make", f"policy/{made.key}", about, caller.via_machine)
    )
    response.headers["Location"] = f"/v1/policies/{made.key}"
    return policy_to_response(made)


@routes.get("/policies", response_model=Page[PolicyRead])
async def list_policies(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("policies:read")],
) -> Page[PolicyRead]:
    """The newest version of each policy, by key."""
    after = page.after_as(str)
    rows = [p for p in await policy_store.list_policies(tx) if not after or p.key > after[0]]
    page_rows, more = rows[: page.limit], len(rows) > page.limit
    next_cursor = encode_cursor(page_rows[-1].key) if more else None
    return Page[PolicyRead](items=[policy_to_response(p) for p in page_rows], next=next_cursor)


@routes.get("/policies/{key}", response_model=PolicyRead)
async def get_policy(
    tx: Transaction,
    key: str,
    caller: Annotated[Caller, requires("policies:read")],
    version: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
) -> PolicyRead:
    """A policy by key: its newest version, or the one asked for."""
    versions = await policy_store.list_policies(tx, key)
    matching = [p for p in versions if version in (None, p.version)]
    if not matching:
        raise NotFound("This policy")
    return policy_to_response(matching[0])


@routes.get("/matrix", response_model=MatrixRead)
async def get_matrix(
    tx: Transaction, response: Response, caller: Annotated[Caller, requires("policies:read")]
) -> MatrixRead:
    """Which policy a trigger gets."""
    present, version = await policy_store.get_matrix(tx)
    set_etag(response, version)
    return to_response(present.rows, version)


@routes.put("/matrix", response_model=MatrixRead)
async def update_matrix(
    tx: Transaction,
    request: Request,
    body: MatrixUpdate,
    response: Response,
    caller: Annotated[Caller, requires("policies:write")],
) -> MatrixRead:
    """Replace the matrix. Refused unless its last row always holds (E17)."""
    await policy_store.lock_table(tx, matrices)
    at = await transaction_time(tx)
    present, version = await policy_store.get_matrix(tx)
    if_match(request, version, to_response(present.rows, version))
    rows = tuple(MatrixRow(row.when.to_conditions(), row.policy) for row in body.rows)
    policy_keys = {p.key for p in await policy_store.list_policies(tx)}
    if violations := list(_matrix_violations(body, rows, policy_keys)):
        raise ValidationFailed(violations)
    version = await policy_store.add_matrix(tx, rows, at, caller.sub)
    about = {"version": version}
    await record(tx, Entry(at, caller.sub, "matrix.change", "matrix", about, caller.via_machine))
    set_etag(response, version)
    return to_response(rows, version)


def _policy_violations(made: Policy) -> list[Violation]:
    return [Violation("", "policy", why) for why in policy.policy_violations(made)]


async def _unreachable_targets(tx: Connection, made: Policy, at: datetime) -> list[Violation]:
    """Targets that would reach nobody, because nobody is called so; gaps of a critical one."""
    people, rotas = await directory.list_roles(tx), await policy_store.list_rotas(tx)
    names: dict[str, set[str]] = {
        "person": set(people),
        "rota": set(rotas),
        "role": set(AUDIENCES),
    }
    violations = [
        Violation(f"/steps/{s}/targets/{t}/name", f"unknown_{target.kind}", "nobody is called so")
        for s, step in enumerate(made.steps)
        for t, target in enumerate(step.targets)
        if target.name not in names[target.kind]
    ]
    if made.fallback not in people:
        violations.append(Violation("/fallback", "unknown_person", "nobody is called so"))
    rota_keys = {t.name for step in made.steps for t in step.targets if t.kind == "rota"}
    for key in sorted(rota_keys & set(rotas)) if made.critical else ():
        if gaps := find_gaps(rotas[key][0], at, at + GAP_LOOKAHEAD):
            since, until = gaps[0]
            detail = f"nobody is on call in {key} from {since:%Y-%m-%d %H:%M}Z to {until:%Y-%m-%d %H:%M}Z"
            violations.append(Violation("/steps", "rota_gap", detail))
    return violations


def _matrix_violations(
    body: MatrixUpdate, rows: tuple[MatrixRow, ...], policy_keys: set[str]
) -> list[Violation]:
    violations = [Violation("/rows", "matrix", why) for why in matrix.matrix_violations(rows)]
    closed: dict[str, Any] = {"severity": SEVERITIES, "trigger": TRIGGER_KINDS}
    for n, row in enumerate(body.rows):
        if row.policy not in policy_keys:
            violations.append(
                Violation(f"/rows/{n}/policy", "unknown_policy", "no policy is called so")
            )
        for name, allowed in closed.items():
            if not set(getattr(row.when, name)) <= set(allowed):
                detail = f"take of {', '.join(allowed)}"
                violations.append(Violation(f"/rows/{n}/when/{name}", f"unknown_{name}", detail))
    return violations


def to_response(rows: tuple[MatrixRow, ...], version: int) -> MatrixRead:
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
