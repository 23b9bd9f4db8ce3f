"""What the API of Kubernetes takes: `kubeconform`, and the schemas by which it judges, from Kubernetes' own sources.

Both come from Go's module proxy. The schemas are those that an API server of this version answers with (OpenAPI 3),
made strict: a field that it does not know is a fault.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from opsdesk_local.go_programs import go_module, go_program
from opsdesk_local.postgres_programs import install
from opsdesk_local.state import State

PACKAGE: Final = "github.com/yannh/kubeconform/cmd/kubeconform@v0.7.0"
VERSION: Final = "1.31.14"
NAMES: Final = "{{ .ResourceKind }}-{{ .Group }}-{{ .ResourceAPIVersion }}.json"
"""What kubeconform looks for, in its own words: kinds are in lower case, and the group of the core is its version."""
_REFERENCE: Final = "#/components/schemas/"

Schema = dict[str, Any]


def kubeconform(state: State) -> Path:
    """Return the program, built once (a minute). Raises LocalRunError."""
    return go_program(state, PACKAGE)


def kubernetes_schemas(state: State) -> Path:
    """Return the folder of schemas, one for each kind. Raises LocalRunError."""
    home = state.downloads / f"kubernetes-schemas-{VERSION}"
    if not home.exists():
        sources = go_module(state, f"k8s.io/kubernetes@v{VERSION}") / "api/openapi-spec/v3"
        fresh = home.with_name(f"{home.name}.{os.getpid()}")
        fresh.mkdir(parents=True)
        for path in sorted(sources.glob("*__v*_openapi.json")):
            write_schemas(json.loads(path.read_text(encoding="utf-8")), fresh)
        install(fresh, home)
    return home


def write_schemas(document: Schema, folder: Path) -> None:
    """Write a strict JSON schema for each kind of an OpenAPI document."""
    schemas = document["components"].get("schemas", {})
    for name, schema in schemas.items():
        for kind in schema.get("x-kubernetes-group-version-kind", ()):
            group = kind["group"] or kind["version"]
            file = folder / f"{kind['kind'].lower()}-{group}-{kind['version']}.json"
            needed = {one: _strict(schemas[one]) for one in sorted(_reached(schemas, name))}
            whole = {"$ref": f"#/definitions/{name}", "definitions": needed}
            file.write_text(json.dumps(whole), encoding="utf-8")


def _reached(schemas: Schema, name: str) -> set[str]:
    """The names of a schema and of all that it refers to."""
    found, waiting = set[str](), [name]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += _references(schemas[one])
    return found


def _references(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        if isinstance(to := schema.get("$ref"), str):
            yield to.removeprefix(_REFERENCE)
        for value in schema.values():
            yield from _references(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _references(value)


def _strict(schema: Any) -> Any:
    """The same, with references inside the file, and closed where it names its fields."""
    if isinstance(schema, list):
        return [_strict(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: _strict(value) for name, value in schema.items()}
    if isinstance(to := made.get("$ref"), str):
        made["$ref"] = to.replace(_REFERENCE, "#/definitions/")
    if isinstance(made.get("properties"), dict) and made.get("type") == "object":
        made.setdefault("additionalProperties", False)
    return made
