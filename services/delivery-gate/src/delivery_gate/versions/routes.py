"""Versions and what pipelines report about them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Response
from pydantic import Field, StringConstraints

from common.auth import Caller, needs
from common.errors import Invalid, NotFound, Violation
from common.http import Asked, Page, Paging, Told, cursor, router
from common.messaging.outbox import announce
from common.persistence.database import Connection, Transaction, moment
from common.persistence.ids import uuid7
from delivery_gate.criteria.domain.criteria import Check, CheckResult
from delivery_gate.criteria.domain.verdict import Denied
from delivery_gate.deliveries import events
from delivery_gate.deliveries.commands import note
from delivery_gate.deliveries.reevaluation import try_deferred_again
from delivery_gate.denials import by, deny_at
from delivery_gate.emergencies import store as emergencies
from delivery_gate.fields import Line, Link, Said
from delivery_gate.versions import store
from delivery_gate.versions.domain import Version, register

routes = router("/v1/versions", ["versions"])

Kind = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]


class VersionAsked(Asked):
    """`contains`: ids or keys of the emergency changes that this version is declared to contain."""

    product: Line
    name: Annotated[str, Field(max_length=200)]
    digest: Annotated[str, Field(max_length=200)]
    contains: list[Line] = Field(default_factory=list, max_length=100)


class CheckAsked(Asked):
    """`at`: when the check ended; without it, now."""

    kind: Kind
    result: CheckResult
    at: datetime | None = None
    evidence: Link | None = None


class ChecksAsked(Asked):
    checks: Annotated[list[CheckAsked], Field(min_length=1, max_length=50)]


class CheckTold(Told):
    kind: str
    result: CheckResult
    at: datetime
    evidence: str | None


class VersionTold(Told):
    """`checks`: the latest run of each kind on this digest. `ordinal`: higher is newer."""

    id: UUID
    product: str
    name: str
    digest: str
    contains: list[UUID]
    ordinal: int
    registered_by: str
    registered_at: datetime
    checks: Sequence[CheckTold]


@routes.post("", status_code=201, response_model=VersionTold)
async def register_version(
    asked: VersionAsked,
    response: Response,
    tx: Transaction,
    caller: Annotated[Caller, needs("versions:write")],
) -> VersionTold | Response:
    """Bind a name to a digest, for ever (G1). The same again answers the known version."""
    product = await store.product(tx, asked.product, lock=True)
    if product is None:
        raise Invalid([Violation("/product", "unknown", "register this product first")])
    at = await moment(tx)
    wanted = Version(
        id=uuid7(),
        product=product.key,
        name=asked.name,
        digest=asked.digest,
        contains=await _changes(tx, asked.contains),
        ordinal=product.versions + 1,
        registered_by=caller.sub,
        registered_at=at,
    )
    bound = register(wanted, await store.named(tx, product.key, asked.name))
    if isinstance(bound, Denied):
        subject = f"product/{product.id}"
        return await deny_at(tx, at, by(caller), "version.register", subject, bound)
    if bound is wanted:
        await _keep(tx, bound, caller)
    response.headers["Location"] = f"/v1/versions/{bound.id}"
    return await _told(tx, bound)


async def _changes(tx: Connection, said: Sequence[str]) -> frozenset[UUID]:
    found = await emergencies.ids(tx, said)
    wrong = [
        Violation(f"/contains/{place}", "unknown", "there is no such emergency change")
        for place, one in enumerate(said)
        if one not in found
    ]
    if wrong:
        raise Invalid(wrong)
    return frozenset(found.values())


async def _keep(tx: Connection, version: Version, caller: Caller) -> None:
    await store.add(tx, version)
    await announce(tx, events.of_version(version))
    subject, grounds = f"version/{version.id}", {"name": version.name, "digest": version.digest}
    await note(tx, version.registered_at, by(caller), "version.register", subject, **grounds)


@routes.get("")
async def list_versions(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, needs("versions:read")],
    product: str | None = None,
) -> Page[VersionTold]:
    """Newest first."""
    after: Any = page.after_as(datetime, UUID)
    found = await store.page(tx, product, after, page.limit + 1)
    items = await _told_all(tx, found[: page.limit])
    more = len(found) > page.limit
    return Page(items=items, next=cursor(items[-1].registered_at, items[-1].id) if more else None)


@routes.get("/{ref}")
async def get_version(
    ref: Said, tx: Transaction, caller: Annotated[Caller, needs("versions:read")]
) -> VersionTold:
    """By id, or as `product:name`."""
    return await _told(tx, await _known(tx, ref))


@routes.post("/{ref}/checks", status_code=201)
async def report_checks(
    ref: Said,
    asked: ChecksAsked,
    tx: Transaction,
    caller: Annotated[Caller, needs("checks:write")],
) -> VersionTold:
    """Keep results of checks; requests that waited for them are judged again at once (G9)."""
    version, at = await _known(tx, ref), await moment(tx)
    early = [
        Violation(f"/checks/{place}/at", "future", "this lies in the future")
        for place, one in enumerate(asked.checks)
        if one.at is not None and one.at > at
    ]
    if early:
        raise Invalid(early)
    runs = [Check(one.kind, one.result, one.at or at, one.evidence) for one in asked.checks]
    await store.report(tx, version, runs, caller.sub)
    results = {run.kind: run.result for run in runs}
    await note(tx, at, by(caller), "version.check", f"version/{version.id}", results=results)
    await try_deferred_again(tx, version, by(caller))
    return await _told(tx, version)


async def _known(tx: Connection, ref: str) -> Version:
    version = await store.find(tx, ref)
    if version is None:
        raise NotFound(f"Version {ref}")
    return version


async def _told(tx: Connection, version: Version) -> VersionTold:
    return (await _told_all(tx, [version]))[0]


async def _told_all(tx: Connection, found: Sequence[Version]) -> list[VersionTold]:
    checks = await store.latest_checks_of(tx, [(one.product, one.digest) for one in found])
    return [_version(one, checks.get((one.product, one.digest), ())) for one in found]


def _version(version: Version, checks: Sequence[Check]) -> VersionTold:
    return VersionTold(
        id=version.id,
        product=version.product,
        name=version.name,
        digest=version.digest,
        contains=sorted(version.contains),
        ordinal=version.ordinal,
        registered_by=version.registered_by,
        registered_at=version.registered_at,
        checks=[CheckTold.model_validate(check) for check in checks],
    )
