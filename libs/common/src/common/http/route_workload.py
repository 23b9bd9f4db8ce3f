"""Which connections a route uses: slow lists and reports must not take those of the writes."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from fastapi.routing import APIRoute

from common.persistence.workload import LISTS, READS, WRITES, Workload

F = TypeVar("F", bound=Callable[..., Any])

SAFE_METHODS: Final = frozenset({"GET", "HEAD"})


def only_computes(function: F) -> F:
    """Mark the function of a POST that stores nothing, such as a simulation: it counts as a list."""
    function.only_computes = True  # type: ignore[attr-defined]  # a mark on the function
    return function


def workload_of(route: APIRoute) -> Workload:
    """Return the workload of a route.

    A GET whose path ends in a parameter reads one item; any other reads many (a list, a report).
    """
    if getattr(route.endpoint, "only_computes", False):
        return LISTS
    if not (route.methods or set()) <= SAFE_METHODS:
        return WRITES
    return READS if route.path.endswith("}") else LISTS
