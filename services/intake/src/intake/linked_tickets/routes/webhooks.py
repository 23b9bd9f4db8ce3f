"""`POST /v1/linked-systems/{system}/webhook`: what a linked system tells us."""

from typing import Annotated, Final

from fastapi import Request

from common.auth import Caller, requires
from common.errors import NotFound, ServiceUnavailable, Unauthenticated
from common.http import runtime_of
from common.now import now
from common.persistence.workload import WRITES
from common.runtime import Runtime
from intake.alerts.monitor_route import monitor_router
from intake.linked_tickets.accounts import AccountMissing, accounts_at
from intake.linked_tickets.dependencies import SystemReference, get_system
from intake.linked_tickets.domain.link import LinkedSystem
from intake.linked_tickets.domain.peers import PEERS
from intake.linked_tickets.receiving import receive_webhook
from intake.linked_tickets.schemas import WebhookResult
from intake.linked_tickets.webhook_body import read_body
from intake.settings import IntakeSettings

# Shows its token as monitors do: Bearer, Basic, or `?token=`.
routes = monitor_router("/v1/linked-systems", ["linked tickets"])
BODY: Final = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
}
RETRY_AFTER_S: Final = 60


@routes.post("/{system}/webhook", openapi_extra=BODY)
async def receive_linked_system_webhook(
    ref: SystemReference,
    request: Request,
    caller: Annotated[Caller, requires("linked-tickets:write")],
) -> WebhookResult:
    """Receive a webhook of a linked system, signed as that system signs.

    It takes a token of the system's own machine as well. The same event has its effect once. What cannot be read is
    kept as it came: see its receipts.
    """
    raw = await request.body()
    runtime: Runtime[IntakeSettings] = runtime_of(request.app)
    async with runtime.database.for_workload(WRITES).transaction() as tx:
        system = await get_system(tx, ref)
        if system.retired or system.webhook_client != caller.sub:
            raise NotFound(f"Linked system {ref}")
        _require_signature(request, raw, system, runtime.settings)
        outcome = await receive_webhook(tx, system, read_body(raw), raw)
    return WebhookResult(outcome=outcome)


def _require_signature(
    request: Request, raw: bytes, system: LinkedSystem, settings: IntakeSettings
) -> None:
    try:
        account = accounts_at(settings.linked_systems_file).get(system.key)
    except AccountMissing:
        # Theirs is right, ours is not: they send it again.
        raise ServiceUnavailable(RETRY_AFTER_S) from None
    secret = account.webhook_secret.get_secret_value()
    if rejection := PEERS[system.kind].check_signature(request.headers, raw, secret, now()):
        raise Unauthenticated(rejection.detail)
