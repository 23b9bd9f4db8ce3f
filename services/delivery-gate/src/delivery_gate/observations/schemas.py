"""Request models of observations."""

from typing import Annotated

from pydantic import Field

from common.http import RequestModel
from delivery_gate.fields import ProductName

SeenDigest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]


class ObservationCreate(RequestModel):
    """What runs of a product. `digest` is null where it runs and no digest can be read."""

    product: ProductName
    digest: SeenDigest | None
