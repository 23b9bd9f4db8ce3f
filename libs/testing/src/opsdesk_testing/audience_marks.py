"""Marks in free text that name for whom it was written, and the search for those that went astray.

`Marks.word` makes a word for a field; `read_everything` gets all that a caller can get, in every
form; `Marks.strays` says which words the caller should not have seen.
"""

import io
import itertools
import re
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI
from httpx import AsyncClient, Response
from pypdf import PdfReader

MIN_FREE_TEXT_CHARS = 300
"""A field of a request that takes so many characters, in whatever form, is free text."""
HTTP_SERVER_ERROR = 500
Ids = Mapping[str, Sequence[str]]


@dataclass(slots=True)
class Marks:
    """The words that were planted, with the field and the audience of each."""

    planted: dict[str, tuple[str, str]] = field(default_factory=dict)

    def word(self, written_in: str, audience: str) -> str:
        """Return a word that stands in this field and is for this audience alone."""
        word = f"zq{audience}{len(self.planted)}zq"
        self.planted[word] = (written_in, audience)
        return word

    def strays(self, texts: Mapping[str, str], audiences: Collection[str]) -> list[str]:
        """Return a sentence for each word in these texts (by address) that is for others."""
        return [
            f"{address} shows {written_in}, which is for {audience}"
            for address, text in texts.items()
            for word, (written_in, audience) in self.planted.items()
            if audience not in audiences and word in text
        ]

    def seen(self, texts: Mapping[str, str]) -> set[str]:
        """Return the fields whose words stand in these texts."""
        everything = "\n".join(texts.values())
        return {fields for word, (fields, _) in self.planted.items() if word in everything}


async def read_everything(
    caller: AsyncClient, app: FastAPI, ids: Ids, queries: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    """Return the text of every GET that the service has, by address, in every form.

    `ids` are values of path parameters by their names; `queries` the query strings with which a path
    is asked beside the plain request. Raises AssertionError for an answer of 500 and more.
    """
    texts = {}
    for path, operation in _gets(app):
        for address in _addresses(path, operation, ids, queries):
            answer = await caller.get(address)
            assert answer.status_code < HTTP_SERVER_ERROR, f"{address}: {answer.text}"
            texts[address] = f"{answer.headers} {text_of(answer)}"
    return texts


def text_of(answer: Response) -> str:
    """Return the text of an answer, also of a PDF or a workbook; without spaces between letters."""
    kind = answer.headers.get("content-type", "")
    if kind.startswith("application/pdf"):
        pages = PdfReader(io.BytesIO(answer.content)).pages
        return re.sub(r"\s+", "", "".join(page.extract_text() for page in pages))
    if "spreadsheetml" in kind:
        with zipfile.ZipFile(io.BytesIO(answer.content)) as parts:
            return "".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())
    return answer.text


def free_text_fields(app: FastAPI) -> set[str]:
    """Return the fields of all requests that take free text: `POST /v1/waivers reason`."""
    document = app.openapi()
    schemas = document["components"]["schemas"]
    return {
        f"{method.upper()} {path} {name}"
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        for content in operation.get("requestBody", {}).get("content", {}).values()
        for name in _free_texts(content.get("schema", {}), schemas)
    }


def _gets(app: FastAPI) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in app.openapi()["paths"].items():
        if "get" in methods and "stream" not in path:
            yield path, methods["get"]


def _addresses(
    path: str, operation: dict[str, Any], ids: Ids, queries: Mapping[str, Sequence[str]]
) -> Iterator[str]:
    names = re.findall(r"\{(\w+)\}", path)
    forms = _forms(operation)
    for values in itertools.product(*(ids.get(name, ()) for name in names)):
        filled = path
        for name, value in zip(names, values, strict=True):
            filled = filled.replace(f"{{{name}}}", value)
        for query in ("", *queries.get(path, ())):
            yield f"{filled}?{query}" if query else filled
            for form in forms:
                yield f"{filled}?{query}{'&' if query else ''}format={form}"


def _forms(operation: dict[str, Any]) -> list[str]:
    for parameter in operation.get("parameters", ()):
        if parameter["name"] == "format":
            schema = parameter["schema"]
            return [
                form for one in (schema, *schema.get("anyOf", ())) for form in one.get("enum", ())
            ]
    return []


def _free_texts(schema: dict[str, Any], schemas: dict[str, Any], depth: int = 0) -> Iterator[str]:
    if "$ref" in schema:
        yield from _free_texts(schemas[schema["$ref"].rsplit("/", 1)[-1]], schemas, depth)
    for alternative in itertools.chain(
        *(schema.get(kind, ()) for kind in ("anyOf", "oneOf", "allOf"))
    ):
        yield from _free_texts(alternative, schemas, depth)
    for name, inner in schema.get("properties", {}).items():
        if any(
            one.get("maxLength", 0) >= MIN_FREE_TEXT_CHARS
            for one in (inner, *inner.get("anyOf", ()))
        ):
            yield name
        elif depth == 0:
            yield from _free_texts(inner, schemas, depth + 1)
    if isinstance(schema.get("items"), dict):
        yield from _free_texts(schema["items"], schemas, depth)
