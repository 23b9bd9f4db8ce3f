"""References by key that no table knows are refused before the route runs, with the nearest key (I5).

A field or query parameter is marked with the kind of thing that it names:
`customer: Annotated[str, Refers("customer")]`. `Service.references` says which column knows the keys
of a kind. So a route cannot forget the check, the OpenAPI document shows the mark (`x-refers-to`), and
a test walks all marked fields of all services.
"""

from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, cast
from uuid import UUID

from fastapi import Request
from fastapi.routing import APIRoute
from pydantic import GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema
from sqlalchemy import ColumnElement, func, select
from starlette.responses import Response

from common.auth.caller import Caller
from common.domain.nearest import proposal
from common.errors import ValidationFailed, Violation
from common.http.known_keys import KnownKeys, References, Unfit
from common.http.reference_paths import Path, body_references, query_references
from common.messaging.catch_up import AppliedEvents
from common.persistence.database import Connection

NOT_ALL_ARRIVED: Final = (
    "; not everything has arrived here yet: if it is new, send this again in a while"
)
Handle = Callable[[Request], Coroutine[Any, Any, Response]]

UNKNOWN: Final = "unknown_reference"
WORDS: Final = {"colleague": "person"}  # to whoever named one; others as they are
MAX_NAMED: Final = 50
"""The unknown references that one answer names."""
MAX_CANDIDATES: Final = 500
"""The known keys, those of a similar length first, among which the nearest is looked for."""
MAX_KEY_CHARS: Final = 200
"""Longer values are none of ours: the field's own limit refuses them."""


@dataclass(frozen=True, slots=True)
class Refers:
    """The mark of a field or parameter that names a `kind` of thing by key.

    `by_route`: the route checks it itself, because it has to look at the thing anyway, or because the
    value is composed; the mark is for readers and for the test of all fields then.
    """

    kind: str
    by_route: bool = False

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {**handler(schema), "x-refers-to": self.kind} | (
            {"x-checked-by-route": True} if self.by_route else {}
        )


@dataclass(frozen=True, slots=True)
class Reference:
    """A value of a request that names a `kind` of thing; `pointer` says where it stands."""

    pointer: str
    kind: str
    key: str


def checking_references(handle: Handle, route: APIRoute) -> Handle:
    """Return `handle` with the check of all marked fields of this route before it."""
    query = tuple(query_references(route.dependant, _kind_of))
    body = tuple(body_references(route.body_field, _kind_of))
    if not query and not body:
        return handle

    async def checked(request: Request) -> Response:
        references = [*_in_query(request, query), *await _in_body(request, body)]
        if references:
            await check_references(request, references)
        return await handle(request)

    return checked


async def check_references(request: Request, references: Sequence[Reference]) -> None:
    """Raise ValidationFailed where one of these references is unknown to its table."""
    tables: References = request.app.state.opsdesk.service.references
    tx, caller = cast(Connection, request.state.tx), cast(Caller, request.state.caller)
    if violations := await find_violations(tx, tables, caller, references):
        late = {one.pointer for one in references if await _may_come(request, tables[one.kind])}
        raise ValidationFailed(
            [
                replace(one, detail=one.detail + NOT_ALL_ARRIVED)
                if (one.pointer in late and one.code == UNKNOWN)
                else one
                for one in violations
            ]
        )


async def _may_come(request: Request, known: KnownKeys) -> bool:
    """Whether what would make a key known may be announced already, and is not stored here yet."""
    consumer: AppliedEvents | None = request.app.state.opsdesk.consumer
    if known.source_topic is None or consumer is None:
        return False
    return await consumer.may_lack((known.source_topic,))


async def find_violations(
    tx: Connection, tables: References, caller: Caller, references: Sequence[Reference]
) -> list[Violation]:
    """Return a violation for each reference that is unknown or does not fit, MAX_NAMED of each at most."""
    unknown: dict[str, frozenset[str]] = {}
    unfit: dict[str, Mapping[str, Unfit]] = {}
    for kind in dict.fromkeys(one.kind for one in references):
        keys = {one.key for one in references if one.kind == kind}
        unknown[kind] = await _unknown(tx, tables[kind], caller, keys)
        unfit[kind] = await _unfit(tx, tables[kind], caller, keys - unknown[kind])
    named = [one for one in references if one.key in unknown[one.kind]][:MAX_NAMED]
    refused = [
        Violation(one.pointer, why.code, f"{one.key} {why.detail}")
        for one in references
        if (why := unfit[one.kind].get(one.key)) is not None
    ]
    return await describe_unknown(tx, tables, named, caller) + refused[:MAX_NAMED]


