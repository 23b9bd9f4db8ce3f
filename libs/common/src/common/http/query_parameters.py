"""Query parameters that a route does not know are refused, as unknown fields of a body are.

A misspelt filter would otherwise answer with everything. Pages and probes that no token protects
(`PUBLIC_PATHS`) are left out: browsers and load balancers add parameters of their own.
"""

from collections.abc import Iterator
from typing import Any, Final

from fastapi.dependencies.models import Dependant
from pydantic import BaseModel
from starlette.datastructures import QueryParams
from starlette.types import Scope

from common.domain.nearest import proposal
from common.errors import ValidationFailed, Violation

MAX_NAMED: Final = 20
"""The unknown parameters that one answer names."""


def check_query_parameters(scope: Scope) -> None:
    """Raise ValidationFailed where the request has a query parameter that its route does not know.

    Each is named once, with the nearest known one.
    """
    if not scope["query_string"]:
        return
    known = _known_names(scope["route"])
    unknown = sorted(QueryParams(scope["query_string"]).keys() - known)
    if unknown:
        raise ValidationFailed([_violation(name, known) for name in unknown[:MAX_NAMED]])


def _violation(name: str, known: frozenset[str]) -> Violation:
    pointer = "/query/" + name.replace("~", "~0").replace("/", "~1")
    detail = f"there is no such parameter here{proposal(name[:100], known)}"
    return Violation(pointer, "unknown_parameter", detail)


def _known_names(route: Any) -> frozenset[str]:
    """Return the names of the parameters that a route reads. A fast route reads none."""
    dependant = getattr(route, "dependant", None)
    return frozenset() if dependant is None else frozenset(_names(dependant))


def _names(dependant: Dependant) -> Iterator[str]:
    for field in dependant.query_params:
        model = field.field_info.annotation
        if isinstance(model, type) and issubclass(model, BaseModel):
            for name, info in model.model_fields.items():
                yield info.alias or name
        else:
            yield field.alias
    for dependency in dependant.dependencies:
        yield from _names(dependency)
