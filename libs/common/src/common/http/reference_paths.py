"""Where the marked fields of a route's body and query stand, read once from its annotations."""

from collections.abc import Callable, Iterator, Sequence
from types import UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin

from fastapi.dependencies.models import Dependant
from pydantic import BaseModel

Path = tuple[str, ...]
"""Names of fields from the root of the body; `*` stands for every item of a list or mapping."""
KindOf = Callable[[object], str | None]
"""The kind of thing that a mark names; None for other metadata."""

MAX_DEPTH: Final = 8
"""Levels of models; a model that contains itself ends there."""


def query_references(dependant: Dependant, kind_of: KindOf) -> Iterator[tuple[str, str]]:
    """Yield the name and the kind of each marked query parameter of a route."""
    for field in dependant.query_params:
        info = field.field_info
        for _, kind in _marked(info.annotation, info.metadata, kind_of, 0):
            yield field.alias, kind
    for dependency in dependant.dependencies:
        yield from query_references(dependency, kind_of)


def body_references(body_field: Any, kind_of: KindOf) -> Iterator[tuple[Path, str]]:
    """Yield the path and the kind of each marked field of a route's body."""
    if body_field is not None:
        info = body_field.field_info
        yield from dict.fromkeys(_marked(info.annotation, info.metadata, kind_of, 0))


def _marked(
    annotation: Any, metadata: Sequence[object], kind_of: KindOf, depth: int
) -> Iterator[tuple[Path, str]]:
    """Yield the paths below a value of this type, and the empty path for a mark on the value."""
    if get_origin(annotation) is Annotated:
        inner, *more = get_args(annotation)
        yield from _marked(inner, [*more, *metadata], kind_of, depth)
        return
    for mark in metadata:
        if (kind := kind_of(mark)) is not None:
            yield (), kind
    yield from _below(annotation, kind_of, depth)


def _below(annotation: Any, kind_of: KindOf, depth: int) -> Iterator[tuple[Path, str]]:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        for argument in arguments:
            yield from _marked(argument, (), kind_of, depth)
    elif origin in (list, tuple, set, frozenset, dict):
        for path, kind in _marked(arguments[-1 if origin is dict else 0], (), kind_of, depth):
            yield ("*", *path), kind
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel) and depth < MAX_DEPTH:
        yield from _fields_of(annotation, kind_of, depth + 1)


def _fields_of(model: type[BaseModel], kind_of: KindOf, depth: int) -> Iterator[tuple[Path, str]]:
    for name, info in model.model_fields.items():
        for path, kind in _marked(info.annotation, info.metadata, kind_of, depth):
            yield (info.alias or name, *path), kind
