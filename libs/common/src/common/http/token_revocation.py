"""Revoked tokens: stored in this service's schema, in force on all replicas within seconds."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from common.audit import Entry, record
from common.auth import Caller, requires
from common.auth.revocation import revoke
from common.http.dependencies import Transaction
from common.http.models import RequestModel
from common.http.route import router
from common.persistence.database import transaction_time

routes = router("/v1/token-revocations", ["tokens"])


class TokenRevocationCreate(RequestModel):
    """The `jti` of a token, and its `exp`: until then it is refused."""

    jti: str = Field(min_length=1, max_length=200)
    expires_at: datetime


@routes.post("", status_code=204)
async def revoke_token(
    body: TokenRevocationCreate,
    caller: Annotated[Caller, requires("tokens:revoke")],
    tx: Transaction,
) -> None:
    """Revoke a token. Each service has its own list: revoke it in all of them."""
    await revoke(tx, body.jti, body.expires_at, caller.sub)
    at = await transaction_time(tx)
    await record(tx, Entry.by(caller.actor, at, "token.revoke", f"token/{body.jti}", {}))
