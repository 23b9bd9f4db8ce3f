"""Invalid input is refused with a problem, never with a 500."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from common.errors import BadRequest, ValidationFailed
from common.http.body import MAX_JSON_DEPTH, MIB, BodyLimit, nests_deeper_than, parse_json

JSON = {"content-type": "application/json"}


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"nonsense",
        b"\xff\xfe",
        b'{"name": "a\x00"}',
        b'{"name": "\\ud800"}',
        b'{"name": NaN}',
        b'{"count": Infinity}',
        b"[" * 100_000,
        b'{"more":' + b"[" * 40 + b"]" * 40 + b"}",
        b"1" * 10_000,
    ],
)
async def test_what_is_no_readable_json_is_a_400(anna: AsyncClient, body: bytes) -> None:
    answer = await anna.post("/v1/things", content=body, headers=JSON)
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:opsdesk:error:malformed"


async def test_every_violation_is_named_at_once(anna: AsyncClient) -> None:
    wrong = {"name": "", "at": "2026-03-01T09:00:00", "count": "x", "a/b": 1, "other": None}
    answer = await anna.post("/v1/things", json=wrong)
    assert answer.status_code == 422
    found = {error["pointer"]: error["code"] for error in answer.json()["errors"]}
    assert found == {
        "/name": "string_too_short",
        "/at": "timezone_aware",
        "/count": "int_parsing",
        "/a~1b": "extra_forbidden",
        "/other": "extra_forbidden",
    }
    assert all(error["detail"] for error in answer.json()["errors"])


@pytest.mark.parametrize(
    "at",
    [
        "0001-01-01T00:00:00+14:00",
        "1969-12-31T23:59:59Z",
        "9999-12-31T23:59:59-14:00",
        "yesterday",
        10**30,
        1700000000,
        "1700000000",
        "2026-03-01",
        True,
    ],
)
async def test_instants_out_of_this_world_are_refused(anna: AsyncClient, at: Any) -> None:
    answer = await anna.post("/v1/things", json={"name": "a", "at": at})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/at"


async def test_instants_are_answered_in_utc(anna: AsyncClient) -> None:
    answer = await anna.post("/v1/things", json={"name": "a", "at": "2026-03-01T09:00:00+01:00"})
    assert answer.json()["at"] == "2026-03-01T08:00:00Z"


async def test_nul_is_refused_wherever_it_stands(anna: AsyncClient) -> None:
    deep = {"name": "a", "more": [{"x": ["fine", "bad\0"]}]}
    answer = await anna.post("/v1/things", json=deep)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/more/0/x/1"
    for address in ("/v1/things/a%00b", "/v1/things?cursor=%00"):
        assert (await anna.get(address)).status_code == 422


async def test_bodies_are_bounded(anna: AsyncClient) -> None:
    large = b'{"name":"' + b"a" * 2 * MIB + b'"}'

    async def dripping() -> AsyncIterator[bytes]:
        for start in range(0, len(large), 65536):
            yield large[start : start + 65536]

    for content in (large, dripping()):
        answer = await anna.post("/v1/things", content=content, headers=JSON)
        assert answer.status_code == 413
        assert answer.json()["limit"] == MIB
    mail = {"content-type": "message/rfc822"}
    for size, status in ((2 * MIB, 201), (2 * MIB + 1, 413)):
        answer = await anna.post("/v1/things/mail", content=b"a" * size, headers=mail)
        assert answer.status_code == status


@pytest.mark.parametrize("media", ["text/plain", "multipart/form-data", "", "application/xml", "x"])
async def test_another_media_type_is_a_415(anna: AsyncClient, media: str) -> None:
    answer = await anna.post("/v1/things", content=b'{"name":"a"}', headers={"content-type": media})
    assert answer.status_code == 415
    suffixed = {"content-type": "application/vnd.x+json; charset=utf-8"}
    fine = await anna.post("/v1/things", content=b'{"name":"a"}', headers=suffixed)
    assert fine.status_code == 201


async def test_a_number_that_nothing_can_hold_is_a_422(anna: AsyncClient) -> None:
    """The last fence: no model bounds this one, the database refuses it."""
    answer = await anna.get(f"/v1/things/{2**80}/stored")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "unstorable"


async def test_nothing_at_an_address_and_another_method(anna: AsyncClient) -> None:
    nothing = await anna.get("/v1/nothing")
    assert (nothing.status_code, nothing.json()["type"]) == (404, "urn:opsdesk:error:not-found")
    other = await anna.delete("/v1/things/a")
    assert other.status_code == 405
    assert {"GET", "PUT"} >= set(other.headers["allow"].split(", "))
    assert other.json()["type"] == "urn:opsdesk:error:method-not-allowed"
    assert other.json()["instance"] == "/v1/things/a"


async def test_not_found_says_what(anna: AsyncClient) -> None:
    answer = await anna.get("/v1/things/none")
    assert (answer.status_code, answer.json()["title"]) == (404, "Not found")


nested = st.recursive(
    st.none() | st.booleans() | st.text(st.sampled_from('[]{}"\\a'), max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("[]{}", max_size=3), inner),
    max_leaves=40,
)


def depth(value: Any) -> int:
    if isinstance(value, list | dict):
        inner = value.values() if isinstance(value, dict) else value
        return 1 + max(map(depth, inner), default=0)
    return 0


@settings(deadline=None)
@given(value=nested, levels=st.integers(0, 6))
def test_depth_is_counted_exactly_and_without_recursion(value: Any, levels: int) -> None:
    written = json.dumps(value).encode()
    if written.count(b"[") + written.count(b"{") > levels:
        assert nests_deeper_than(written, levels) == (depth(value) > levels)
    else:
        assert depth(value) <= levels


def test_the_allowed_depth_is_read_and_one_more_is_not() -> None:
    assert parse_json(b"[" * MAX_JSON_DEPTH + b"]" * MAX_JSON_DEPTH)
    with pytest.raises(BadRequest):
        parse_json(b"[" * (MAX_JSON_DEPTH + 1) + b"]" * (MAX_JSON_DEPTH + 1))


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=60) | st.text('[]{}":,\\u0d8', max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        parse_json(body)
    except (BadRequest, ValidationFailed):
        return
    json.loads(body)


async def test_an_instant_in_the_query_needs_its_offset_too(anna: AsyncClient) -> None:
    for wrong in ("1700000000", "2026-03-01T09:00:00", "2026-03-01", "soon"):
        answer = await anna.get("/v1/things", params={"since": wrong})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == "/query/since"
    right = {"since": "2026-03-01T09:00:00+01:00"}
    assert (await anna.get("/v1/things", params=right)).status_code == 200


@pytest.mark.parametrize(
    ("path", "limit"),
    [
        ("/v1/mails", 2),
        ("/v1/things/7/files", 3),
        ("/v1/things/7/files/1", 3),
        ("/v1/things", 1),
        ("/v1/things/7/8/files", 1),
        ("/v1/things//files", 1),
        ("/other/v1/mails", 1),
    ],
)
async def test_a_path_has_the_limit_of_its_beginning(path: str, limit: int) -> None:
    async def takes_all(scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive())["more_body"]:
            pass
        await Response()(scope, receive, send)

    app = BodyLimit(takes_all, 1, {"/v1/mails": 2, "/v1/things/*/files": 3})
    async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as anybody:
        assert (await anybody.post(path, content=b"x" * limit)).status_code == 200
        assert (await anybody.post(path, content=b"x" * (limit + 1))).status_code == 413
