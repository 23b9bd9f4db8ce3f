"""Every GET of every service, asked by a contact of Acme for what is Brightwater's: it does not exist (R4).

The ids and keys are found in the tables, the operations and filters in the OpenAPI documents. A positive control
beside each: staff get an answer at the same address, and their lists do name Brightwater.
"""

import re
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from httpx import AsyncClient, Response

from common.persistence.database import Database
from opsdesk_testing.client import app_for, client, settings_for
from tests.contracts.operations import Field, Operation, operations, service_of
from tests.security.answers import marks_in
from tests.security.companies import COMPANIES, CONTACTS
from tests.security.foreign_data import identifiers_of
from tests.security.identities import believed

pytestmark = pytest.mark.thorough

OWN, FOREIGN = "acme", "brightwater"
UNKNOWN = "no-such-thing"
REQUIRED = {"from": "1", "to": "1", "customer": OWN, "month": "2026-06"}
"""Values of parameters without which an operation answers nothing."""
ENDLESS = {"/v1/status/stream"}
"""Streams: `services/sla/tests/status` asks them."""
NOBODYS = {"{calendar}": ("spare-hours",), "{article}": ("KB-1", "KB-2")}
"""Things of no customer, or that no agreement of theirs names: contacts do not see them at all."""


@dataclass(frozen=True)
class Site:
    """A service with both customers: clients of staff, of a contact, and of the portal for that contact."""

    staff: AsyncClient
    contact: AsyncClient
    portal: AsyncClient
    own: frozenset[str]
    foreign: frozenset[str]


PARTS = {"{message}": "00000000-0000-7000-8000-000000000000", "{number}": "0"}
"""What names a part of the thing in an address, which has a form of its own."""


