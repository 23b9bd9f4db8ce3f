"""Dates at the edges of time, sent to every query parameter that takes one."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import httpx

EDGES = {
    "date": (
        "0001-01-01",
        "0001-12-31",
        "1969-12-31",
        "1970-01-01",
        "1972-02-29",
        "2099-12-31",
        "2199-12-31",
        "2200-01-01",
        "9999-01-01",
        "9999-12-31",
    ),
    "month": (
        "0000-01",
        "0001-01",
        "1969-12",
        "1970-01",
        "1971-12",
        "197\u0663-01",
        "2098-12",
        "2099-12",
        "2199-12",
        "9999-12",
    ),
    "date-time": (
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "1970-01-01T00:00:00Z",
        "1970-01-01T00:00:01Z",
        "2099-12-31T23:59:59Z",
        "2199-12-31T23:59:59.999999Z",
        "9999-12-31T23:59:59Z",
        "9999-12-31T23:59:59-14:00",
    ),
}
"""Texts at the edges of time, by the format that a parameter has."""


FORBIDDEN = 403


def edge_failures(
    address: str,
    document: dict[str, Any],
    callers: Sequence[dict[str, str]],
    timeout_s: float,
) -> list[Exception]:
    """Send every edge to every query parameter of the OpenAPI document that takes one; return what
    ended in a 5xx. `callers`: headers of the first who may ask are sent."""
    failures: list[Exception] = []
    with httpx.Client(base_url=address, timeout=timeout_s) as client:
        for path, name, edge in _edges(document):
            for headers in callers:
                answer = client.get(path, params={name: edge}, headers=headers)
                if answer.status_code != FORBIDDEN:
                    break
            if answer.status_code >= 500:
                asked = f"GET {path}?{name}={edge}"
                failures.append(AssertionError(f"{asked} ends in {answer.status_code}"))
    return failures


def _edges(document: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield a path with something in place of its parameters, a query parameter and an edge for it."""
    for path, operations in document["paths"].items():
        for parameter in operations.get("get", {}).get("parameters", ()):
            for edge in EDGES.get(_time_format(parameter), ()):
                yield re.sub(r"\{\w+\}", "x", path), parameter["name"], edge


def _time_format(parameter: dict[str, Any]) -> str:
    """Return the key of EDGES for a query parameter: "" for one that takes no time."""
    schema = parameter["schema"]
    for one in (schema, *schema.get("anyOf", ())):
        if one.get("format") in EDGES:
            return str(one["format"])
    is_month = parameter["in"] == "query" and parameter["name"] == "month"
    return "month" if is_month else ""
