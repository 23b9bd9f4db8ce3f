"""Reviews, their published editions, which never change, and the schedule of the next ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import Row, Select, select, text, update
from sqlalchemy.dialects.postgresql import insert

from common.persistence.database import Connection
from common.persistence.keyset import page_after
from common.persistence.upsert import upsert
from common.scheduling.aggregate_locks import lock_available as lock_rows
from sla.calendars.domain.month import Month, parse_month
from sla.directory.tables import customers
from sla.reviews.domain.report import Report
from sla.reviews.tables import review_audiences, review_editions, review_schedules, reviews

REPORT_ADAPTER: TypeAdapter[Report] = TypeAdapter(Report)


@dataclass(frozen=True, slots=True)
class Review:
    """The review of a customer's month. `edition` is the newest published one, 0 if there is none."""

    id: UUID
    key: str
    customer_id: UUID
    customer: str
    month: Month
    generated_by: str
    generated_at: datetime
    edition: int
    sequence: int


@dataclass(frozen=True, slots=True)
class Edition:
    """A published edition. `reason` says why there was another one after the first."""

    number: int
    report: Report
    reason: str | None
    generated_by: str
    published_by: str
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is notified: staff by `sub`, and contacts by id, who see the review in the portal."""

    people: tuple[str, ...] = ()
    contacts: tuple[UUID, ...] = ()


async def lock_available_schedules(tx: Connection, ids: Sequence[UUID]) -> set[UUID]:
    """Those that nobody else holds. One that does not exist counts as locked."""
    return await lock_rows(tx, review_schedules.c.customer_id, ids)


async def list_schedules(tx: Connection, ids: Sequence[UUID]) -> list[tuple[UUID, Month]]:
    """The months that are reviewed next, with their customers."""
    query = select(review_schedules).where(review_schedules.c.customer_id.in_(ids))
    rows = await tx.execute(query.order_by(review_schedules.c.customer_id))
    return [(row.customer_id, parse_month(row.month)) for row in rows]


async def ensure_schedule(tx: Connection, customer_id: UUID, month: Month) -> Month:
    """The month that is reviewed next: `month` unless another one is scheduled. Locks the schedule."""
    statement = insert(review_schedules).values(customer_id=customer_id, month=str(month))
    await tx.execute(statement.on_conflict_do_nothing())
    query = select(review_schedules.c.month).where(review_schedules.c.customer_id == customer_id)
    return parse_month(await tx.scalar(query.with_for_update()) or str(month))


async def set_schedule(tx: Connection, customer_id: UUID, month: Month) -> None:
    condition = review_schedules.c.customer_id == customer_id
    await tx.execute(update(review_schedules).where(condition).values(month=str(month)))


async def add(tx: Connection, review: Review, report: Report) -> bool:
    """Store a new review; False if there is a review of this customer's month already."""
    row = {
        "id": review.id,
        "key": review.key,
        "customer_id": review.customer_id,
        "month": str(review.month),
        "figures": REPORT_ADAPTER.dump_python(report, mode="json"),
        "generated_by": review.generated_by,
        "generated_at": review.generated_at,
        "edition": 0,
        "sequence": review.sequence,
    }
    statement = insert(reviews).values(row).on_conflict_do_nothing().returning(reviews.c.id)
    return await tx.scalar(statement) is not None


async def save_draft(tx: Connection, review: Review, report: Report) -> None:
    """Store the draft report of a review, which is locked, with who generated it and when."""
    statement = update(reviews).where(reviews.c.id == review.id)
    await tx.execute(
        statement.values(
            figures=REPORT_ADAPTER.dump_python(report, mode="json"),
            generated_by=review.generated_by,
            generated_at=review.generated_at,
            sequence=review.sequence,
        )
    )


async def add_edition(tx: Connection, review: Review, edition: Edition) -> None:
    """Store an edition, and the newest edition and the sequence number of its review."""
    await tx.execute(
        insert(review_editions).values(
            review_id=review.id,
            edition=edition.number,
            figures=REPORT_ADAPTER.dump_python(edition.report, mode="json"),
            reason=edition.reason,
            generated_by=edition.generated_by,
            generated_at=edition.report.generated_at,
            published_by=edition.published_by,
            published_at=edition.published_at,
        )
    )
    statement = update(reviews).where(reviews.c.id == review.id)
    await tx.execute(statement.values(edition=review.edition, sequence=review.sequence))


