"""What has been released: golden records and schemas, one file each, never edited afterwards.

`golden/<type>.json` is the first record of a type; `golden/<type>+2.json` the one after its first
additional field, and so on. `schemas/<type>.json` is what readers of the newest release know.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
GOLDEN = HERE / "golden"
SCHEMAS = HERE / "schemas"


@dataclass(frozen=True, slots=True)
class Golden:
    """A record as it was on Kafka: headers by name, key, body."""

    type: str
    number: int
    key: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def value(self) -> bytes:
        return json.dumps(self.body).encode()

    @property
    def raw_headers(self) -> list[tuple[str, bytes]]:
        return [(name, value.encode()) for name, value in self.headers.items()]

    def path(self) -> Path:
        return GOLDEN / f"{self.type}{'' if self.number == 1 else f'+{self.number}'}.json"

    def write(self) -> None:
        record = {"key": self.key, "headers": self.headers, "body": self.body}
        self.path().write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n")


def goldens() -> list[Golden]:
    """All of them, by type and number."""
    return sorted(
        map(_read, GOLDEN.glob("*.json")), key=lambda golden: (golden.type, golden.number)
    )


def newest() -> dict[str, Golden]:
    """The newest of each type."""
    return {golden.type: golden for golden in goldens()}


def released_schema(type: str) -> dict[str, Any] | None:
    """The schema of the newest release, or None for a type that is not released yet."""
    path = SCHEMAS / f"{type}.json"
    return json.loads(path.read_text()) if path.exists() else None


def write_schema(type: str, schema: dict[str, Any]) -> None:
    """Release a schema."""
    path = SCHEMAS / f"{type}.json"
    path.write_text(json.dumps(schema, indent=2, sort_keys=True) + "\n")


def _read(path: Path) -> Golden:
    type_, _, number = path.stem.partition("+")
    return Golden(type=type_, number=int(number or 1), **json.loads(path.read_text()))
