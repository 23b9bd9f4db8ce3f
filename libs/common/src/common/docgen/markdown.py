"""Markdown for the generated pages, and JSON schemas in words."""

from collections.abc import Iterable, Sequence
from typing import Any

GENERATED_NOTE = "<!-- Generated from code by `make docs`. -->"


def page(title: str, *parts: str) -> str:
    """Format a page; empty parts are left out."""
    return "\n\n".join([GENERATED_NOTE, f"# {title}", *(part for part in parts if part)]) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Format a table; return an empty text without rows."""
    lines = [f"| {' | '.join(map(_cell, row))} |" for row in rows]
    if not lines:
        return ""
    return "\n".join([f"| {' | '.join(head)} |", "|---" * len(head) + "|", *lines])


def code(text: object) -> str:
    """Format as code."""
    return f"`{text}`"


def describe_schema(schema: dict[str, Any]) -> str:
    """Describe a JSON schema in a few words: `uuid`, `one of a, b`, `list of string or null`."""
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(describe_schema(one) for one in schema["anyOf"]))
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "enum" in schema:
        return f"one of {', '.join(map(str, schema['enum']))}"
    if "const" in schema:
        return f"always {schema['const']}"
    if schema.get("type") == "array":
        return f"list of {describe_schema(schema.get('items', {}))}"
    if schema.get("type") == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"map to {describe_schema(schema['additionalProperties'])}"
    kind = schema.get("format") or schema.get("type", "anything")
    return "instant" if kind == "date-time" else str(kind)


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
