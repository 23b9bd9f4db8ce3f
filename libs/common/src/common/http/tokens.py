"""Revoking a token: kept in this service's schema, in force within a few seconds on all replicas."""

from datetime import datetime
from typing import Annotated

from fastapi import Request

from common.database import Transaction
from common.http.models import Asked
from common.http.route import router
from common.people import Caller, needs
from common.people.revocation import revoke

routes = router("/v1/token-revocations", ["tokens"])


class Revocation(Asked):
    """A token's `jti`, and its `exp`: until then it is refused."""

    jti: str
    expires_at: datetime


@routes.post("", status_code=204)
async def revoke_token(
    asked: Revocation,
    request: Request,
    caller: Annotated[Caller, needs("tokens:revoke")],
    tx: Transaction,
) -> None:
    """Refuse a token from now on. Each service keeps its own list: tell all four."""
    await revoke(tx, asked.jti, asked.expires_at, caller.sub)
