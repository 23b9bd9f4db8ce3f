"""HTTP in: notices to customers, proposed, sent and proven (R11, R15)."""

from datetime import datetime
from typing import Annotated, TypeAlias
from uuid import UUID

from fastapi import Depends, Path, Response

from common import audit
from common.auth import Caller, requires
from common.auth.persons import counted_as
from common.domain import Rejection
from common.errors import NotFound
from common.http import Page, Paging, Transaction, rejection_response, router
from common.persistence.database import Connection, transaction_time
from intake.notices import store
from intake.notices.domain.notice import Notice, NoticeState, dismiss, send
from intake.notices.domain.notice_text import LANGUAGES, facts_of, notice_subject
from intake.notices.schemas import NoticeDetail, NoticeMailRead, NoticeRead
from intake.tickets.dependencies import TicketReader

routes = router("/v1/notices", ["notices"])

NoticeRef: TypeAlias = Annotated[
    str, Path(alias="notice", max_length=40, description="The notice's id or key.")
]
Sender = Annotated[Caller, requires("notices:send")]


@routes.get("")
async def list_notices(
    caller: TicketReader,
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    state: NoticeState | None = None,
) -> Page[NoticeRead]:
    """List notices, newest first. A contact sees those that went to the own customer."""
    rows = await store.page(
        tx,
        state="sent" if caller.customer is not None else state,
        customer=caller.customer,
        after=page.after_as(UUID),
        limit=page.limit,
    )
    return page.page_of(rows, NoticeRead.model_validate, lambda one: (one.id,))


@routes.get("/{notice}")
async def get_notice(
    ref: NoticeRef, caller: Annotated[Caller, requires("tickets:verify")], tx: Transaction
) -> NoticeDetail:
    """Get a notice with the proof of sending: each contact's mail, in which language, and when."""
    notice = await store.find(tx, ref)
    if notice is None:
        raise NotFound(f"Notice {ref}")
    return await _detail(tx, notice)


@routes.post("/{notice}/send", response_model=NoticeDetail)
async def send_notice(ref: NoticeRef, caller: Sender, tx: Transaction) -> NoticeDetail | Response:
    """Send a proposed notice to all contacts of its customer, each in their language."""
    notice, at = await _lock(tx, ref)
    return await _finish(tx, caller, "send", notice, send(notice, caller.sub, at), at)


@routes.post("/{notice}/dismiss", response_model=NoticeDetail)
async def dismiss_notice(
    ref: NoticeRef, caller: Sender, tx: Transaction
) -> NoticeDetail | Response:
    """Dismiss a proposed notice: neither it nor what follows it goes out.

    It is dismissed once a second person has asked for it; until then it is proposed as before.
    """
    notice, at = await _lock(tx, ref)
    person = await counted_as(tx, caller.sub, notice.dismissal_asked_by)
    outcome = dismiss(notice, person, at)
    waits = isinstance(outcome, Notice) and outcome.state == "proposed"
    name = "request_dismissal" if waits else "dismiss"
    return await _finish(tx, caller, name, notice, outcome, at)


async def _lock(tx: Connection, ref: str) -> tuple[Notice, datetime]:
    """The notice, locked, and the moment. Raises NotFound."""
    notice = await store.find(tx, ref, lock=True)
    if notice is None:
        raise NotFound(f"Notice {ref}")
    return notice, await transaction_time(tx)


async def _finish(
    tx: Connection,
    caller: Caller,
    name: str,
    before: Notice,
    outcome: Notice | Rejection,
    at: datetime,
) -> NoticeDetail | Response:
    """Store and audit the outcome, and respond with it."""
    subject = f"notice/{before.id}"
    if isinstance(outcome, Rejection):
        denied = {"key": before.key, "denied": outcome.code}
        await audit.record(
            tx, audit.Entry.by(caller.actor, at, f"notice.{name}.denied", subject, denied)
        )
        return rejection_response(outcome)
    await store.save(tx, outcome)
    grounds = {"key": outcome.key, "customer": outcome.customer}
    await audit.record(tx, audit.Entry.by(caller.actor, at, f"notice.{name}", subject, grounds))
    return await _detail(tx, outcome)


async def _detail(tx: Connection, notice: Notice) -> NoticeDetail:
    values = {name: getattr(notice, name) for name in Notice.__slots__}
    mails = await store.list_mails(tx, notice.id)
    facts = facts_of(notice)
    return NoticeDetail.model_validate(
        values
        | {
            "mails": [NoticeMailRead.model_validate(mail) for mail in mails],
            "subjects": {one: notice_subject(facts, one) for one in LANGUAGES},
        }
    )
