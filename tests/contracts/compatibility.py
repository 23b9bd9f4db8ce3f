"""What readers of the released schema would trip over in today's: additive changes only.

Records stay on the topics for 400 days and releases overlap, so today's code reads old records
and yesterday's code reads new ones.
"""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

Schema = dict[str, Any]

WORDING_KEYS = frozenset({"title", "description", "default", "examples"})
NEW_VERSION_HINT = "make it a new type with the next version (.v2) beside this one"


def schema_of(model: type[BaseModel]) -> Schema:
    """The model's JSON schema as its readers know it, without wording and with references resolved."""
    schema = model.model_json_schema(mode="validation")
    resolved: Schema = _plain(schema, schema.get("$defs", {}))
    return resolved


def differences(type: str, released: Schema, today: Schema) -> list[str]:
    """One sentence for each incompatible change, naming the field and what to do instead."""
    return [f"{type}: {problem}; {NEW_VERSION_HINT}" for problem in _compare("", released, today)]


def _plain(schema: Any, known: Schema) -> Any:
    if isinstance(schema, list):
        return [_plain(one, known) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _plain(known[schema["$ref"].rpartition("/")[2]], known)
    simplified = {key: value for key, value in schema.items() if key not in {"$defs", "properties"}}
    plain = {
        key: _plain(value, known) for key, value in simplified.items() if key not in WORDING_KEYS
    }
    if "properties" in schema:
        # A field may be called like a keyword.
        fields = schema["properties"].items()
        plain["properties"] = {name: _plain(value, known) for name, value in fields}
    return plain


def _compare(pointer: str, released: Schema, today: Schema) -> Iterator[str]:
    if "properties" in released:
        yield from _compare_objects(pointer, released, today)
    elif "items" in released and "items" in today:
        yield from _compare(f"{pointer.rstrip('.')}[].", released["items"], today["items"])
    else:
        yield from _compare_values(pointer, _values(released), _values(today))


def _compare_objects(pointer: str, released: Schema, today: Schema) -> Iterator[str]:
    old, new = released["properties"], today.get("properties", {})
    for name in sorted(old):
        if name not in new:
            yield f"field {pointer}{name} was removed or renamed"
        else:
            yield from _compare(f"{pointer}{name}.", old[name], new[name])
    required = set(today.get("required", ())) - set(released.get("required", ()))
    for name in sorted(required):
        known = "is required now" if name in old else "is new and required"
        yield f"field {pointer}{name} {known}, and records on the topics lack it"


def _compare_values(pointer: str, released: set[str], today: set[str]) -> Iterator[str]:
    name = pointer.rstrip(".")
    if lost := sorted(released - today):
        yield f"field {name} no longer takes {', '.join(lost)}, which records on the topics hold"
    if gained := sorted(today - released):
        yield f"field {name} takes {', '.join(gained)} too, which readers of the release refuse"


def _values(schema: Schema) -> set[str]:
    """The kinds of values that a field takes, each with its bounds."""
    if "anyOf" in schema:
        return {value for one in schema["anyOf"] for value in _values(one)}
    if "enum" in schema:
        return {repr(value) for value in schema["enum"]}
    if "const" in schema:
        return {repr(schema["const"])}
    bounds = " ".join(f"{key}={schema[key]}" for key in sorted(schema) if key != "type")
    return {f"{schema.get('type', 'anything')} {bounds}".strip()}