@pytest.fixture(params=sorted(COMPANIES))
def schema(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def site(database: Database, schema: str) -> AsyncIterator[Site]:
    service = service_of(schema)
    settings = settings_for(service.settings, database.url, requests_per_minute=1_000_000)
    app = app_for(service, database, settings=settings)
    ids = await COMPANIES[schema](database, app)
    foreign = await identifiers_of(database, FOREIGN, ids[FOREIGN])
    own = await identifiers_of(database, OWN, ids[OWN])
    async with (
        client(app, "theo", roles=["gm", "tom"]) as staff,
        client(app, "jan") as contact,
        _portal(app) as portal,
    ):
        yield Site(staff, contact, portal, own - foreign, foreign - own)


@asynccontextmanager
async def _portal(app: Any) -> AsyncIterator[AsyncClient]:
    async with client(app, "portal") as portal:
        portal.headers["On-Behalf-Of"] = f"mailto:{CONTACTS[OWN]}"
        yield portal


def reads(module: str) -> Iterator[Operation]:
    """Yield the GETs that a contact holds the permissions for."""
    contact = next(one for one in believed() if one.name == "contact")
    for one in operations(module):
        if one.method == "GET" and contact.may(one.permissions) and one.path not in ENDLESS:
            yield one


async def test_what_is_anothers_does_not_exist(site: Site, schema: str) -> None:
    """At each address with an id or key in it: 404, in the words of an address where nothing is."""
    asked, shown = 0, []
    found = await names_by_parameter(site.staff, schema, site.foreign)
    for one in reads(schema):
        for name in found.get(parameter_of(one), ()):
            for who in (site.contact, site.portal):
                asked += 1
                answer = await get(who, one, name)
                nothing = await get(who, one, _like(name))
                if says(answer, name) != says(nothing, _like(name)) or answer.status_code != 404:
                    shown.append(f"{one} {name}: {answer.status_code} {answer.text[:200]}")
    assert shown == []
    assert asked


async def test_no_list_and_no_filter_shows_what_is_anothers(site: Site, schema: str) -> None:
    """Each GET, alone and with each filter set to something of Brightwater's."""
    shown, staff_saw = [], 0
    own = await names_by_parameter(site.contact, schema, site.own)
    for one in reads(schema):
        for address in addresses(one, own):
            for query in queries(one, site.foreign):
                answer = await site.contact.get(address, params=query)
                assert answer.status_code < 500, (address, query, answer.text)
                if found := marks_in(answer, site.foreign - {*query.values()}):
                    shown.append(f"{address} {query}: {sorted(found)[:5]}")
        everything = await site.staff.get(one.url(), params=base(one))
        staff_saw += bool(marks_in(everything, site.foreign))
    assert shown == []
    assert staff_saw, "staff must see what the contact must not"


async def test_no_filter_tells_what_exists(site: Site, schema: str) -> None:
    """A foreign key in a filter is answered like one that nobody knows."""
    differing = []
    for one in reads(schema):
        if "{" in one.path:
            continue
        for name, value in foreign_filters(one, site.foreign):
            answer = await site.contact.get(one.path, params=base(one) | {name: value})
            nothing = await site.contact.get(one.path, params=base(one) | {name: _like(value)})
            if says(answer, value) != says(nothing, _like(value)):
                differing.append(
                    f"{one} {name}={value}: {answer.text[:150]} / {nothing.text[:150]}"
                )
    assert differing == []


async def exists(staff: AsyncClient, operation: Operation, name: str) -> bool:
    return (await get(staff, operation, name)).status_code == 200


async def get(who: AsyncClient, operation: Operation, name: str) -> Response:
    path = operation.path
    for parameter, value in PARTS.items():
        path = path.replace(parameter, value)
    return await who.get(re.sub(r"\{\w+\}", name, path), params=base(operation))


async def names_by_parameter(
    who: AsyncClient, module: str, names: Iterable[str]
) -> dict[str, list[str]]:
    """Return for each parameter of an address the names at which this caller finds something, at any address
    with it. Fails for a parameter without any: this suite does not pass on an empty service."""
    found: dict[str, list[str]] = {}
    for one in reads(module):
        if parameter := parameter_of(one):
            asked = NOBODYS.get(parameter) or sorted(names)
            hits = [name for name in asked if await exists(who, one, name)]
            found[parameter] = sorted({*found.get(parameter, ()), *hits})
    without = {parameter for parameter, hits in found.items() if not hits}
    assert without <= set(NOBODYS), f"{without} have no seed; fill it in companies.py"
    return found


def parameter_of(operation: Operation) -> str:
    """The parameter of the operation's address, empty where it has none."""
    found = re.search(r"\{\w+\}", operation.path)
    return found[0] if found else ""


def addresses(operation: Operation, own: Mapping[str, list[str]]) -> list[str]:
    """The address itself, or with something of the contact's own in it."""
    parameter = parameter_of(operation)
    if not parameter:
        return [operation.path]
    return [operation.path.replace(parameter, name) for name in own[parameter]]


def base(operation: Operation) -> dict[str, str]:
    """The parameters that the operation requires."""
    names = {field.name for field in operation.fields if field.part == "query"}
    asked = {"from", "to"} if operation.path.endswith("/diff") else set()
    if operation.path.endswith("/matching"):
        asked |= {"customer"}
    return {name: REQUIRED[name] for name in asked & names}


def queries(operation: Operation, foreign: frozenset[str]) -> Iterator[Mapping[str, str]]:
    """Yield the query as it is, then with each filter set to something foreign, and with each form."""
    yield base(operation)
    for name, value in foreign_filters(operation, foreign):
        yield base(operation) | {name: value}
    for field in operation.fields:
        for value in field.mark("enum") or () if field.part == "query" else ():
            yield base(operation) | {field.name: value}


def foreign_filters(operation: Operation, foreign: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Yield each filter that names something with what is foreign and may be of its kind."""
    for field in operation.fields:
        if field.part == "query" and names_something(field):
            for value in sorted(foreign):
                if _is_of_kind(value, str(field.mark("x-refers-to"))):
                    yield field.name, value


def names_something(field: Field) -> bool:
    return field.mark("x-refers-to") is not None


def _is_of_kind(value: str, kind: str) -> bool:
    kinds = {
        "customer": {FOREIGN},
        "environment": {f"{FOREIGN}-prod"},
        "service": {"clinic-records"},
        "agreement": {f"{FOREIGN}-standard"},
    }
    return value in kinds.get(kind, {value})


def _like(name: str) -> str:
    """A name of the same form that nothing has."""
    if re.fullmatch(r"[0-9a-f-]{36}", name):
        return "00000000-0000-7000-8000-00000000dead"
    if found := re.fullmatch(r"([A-Z]+-)\d+", name):
        return f"{found[1]}424242"
    return UNKNOWN


def says(answer: Response, name: str) -> tuple[int, str]:
    """What an answer says, whatever the name was that was asked for."""
    plain = answer.text.replace(name, "?")
    return answer.status_code, re.sub(
        r'(title|description)-[0-9a-f]{8}|"trace_id": "\w+"|"instance": "[^"]*"|; did you mean [^"?]+\?',
        "",
        plain,
    )
