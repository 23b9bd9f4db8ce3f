"""The HTTP routes of alerts: a post of a monitor is stored first and processed second.

A monitor is answered 2xx once its post is stored, and 5xx before: then it sends it again. A post that
cannot be processed now is processed again at its deadline.
"""

from typing import Annotated, Final, Literal
from uuid import UUID

from fastapi import Depends, Path, Query, Request

from common.auth import Caller, requires
from common.domain import Rejection
from common.errors import NotFound, Unauthenticated, ValidationFailed, Violation
from common.http import Page, Paging, Transaction, router, runtime_of
from common.now import now
from intake.alerts.commands import ProcessedPost
from intake.alerts.monitor_route import SECRET_KEY, monitor_router
from intake.alerts.post_queue import NewPost, PostQueue
from intake.alerts.schemas import (
    AlertPostRead,
    AlertRead,
    AlertResultRead,
    EventAccepted,
    PostResult,
    RequestAccepted,
)
from intake.alerts.signatures import check_signature
from intake.alerts.store import episodes, posts
from intake.alerts.store.posts import Outcome, StoredPost
from intake.settings import IntakeSettings
from intake.tickets.store import tickets

LISTED_CHARS: Final = 2_000
SHOWN_CHARS: Final = 1_000_000
"""How much of a post a list shows, and how much is shown of one."""
MAX_CHAR_BYTES: Final = 4
"""Bytes of a character in UTF-8, at most: so many times more are read than shown."""

# Not transactional: the queue commits twice, the raw post and what it led to.
ingest_routes = monitor_router("/v1/alerts", ["alerts"])
list_routes = router("/v1/alerts", ["alerts"])
post_routes = router("/v1/alert-posts", ["alerts"])

Monitor = Annotated[Caller, requires("alerts:write")]
Staff = Annotated[Caller, requires("tickets:work")]
BODY: Final = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
}


@ingest_routes.post("/pagerduty/v2/enqueue", status_code=202, openapi_extra=BODY)
async def receive_pagerduty_event(request: Request, caller: Monitor) -> EventAccepted:
    """Receive an event as PagerDuty's Events API v2 does, for senders that know only that."""
    result = await _receive(request, "pagerduty", "", caller)
    key = result.alerts[0].dedup_key if result.alerts else str(result.id)
    return EventAccepted(dedup_key=key)


@ingest_routes.post("/opsgenie/v2/alerts", status_code=202, openapi_extra=BODY)
async def receive_opsgenie_alert(request: Request, caller: Monitor) -> RequestAccepted:
    """Receive a new alert as Opsgenie's Alert API does, for senders that know only that."""
    result = await _receive(request, "opsgenie", "", caller)
    return RequestAccepted(requestId=str(result.id))


@ingest_routes.post("/opsgenie/v2/alerts/{alias}/{action}", status_code=202, openapi_extra=BODY)
async def receive_opsgenie_action(
    request: Request,
    alias: Annotated[str, Path(max_length=512)],
    action: Literal["close", "acknowledge"],
    caller: Monitor,
    identifierType: Annotated[str, Query(max_length=20)] = "alias",
) -> RequestAccepted:
    """Receive the end or the acknowledgement of an alert as Opsgenie's Alert API does."""
    result = await _receive(request, "opsgenie", f"{alias}/{action}", caller)
    return RequestAccepted(requestId=str(result.id))


@ingest_routes.post("/{source}", openapi_extra=BODY)
async def receive_alerts(
    source: Annotated[str, Path(max_length=100)], request: Request, caller: Monitor
) -> PostResult:
    """Receive alerts in the format of their source. Unknown fields are stored and ignored.

    Known are alertmanager, grafana, datadog, splunk, newrelic, pagerduty and opsgenie. What cannot be
    read becomes a ticket as it came.
    """
    return await _receive(request, source, "", caller)


async def _receive(request: Request, source: str, address: str, caller: Caller) -> PostResult:
    raw = await request.body()
    runtime = runtime_of(request.app)
    settings = runtime.settings
    if isinstance(settings, IntakeSettings) and settings.must_sign_alerts(source, caller.sub):
        _require_signature(request, raw, settings)
    if secret := request.scope.get(SECRET_KEY):
        raw = raw.replace(secret.encode(), b"***")
    stored = await runtime.resource(PostQueue).submit(caller.sub, NewPost(source, address, raw))
    if isinstance(stored.outcome, Rejection):
        rejection = stored.outcome
        raise ValidationFailed([Violation("", rejection.code.lower(), rejection.detail)])
    return _to_result(stored.id, stored.outcome)


def _require_signature(request: Request, raw: bytes, settings: IntakeSettings) -> None:
    if settings.grafana_secret is None:
        return
    secret = settings.grafana_secret.get_secret_value()
    if rejection := check_signature(request.headers, raw, secret, now()):
        raise Unauthenticated(rejection.detail)


def _to_result(post_id: UUID, processed: ProcessedPost | None) -> PostResult:
    if processed is None:
        return PostResult(id=post_id, outcome="received", alerts=[])
    return PostResult(
        id=post_id,
        outcome="unreadable" if processed.reason else "read",
        reason=processed.reason,
        alerts=[AlertResultRead.model_validate(result) for result in processed.results],
    )


@list_routes.get("")
async def list_alerts(
    caller: Staff,
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    ticket: Annotated[str | None, Query(max_length=40)] = None,
    firing: bool | None = None,
) -> Page[AlertRead]:
    """List alerts, newest first: all of a ticket, or those that fire."""
    found = await tickets.find(tx, ticket) if ticket else None
    if ticket and found is None:
        raise ValidationFailed(
            [Violation("/query/ticket", "unknown_reference", f"there is no ticket {ticket!r}")]
        )
    rows = await episodes.page(
        tx, found.id if found else None, firing, page.after_as(UUID), page.limit
    )
    return page.page_of(rows, AlertRead.model_validate, lambda row: (row.id,))


@post_routes.get("")
async def list_alert_posts(
    caller: Staff,
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    outcome: Outcome = "unreadable",
) -> Page[AlertPostRead]:
    """List posts of monitors, newest first, each with its beginning. By default the unreadable ones."""
    raw_bytes = LISTED_CHARS * MAX_CHAR_BYTES
    rows = await posts.list_by_outcome(tx, outcome, raw_bytes, page.after_as(UUID), page.limit)
    return page.page_of(rows, lambda row: _read_model(row, LISTED_CHARS), lambda row: (row.id,))


@post_routes.get("/{post}")
async def get_alert_post(post: UUID, caller: Staff, tx: Transaction) -> AlertPostRead:
    """Get a post of a monitor as it came."""
    found = await posts.find_post(tx, post, SHOWN_CHARS * MAX_CHAR_BYTES)
    if found is None:
        raise NotFound("This post")
    return _read_model(found, SHOWN_CHARS)


def _read_model(post: StoredPost, chars: int) -> AlertPostRead:
    text = post.raw.decode("utf-8", errors="replace").replace("\0", "\ufffd")
    values = {name: getattr(post, name) for name in AlertPostRead.model_fields if name != "text"}
    return AlertPostRead(**values, text=text[:chars])