async def advance_sequence(tx: Connection, review: Review) -> int:
    """Take the next sequence number of a review, which is locked."""
    own_row = update(reviews).where(reviews.c.id == review.id)
    statement = own_row.values(sequence=reviews.c.sequence + 1).returning(reviews.c.sequence)
    return int((await tx.execute(statement)).scalar_one())


async def find(tx: Connection, id_or_key: UUID | str) -> Review | None:
    column = reviews.c.id if isinstance(id_or_key, UUID) else reviews.c.key
    row = (await tx.execute(_select_without_figures().where(column == id_or_key))).one_or_none()
    return _to_review(row) if row else None


async def lock(tx: Connection, id: UUID) -> None:
    await tx.execute(select(reviews.c.id).where(reviews.c.id == id).with_for_update())


async def get_draft(tx: Connection, id: UUID) -> Report:
    """The draft report, as generated last."""
    figures = await tx.scalar(select(reviews.c.figures).where(reviews.c.id == id))
    return REPORT_ADAPTER.validate_python(figures)


async def find_edition(tx: Connection, id: UUID, number: int) -> Edition | None:
    query = select(review_editions).where(
        review_editions.c.review_id == id, review_editions.c.edition == number
    )
    row = (await tx.execute(query)).one_or_none()
    if row is None:
        return None
    report = REPORT_ADAPTER.validate_python(row.figures)
    return Edition(
        row.edition, report, row.reason, row.generated_by, row.published_by, row.published_at
    )


async def page(
    tx: Connection,
    customer: str | None,
    month: str | None,
    published_only: bool,
    limit: int,
    after: tuple[str, UUID] | None,
) -> list[Review]:
    """Up to `limit` + 1 reviews, the newest month first; only published ones, or all."""
    query = _select_without_figures()
    if customer is not None:
        query = query.where(customers.c.key == customer)
    if month is not None:
        query = query.where(reviews.c.month == month)
    if published_only:
        query = query.where(reviews.c.edition > 0)
    order = (reviews.c.month.desc(), reviews.c.id)
    return [_to_review(row) for row in await tx.execute(page_after(query, order, after, limit))]


async def newest_editions(tx: Connection, month: Month) -> dict[UUID, int]:
    """The newest edition of a month's reviews, by customer; 0 for a draft."""
    query = select(reviews.c.customer_id, reviews.c.edition).where(reviews.c.month == str(month))
    return {row.customer_id: row.edition for row in await tx.execute(query)}


async def find_audience(tx: Connection, customer_id: UUID) -> Audience | None:
    query = select(review_audiences).where(review_audiences.c.customer_id == customer_id)
    row = (await tx.execute(query)).one_or_none()
    return Audience(tuple(row.people), tuple(row.contacts)) if row else None


async def set_audience(
    tx: Connection, customer_id: UUID, audience: Audience, actor: str, at: datetime
) -> None:
    row = {
        "customer_id": customer_id,
        "people": list(audience.people),
        "contacts": list(audience.contacts),
        "set_by": actor,
        "set_at": at,
    }
    await upsert(tx, review_audiences, row, key=("customer_id",))


def _select_without_figures() -> Select[Any]:
    """The query for reviews without their reports, which are large."""
    columns = [column for column in reviews.c if column.name != "figures"]
    return select(*columns, customers.c.key.label("customer")).join(
        customers, customers.c.id == reviews.c.customer_id
    )


def _to_review(row: Row[Any]) -> Review:
    return Review(
        row.id,
        row.key,
        row.customer_id,
        row.customer,
        parse_month(row.month),
        row.generated_by,
        row.generated_at,
        row.edition,
        row.sequence,
    )


async def erase_title(tx: Connection, customer_id: UUID, ticket: str) -> None:
    """Erase the title of a ticket (by key) in the customer's reviews and their editions."""
    values = {"customer": customer_id, "ticket": ticket}
    await tx.execute(text("SELECT erase_ticket_in_reviews(:customer, :ticket)"), values)
