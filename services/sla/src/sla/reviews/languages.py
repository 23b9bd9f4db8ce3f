"""In which language a review is read, and the names that it says instead of keys."""

from collections.abc import Iterator

from common.persistence.database import Connection
from sla.agreements.store.service_names import names_of_services
from sla.directory.store import customers
from sla.directory.store.people import names_of_accounts
from sla.reviews.documents.review_words import Formats, Names
from sla.reviews.domain.meeting import Meeting
from sla.reviews.domain.report import Report
from sla.reviews.store.reviews import Edition, Review


async def load_formats(
    tx: Connection,
    review: Review,
    report: Report,
    language: str | None,
    meeting: Meeting | None = None,
    edition: Edition | None = None,
) -> Formats:
    """How a review is written in this language, by default that of its customer."""
    (customer,) = await customers.list_by_ids(tx, [review.customer_id])
    accounts = {*_makers(review, edition), *_accounts(meeting or Meeting())}
    names = Names(
        await names_of_accounts(tx, accounts),
        await names_of_services(tx, set(_services(report))),
    )
    return Formats.of(language or customer.language, report.timezone, names)


def _makers(review: Review, edition: Edition | None) -> tuple[str, ...]:
    """Who drew it up and published it."""
    if edition is None:
        return (review.generated_by,)
    return (edition.generated_by, edition.published_by)


def _accounts(meeting: Meeting) -> Iterator[str]:
    """Who owns, did and verified its actions, and who wrote its minutes."""
    for action in meeting.actions:
        yield from filter(None, (action.owner, action.done_by, action.verified_by))
    yield from (one.by for one in meeting.minutes)


def _services(report: Report) -> Iterator[str]:
    """The services that a report names."""
    yield from (one.name for one in report.services)
    yield from (one.service for one in report.breaches if one.service is not None)
    yield from (one.service for one in report.outages if one.service is not None)
    yield from (one.service for one in report.goals if one.service is not None)
    yield from (one.subject for one in report.uptimes)
    yield from (one.about for one in (*report.waivers, *report.requests))
    yield from (service for one in report.agreements for service in one.services)
