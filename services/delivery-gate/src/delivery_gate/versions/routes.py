"""Versions and what pipelines report about them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Response
from pydantic import Field, StringConstraints

from common.auth import Caller, requires
from common.errors import NotFound, ValidationFailed, Violation
from common.http import Page, Paging, RequestModel, ResponseModel, encode_cursor, router
from common.messaging.outbox import publish
from common.persistence.database import Connection, Transaction, transaction_time
from common.persistence.ids import uuid7
from delivery_gate.criteria.domain.criteria import Check, CheckResult
from delivery_gate.criteria.domain.verdict import Rejection
from delivery_gate.deliveries import events
from delivery_gate.deliveries.commands import audit_action
from delivery_gate.deliveries.reevaluation import reevaluate_deferred
from delivery_gate.denials import actor_of, deny_at
from delivery_gate.emergencies import store as emergencies
from delivery_gate.fields import Line, Link, PathReference
from delivery_gate.versions import store
from delivery_gate.versions.domain import Version, register

routes = router("/v1/versions", ["versions"])

Kind = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]


class VersionCreate(RequestModel):
    """`contains`: ids or keys of the emergency changes that this version is declared to contain."""

    product: Line
    name: Annotated[str, Field(max_length=200)]
    digest: Annotated[str, Field(max_length=200)]
    contains: list[Line] = Field(default_factory=list, max_length=100)


class CheckCreate(RequestModel):
    """`at`: when the check ended; without it, now."""

    kind: Kind
    result: CheckResult
    at: datetime | None = None
    evidence: Link | None = None


class ChecksCreate(RequestModel):
    checks: Annotated[list[CheckCreate], Field(min_length=1, max_length=50)]


class CheckRead(ResponseModel):
    kind: str
    result: CheckResult
    at: datetime
    evidence: str | None


class VersionRead(ResponseModel):
    """`checks`: the latest run of each kind on this digest. `ordinal`: higher is newer."""

    id: UUID
    product: str
    name: str
    digest: str
    contains: list[UUID]
    ordinal: int
    registered_by: str
    registered_at: datetime
    checks: Sequence[CheckRead]


@routes.post("", status_code=201, response_model=VersionRead)
async def register_version(
    body: VersionCreate,
    response: Response,
    tx: Transaction,
    caller: Annotated[Caller, requires("versions:write")],
) -> VersionRead | Response:
    """Bind a name to a digest, for ever (G1). The same again answers the known version."""
    product = await store.get_product(tx, body.product, lock=True)
    if product is None:
        raise ValidationFailed([Violation("/product", "unknown", "register this product first")])
    at = await transaction_time(tx)
    requested = Version(
        id=uuid7(),
        product=product.key,
        name=body.name,
        digest=body.digest,
        contains=await _emergency_ids(tx, body.contains),
        ordinal=product.versions + 1,
        registered_by=caller.sub,
        registered_at=at,
    )
    registered = register(requested, await store.get_by_name(tx, product.key, body.name))
    if isinstance(registered, Rejection):
        subject = f"product/{product.id}"
        return await deny_at(tx, at, actor_of(caller), "version.register", subject, registered)
    if registered is requested:
        await _save(tx, registered, caller)
    response.headers["Location"] = f"/v1/versions/{registered.id}"
    return await _to_response(tx, registered)


async def _emergency_ids(tx: Connection, references: Sequence[str]) -> frozenset[UUID]:
    ids = await emergencies.find_ids(tx, references)
    violations = [
        Violation(f"/contains/{index}", "unknown", "there is no such emergency change")
        for index, one in enumerate(references)
        if one not in ids
    ]
    if violations:
        raise ValidationFailed(violations)
    return frozenset(ids.values())


async def _save(tx: Connection, version: Version, caller: Caller) -> None:
    await store.add(tx, version)
    await publish(tx, events.version_event(version))
    subject, grounds = f"version/{version.id}", {"name": version.name, "digest": version.digest}
    await audit_action(
        tx, version.registered_at, actor_of(caller), "version.register", subject, **grounds
    )


@routes.get("")
async def list_versions(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("versions:read")],
    product: str | None = None,
) -> Page[VersionRead]:
    """Newest first."""
    after: Any = page.after_as(datetime, UUID)
    rows = await store.page(tx, product, after, page.limit + 1)
    items = await _to_responses(tx, rows[: page.limit])
    more = len(rows) > page.limit
    return Page(
        items=items, next=encode_cursor(items[-1].registered_at, items[-1].id) if more else None
    )


@routes.get("/{ref}")
async def get_version(
    ref: PathReference, tx: Transaction, caller: Annotated[Caller, requires("versions:read")]
) -> VersionRead:
    """By id, or as `product:name`."""
    return await _to_response(tx, await _get_version(tx, ref))


@routes.post("/{ref}/checks", status_code=201)
async def report_checks(
    ref: PathReference,
    body: ChecksCreate,
    tx: Transaction,
    caller: Annotated[Caller, requires("checks:write")],
) -> VersionRead:
    """Keep results of checks; requests that waited for them are judged again at once (G9)."""
    version, at = await _get_version(tx, ref), await transaction_time(tx)
    violations = [
        Violation(f"/checks/{index}/at", "future", "this lies in the future")
        for index, one in enumerate(body.checks)
        if one.at is not None and one.at > at
    ]
    if violations:
        raise ValidationFailed(violations)
    runs = [Check(one.kind, one.result, one.at or at, one.evidence) for one in body.checks]
    await store.add_checks(tx, version, runs, caller.sub)
    results = {run.kind: run.result for run in runs}
    await audit_action(
        tx, at, actor_of(caller), "version.check", f"version/{version.id}", results=results
    )
    await reevaluate_deferred(tx, version, actor_of(caller))
    return await _to_response(tx, version)


async def _get_version(tx: Connection, ref: str) -> Version:
    version = await store.find(tx, ref)
    if version is None:
        raise NotFound(f"Version {ref}")
    return version


async def _to_response(tx: Connection, version: Version) -> VersionRead:
    return (await _to_responses(tx, [version]))[0]


async def _to_responses(tx: Connection, versions: Sequence[Version]) -> list[VersionRead]:
    checks = await store.get_latest_checks_of(tx, [(one.product, one.digest) for one in versions])
    return [_build_response(one, checks.get((one.product, one.digest), ())) for one in versions]


def _build_response(version: Version, checks: Sequence[Check]) -> VersionRead:
    return VersionRead(
        id=version.id,
        product=version.product,
        name=version.name,
        digest=version.digest,
        contains=sorted(version.contains),
        ordinal=version.ordinal,
        registered_by=version.registered_by,
        registered_at=version.registered_at,
        checks=[CheckRead.model_validate(check) for check in checks],
    )
