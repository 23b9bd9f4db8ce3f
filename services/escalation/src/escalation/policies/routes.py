"""`/v1/policies` and `/v1/matrix`: whom to tell in which order, and which policy a trigger gets."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import Depends, Query, Request, Response
from pydantic import Field

from common.audit import Entry, record
from common.auth import Caller, needs
from common.errors import Invalid, NotFound, Violation
from common.http import Asked, Page, Paging, Told, cursor, if_match, router, set_etag
from common.persistence.database import Connection, Transaction, moment
from common.persistence.ids import uuid7
from escalation.cases.schemas import PolicyTold, policy_told
from escalation.directory import store as directory
from escalation.policies import store as policy_store
from escalation.policies.domain import matrix, policy
from escalation.policies.domain.matrix import Conditions, Row
from escalation.policies.domain.policy import Policy
from escalation.policies.domain.trigger import AUDIENCES, SEVERITIES, TRIGGERS
from escalation.rotas.domain.rota import gaps
from escalation.rotas.schemas import Key, PolicyAsked
from escalation.tables import matrices, policies

AHEAD = timedelta(days=90)

routes = router("/v1", tags=["policies"])

Value = Annotated[str, Field(min_length=1, max_length=100)]
Values = Annotated[tuple[Value, ...], Field(max_length=50)]


class WhenAsked(Asked):
    """Per fact the values that hold; one left out asks nothing."""

    severity: Values = ()
    kind: Values = ()
    customer: Values = ()
    service: Values = ()
    tier: Values = ()
    trigger: Values = ()

    def conditions(self) -> Conditions:
        return Conditions(**{name: frozenset(values) for name, values in self})


class RowAsked(Asked):
    when: WhenAsked
    policy: Key


class MatrixAsked(Asked):
    """Read from the top: the first row that holds decides, the last one must always hold (E17)."""

    rows: Annotated[tuple[RowAsked, ...], Field(min_length=1, max_length=200)]


class WhenTold(Told):
    severity: list[str]
    kind: list[str]
    customer: list[str]
    service: list[str]
    tier: list[str]
    trigger: list[str]


class RowTold(Told):
    when: WhenTold
    policy: str


class MatrixTold(Told):
    version: int
    rows: list[RowTold]


@routes.post("/policies", status_code=201, response_model=PolicyTold)
async def make_policy(
    tx: Transaction,
    wanted: PolicyAsked,
    response: Response,
    caller: Annotated[Caller, needs("policies:write")],
) -> PolicyTold:
    """Make a policy, or a new version of one. Cases that run keep the version they started with."""
    await policy_store.lock(tx, policies)
    at = await moment(tx)
    former = await policy_store.newest_policy(tx, wanted.key)
    made = wanted.policy(uuid7(), former.version + 1 if former else 1)
    if wrong := [*_own_faults(made), *await _dangling(tx, made, at)]:
        raise Invalid(wrong)
    await policy_store.add_policy(tx, made, at, caller.sub)
    about = {"version": made.version}
    await record(
        tx, Entry(at, caller.sub, "policy.make", f"policy/{made.key}", about, caller.behind)
    )
    response.headers["Location"] = f"/v1/policies/{made.key}"
    return policy_told(made)


@routes.get("/policies", response_model=Page[PolicyTold])
async def list_policies(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, needs("policies:read")],
) -> Page[PolicyTold]:
    """The newest version of each policy, by key."""
    after = page.after_as(str)
    found = [p for p in await policy_store.all_policies(tx) if not after or p.key > after[0]]
    shown, more = found[: page.limit], len(found) > page.limit
    following = cursor(shown[-1].key) if more else None
    return Page[PolicyTold](items=[policy_told(p) for p in shown], next=following)


@routes.get("/policies/{key}", response_model=PolicyTold)
async def show_policy(
    tx: Transaction,
    key: str,
    caller: Annotated[Caller, needs("policies:read")],
    version: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
) -> PolicyTold:
    """A policy by key: its newest version, or the one asked for."""
    found = await policy_store.all_policies(tx, key)
    wanted = [p for p in found if version in (None, p.version)]
    if not wanted:
        raise NotFound("This policy")
    return policy_told(wanted[0])


@routes.get("/matrix", response_model=MatrixTold)
async def show_matrix(
    tx: Transaction, response: Response, caller: Annotated[Caller, needs("policies:read")]
) -> MatrixTold:
    """Which policy a trigger gets."""
    present, version = await policy_store.newest_matrix(tx)
    set_etag(response, version)
    return _told(present.rows, version)


@routes.put("/matrix", response_model=MatrixTold)
async def change_matrix(
    tx: Transaction,
    request: Request,
    wanted: MatrixAsked,
    response: Response,
    caller: Annotated[Caller, needs("policies:write")],
) -> MatrixTold:
    """Replace the matrix. Refused unless its last row always holds (E17)."""
    await policy_store.lock(tx, matrices)
    at = await moment(tx)
    present, version = await policy_store.newest_matrix(tx)
    if_match(request, version, _told(present.rows, version))
    rows = tuple(Row(row.when.conditions(), row.policy) for row in wanted.rows)
    known = {p.key for p in await policy_store.all_policies(tx)}
    if wrong := list(_matrix_faults(wanted, rows, known)):
        raise Invalid(wrong)
    version = await policy_store.add_matrix(tx, rows, at, caller.sub)
    about = {"version": version}
    await record(tx, Entry(at, caller.sub, "matrix.change", "matrix", about, caller.behind))
    set_etag(response, version)
    return _told(rows, version)


def _own_faults(made: Policy) -> list[Violation]:
    return [Violation("", "policy", why) for why in policy.shortcomings(made)]


async def _dangling(tx: Connection, made: Policy, at: datetime) -> list[Violation]:
    """Targets that would reach nobody, because nobody is called so; gaps of a critical one."""
    people, rotas = await directory.roles(tx), await policy_store.all_rotas(tx)
    known: dict[str, set[str]] = {
        "person": set(people),
        "rota": set(rotas),
        "role": set(AUDIENCES),
    }
    wrong = [
        Violation(f"/steps/{s}/targets/{t}/name", f"unknown_{target.kind}", "nobody is called so")
        for s, step in enumerate(made.steps)
        for t, target in enumerate(step.targets)
        if target.name not in known[target.kind]
    ]
    if made.fallback not in people:
        wrong.append(Violation("/fallback", "unknown_person", "nobody is called so"))
    wanted = {t.name for step in made.steps for t in step.targets if t.kind == "rota"}
    for key in sorted(wanted & set(rotas)) if made.critical else ():
        if found := gaps(rotas[key][0], at, at + AHEAD):
            since, until = found[0]
            detail = f"nobody is on call in {key} from {since:%Y-%m-%d %H:%M}Z to {until:%Y-%m-%d %H:%M}Z"
            wrong.append(Violation("/steps", "rota_gap", detail))
    return wrong


def _matrix_faults(wanted: MatrixAsked, rows: tuple[Row, ...], known: set[str]) -> list[Violation]:
    wrong = [Violation("/rows", "matrix", why) for why in matrix.shortcomings(rows)]
    closed: dict[str, Any] = {"severity": SEVERITIES, "trigger": TRIGGERS}
    for n, row in enumerate(wanted.rows):
        if row.policy not in known:
            wrong.append(Violation(f"/rows/{n}/policy", "unknown_policy", "no policy is called so"))
        for name, allowed in closed.items():
            if not set(getattr(row.when, name)) <= set(allowed):
                detail = f"take of {', '.join(allowed)}"
                wrong.append(Violation(f"/rows/{n}/when/{name}", f"unknown_{name}", detail))
    return wrong


def _told(rows: tuple[Row, ...], version: int) -> MatrixTold:
    names = WhenTold.model_fields
    return MatrixTold(
        version=version,
        rows=[
            RowTold(
                when=WhenTold(**{name: sorted(getattr(row.when, name)) for name in names}),
                policy=row.policy,
            )
            for row in rows
        ],
    )
