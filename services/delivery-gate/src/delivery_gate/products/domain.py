"""A product: what versions are versions of."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Product:
    """`versions` is the number of versions registered so far."""

    id: UUID
    key: str
    name: str
    versions: int
    created_by: str
    created_at: datetime