async def describe_unknown(
    tx: Connection, tables: References, references: Sequence[Reference], caller: Caller
) -> list[Violation]:
    """Return the violations for unknown references, with the nearest keys that the caller may see."""
    candidates = {
        kind: await _candidates(
            tx, tables[kind], {len(one.key) for one in references if one.kind == kind}, caller
        )
        for kind in dict.fromkeys(one.kind for one in references)
    }
    return [_violation(one, candidates[one.kind]) for one in references]


def _violation(reference: Reference, candidates: set[str]) -> Violation:
    what = WORDS.get(reference.kind, reference.kind.replace("_", " "))
    detail = f"there is no {what} {reference.key!r}{proposal(reference.key, candidates)}"
    return Violation(reference.pointer, UNKNOWN, detail)


async def _unknown(
    tx: Connection, known: KnownKeys, caller: Caller, keys: set[str]
) -> frozenset[str]:
    if not _is_checked(known, caller):
        return frozenset()
    keys = {key for key in keys - known.names if not (known.callers and key == caller.sub)}
    found: set[str] = set()
    if keys and known.column is not None:
        query = select(known.column).where(known.column.in_(keys), *_visible(known, caller))
        found = set(await tx.scalars(query))
    ids = {key: id for key in keys - found if (id := _as_uuid(key)) is not None}
    if ids and known.id_column is not None:
        is_asked = known.id_column.in_(set(ids.values()))
        query_ids = select(known.id_column).where(is_asked, *_visible(known, caller))
        found_ids = set(await tx.scalars(query_ids))
        found |= {key for key, id in ids.items() if id in found_ids}
    return frozenset(keys - found)


async def _unfit(
    tx: Connection, known: KnownKeys, caller: Caller, keys: set[str]
) -> Mapping[str, Unfit]:
    """Those of known keys that cannot be named, with why; oneself one may always name."""
    asked = {key for key in keys if not (known.callers and key == caller.sub)}
    found: dict[str, Unfit] = {}
    if not asked or known.column is None or not _is_checked(known, caller):
        return found
    for one in known.unfit:
        query = select(known.column).where(known.column.in_(asked), one.condition)
        for key in await tx.scalars(query):
            found.setdefault(key, one)
    return found


async def _candidates(
    tx: Connection, known: KnownKeys, lengths: set[int], caller: Caller
) -> set[str]:
    """Return known keys, those nearest to these lengths first: none that the caller may not see."""
    names = set(known.names)
    if known.column is not None and _is_checked(known, caller):
        key_length = func.length(known.column)
        distance = func.least(*(func.abs(key_length - length) for length in sorted(lengths)))
        query = select(known.column).where(*_visible(known, caller)).group_by(known.column)
        names |= set(await tx.scalars(query.order_by(distance).limit(MAX_CANDIDATES)))
    return names


def _is_checked(known: KnownKeys, caller: Caller) -> bool:
    """Return whether an answer may tell this caller which keys there are."""
    if not caller.is_outsider:
        return True
    return caller.customer is not None and known.visible_to is not None


def _visible(known: KnownKeys, caller: Caller) -> list[ColumnElement[bool]]:
    if caller.customer is None or known.visible_to is None:
        return []
    return [known.visible_to(caller.customer)]


def _as_uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _kind_of(mark: object) -> str | None:
    return mark.kind if isinstance(mark, Refers) and not mark.by_route else None


def _in_query(request: Request, marked: Sequence[tuple[str, str]]) -> Iterator[Reference]:
    for name, kind in marked:
        for value in request.query_params.getlist(name):
            if 0 < len(value) <= MAX_KEY_CHARS:
                yield Reference(f"/query/{name}", kind, value.strip())


async def _in_body(request: Request, marked: Sequence[tuple[Path, str]]) -> list[Reference]:
    if not marked or not await request.body():
        return []
    body = await request.json()
    return [
        Reference(pointer, kind, value.strip())
        for path, kind in marked
        for pointer, value in _values(body, path, "")
        if isinstance(value, str) and 0 < len(value) <= MAX_KEY_CHARS
    ]


def _values(node: Any, path: Path, pointer: str) -> Iterator[tuple[str, Any]]:
    """Yield what stands at a path; `*` stands for every item. What does not fit is left out: the
    validation of the body refuses it afterwards."""
    if not path:
        yield pointer, node
    elif path[0] == "*" and isinstance(node, list | dict):
        for index, item in node.items() if isinstance(node, dict) else enumerate(node):
            yield from _values(item, path[1:], f"{pointer}/{index}")
    elif isinstance(node, dict) and path[0] in node:
        yield from _values(node[path[0]], path[1:], f"{pointer}/{path[0]}")
