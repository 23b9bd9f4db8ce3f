"""The OpenAPI documents read like a reference: names without modules, summaries that begin with a verb.

The only check that imports the services, since their documents are made by them.
"""

import inspect
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from checks.rule_codes import cited_codes
from checks.tree import services
from checks.verbs import VERBS
from checks.violations import Violation, run
from common.http import create_app

Document = dict[str, Any]
Locate = Callable[[str, str], tuple[Path, int]]
"""Where the function of an operation (method, path) is defined."""

METHODS = ("get", "post", "put", "patch", "delete")
TEXTS = frozenset({"title", "summary", "description"})
HIDDEN_OBJECT = re.compile(r"\w+ (of|on|them|it)\b")
"""The begin of a summary whose first word is a noun, or whose verb has no object."""
OPERATION_ID = re.compile(r"([a-z]+)(?:_[a-z0-9]+)+")
SCHEMA_OF_A_PAST_NAME = re.compile(r"\w+(Told|Asked|Shown)")
NO_NOUN = re.compile(r"\{(id|key|name|ref|one|item|it|\w+_id)\}")
"""A path parameter that does not say whose id or key it is."""
IS_NO = re.compile(
    r"(?<!there )\b(?:is|are) no (?!longer\b|more\b|less\b|fewer\b|later\b|earlier\b)\w+",
    re.IGNORECASE,
)


def violations(root: Path) -> Iterator[Violation]:
    """The violations of every service's document."""
    for service in services(root):
        app = create_app(import_module(f"{service.name}.app").SERVICE)
        source = service.modules[f"{service.name}.app"].path.relative_to(root)
        yield from in_document(app.openapi(), source, locate_in(app, root))


def in_document(document: Document, source: Path, locate: Locate) -> Iterator[Violation]:
    """The violations of one document; `source` is the place of those of its schemas."""
    components = document.get("components", {})
    for name, schema in components.get("schemas", {}).items():
        for sentence in (*_in_schema_name(name), *_in_texts(schema)):
            yield Violation(source, 1, f"schema {name}: {sentence}")
    for sentence in _in_texts(_other_parts(document)):
        yield Violation(source, 1, sentence)
    operations = list(_operations(document))
    ids = Counter(operation["operationId"] for _, _, operation in operations)
    for method, path, operation in operations:
        file, line = locate(method, path)
        for sentence in (*_in_path(path), *_in_operation(operation, ids)):
            yield Violation(file, line, f"{method.upper()} {path}: {sentence}")


def locate_in(app: FastAPI, root: Path) -> Locate:
    """Find the functions of an app's operations."""
    functions = {
        (method.lower(), context.path_format): inspect.unwrap(context.original_route.endpoint)
        for context in iter_route_contexts(app.routes)
        if isinstance(context.original_route, APIRoute)
        for method in context.methods or ()
    }

    def locate(method: str, path: str) -> tuple[Path, int]:
        code = functions[method, path].__code__
        file = Path(code.co_filename)
        return file.relative_to(root) if file.is_relative_to(root) else file, code.co_firstlineno

    return locate


def summary_fault(summary: str) -> str | None:
    """What is wrong with a summary; None if it reads like "List waivers, oldest first."."""
    verb, _, rest = summary.partition(" ")
    if verb not in VERBS:
        return f'the summary "{summary}" does not begin with an imperative verb.'
    if not rest or HIDDEN_OBJECT.match(summary):
        return f'the summary "{summary}" does not name its object behind its verb.'
    return None if summary.endswith(".") else f'the summary "{summary}" does not end with a period.'


def operation_id_fault(operation: str) -> str | None:
    """What is wrong with an operation id; None if it reads like `approve_waiver`."""
    parts = OPERATION_ID.fullmatch(operation)
    if parts and parts[1].capitalize() in VERBS:
        return None
    return f"the operationId {operation} is not a verb with its object, like `approve_waiver`."


def _in_schema_name(name: str) -> Iterator[str]:
    if "__" in name:
        yield "two models share a name; name each for its noun."
    elif "_" in name or "-" in name:
        yield "its name is made by the framework; name the model for what it is, like `WaiverPage`."
    if found := SCHEMA_OF_A_PAST_NAME.fullmatch(name):
        yield f"`{found[1]}` is not a suffix; a response is called `...Read`, a request for its verb."


def _other_parts(document: Document) -> list[object]:
    """All but schemas and operations: the document itself, its tags, shared parameters, paths."""
    components = {**document.get("components", {}), "schemas": {}}
    paths = [_without(one, METHODS) for one in document["paths"].values()]
    tags = [{"title": tag["name"]} for tag in document.get("tags", [])]
    return [_without(document, ("components", "paths")), components, paths, tags]


def _without(part: Document, keys: Iterable[str]) -> Document:
    return {key: value for key, value in part.items() if key not in keys}


def _in_path(path: str) -> Iterator[str]:
    for found in NO_NOUN.findall(path):
        yield f"the path parameter {found} is not called by its noun, like `waiver`."


def _in_operation(operation: Document, ids: Counter[str]) -> Iterator[str]:
    if fault := summary_fault(operation.get("summary", "")):
        yield fault
    if fault := operation_id_fault(operation["operationId"]):
        yield fault
    if ids[operation["operationId"]] > 1:
        yield f"the operationId {operation['operationId']} is used twice."
    yield from _in_texts(operation)


def _in_texts(part: object) -> Iterator[str]:
    for text in dict.fromkeys(_texts(part)):
        for code in dict.fromkeys(code for _, code in cited_codes(text)):
            yield f'"{code}" is a rule code: readers of the API do not know the rules.'
        if found := IS_NO.search(text):
            yield f'"{found[0]}": say "is not a valid ..." or what is missing.'


def _texts(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        for key, value in part.items():
            if key in TEXTS and isinstance(value, str):
                yield value
            else:
                yield from _texts(value)
    elif isinstance(part, list):
        for value in part:
            yield from _texts(value)


def _operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    for path, methods in document["paths"].items():
        for method in METHODS:
            if method in methods:
                yield method, path, methods[method]


if __name__ == "__main__":
    run(violations)
