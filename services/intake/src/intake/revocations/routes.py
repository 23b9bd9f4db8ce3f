"""`/v1/token-revocations`: tokens that no longer hold, in all services."""

from typing import Annotated

from fastapi import Request

from common.auth import Caller, requires
from common.http import Transaction, router, runtime_of
from common.runtime import Runtime
from intake.revocations.commands import revoke
from intake.revocations.schemas import TokenRevocationCreate, TokenRevocationRead
from intake.settings import IntakeSettings

routes = router("/v1/token-revocations", ["tokens"])


@routes.post("", status_code=201)
async def revoke_tokens(
    body: TokenRevocationCreate,
    request: Request,
    caller: Annotated[Caller, requires("tokens:revoke")],
    tx: Transaction,
) -> TokenRevocationRead:
    """Revoke a token, or all tokens that a person or a client has now: in all services within seconds.

    A person may sign in again: to keep somebody out, close the account at the identity provider first.
    """
    runtime: Runtime[IntakeSettings] = runtime_of(request.app)
    lifetime_s = runtime.settings.token_lifetime_s
    revoked = await revoke(tx, caller.actor, body.kind, body.name, body.reason, lifetime_s)
    return TokenRevocationRead(
        id=revoked.revocation_id,
        kind=revoked.kind,
        name=revoked.name,
        issued_until=revoked.issued_until,
    )
