"""Query parameters that a route does not know, or would read once of many, are refused, as unknown fields of a body are.

A misspelt filter would otherwise answer with everything, and of a repeated one the last alone would count. Pages and probes that no token protects
(`PUBLIC_PATHS`) are left out: browsers and load balancers add parameters of their own.
"""

import math
from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any, Final, get_args, get_origin

from fastapi.dependencies.models import Dependant
from pydantic import BaseModel
from starlette.datastructures import QueryParams
from starlette.types import Scope

from common.domain.nearest import proposal
from common.errors import ValidationFailed, Violation

MAX_NAMED: Final = 20
"""The unknown parameters that one answer names."""


def check_query_parameters(scope: Scope) -> None:
    """Raise ValidationFailed where the request has a query parameter that its route does not know, or reads but once.

    Each is named once, an unknown one with the nearest known one.
    """
    if not scope["query_string"]:
        return
    known = _known_parameters(scope["route"])
    counts = Counter(name for name, _ in QueryParams(scope["query_string"]).multi_items())
    refused = sorted(name for name, count in counts.items() if count > known.get(name, 0))
    if refused:
        raise ValidationFailed([_violation(name, known) for name in refused[:MAX_NAMED]])


def _violation(name: str, known: Collection[str]) -> Violation:
    pointer = "/query/" + name.replace("~", "~0").replace("/", "~1")
    if name in known:
        return Violation(pointer, "repeated_parameter", "takes one value: give it once")
    detail = f"there is no such parameter here{proposal(name[:100], known)}"
    return Violation(pointer, "unknown_parameter", detail)


def _known_parameters(route: Any) -> dict[str, float]:
    """Return how often each parameter of a route may be given. A fast route reads none."""
    dependant = getattr(route, "dependant", None)
    return {} if dependant is None else dict(_parameters(dependant))


def _parameters(dependant: Dependant) -> Iterator[tuple[str, float]]:
    for field in dependant.query_params:
        model = field.field_info.annotation
        if isinstance(model, type) and issubclass(model, BaseModel):
            for name, info in model.model_fields.items():
                yield info.alias or name, _most(info.annotation)
        else:
            yield field.alias, _most(model)
    for dependency in dependant.dependencies:
        yield from _parameters(dependency)


def _most(annotation: Any) -> float:
    """Return how many values a parameter of this type takes: one, unless it is a collection, or may be one."""
    origin = get_origin(annotation) or annotation
    if isinstance(origin, type) and issubclass(origin, (list, tuple, set, frozenset)):
        return math.inf
    return max((_most(one) for one in get_args(annotation)), default=1)
