"""Request and response models of products."""

from datetime import datetime
from uuid import UUID

from common.http import RequestModel, ResponseModel
from common.http.fields import Key
from delivery_gate.fields import Line


class ProductCreate(RequestModel):
    """A new product. Versions and deliveries name it by its key."""

    key: Key
    name: Line


class ProductRead(ResponseModel):
    """A product. `versions` is the number of versions registered so far."""

    id: UUID
    key: str
    name: str
    versions: int
    created_by: str
    created_at: datetime
