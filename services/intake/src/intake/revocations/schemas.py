"""Request and response models of revocations."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from common.events.directory import RevocationKind
from common.http import RequestModel, ResponseModel
from common.http.fields import VISIBLE, Name


class TokenRevocationCreate(RequestModel):
    """What to revoke: `name` is the `jti` of a token, the `sub` of a person, or the id of a client."""

    kind: RevocationKind
    name: Name
    reason: Annotated[str, Field(min_length=1, max_length=500, pattern=VISIBLE)]


class TokenRevocationRead(ResponseModel):
    """What is revoked. Of persons and clients: tokens issued until `issued_until`, in real time."""

    id: UUID
    kind: RevocationKind
    name: str
    issued_until: datetime
