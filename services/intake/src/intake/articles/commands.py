"""Write, publish, review and retire articles; draft one from a ticket."""

from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from common import audit
from common.auth.persons import counted_as
from common.domain import Actor, Rejection
from common.messaging.outbox import publish as publish_events
from common.persistence.database import Connection
from common.persistence.ids import uuid7
from common.persistence.keys import next_key
from common.scheduling.deadlines import Deadline, schedule
from common.wording import Finding, MessageContext, check_message
from intake.articles.domain.article import (
    DEFAULT_REVIEW_DAYS,
    Article,
    ArticleVersion,
    confirm_review,
    publish,
    retire,
)
from intake.articles.domain.personal_data import article_body, without_personal_data
from intake.articles.events import published_event
from intake.articles.store import article_rows as articles
from intake.articles.store.ticket_words import customer_names, named_parties
from intake.tickets.domain.ticket import Ticket

REVIEW_KIND: Final = "article_review"


async def create_article(
    tx: Connection,
    version: ArticleVersion,
    owner: str,
    review_days: int,
    actor: Actor,
    ticket_id: UUID | None = None,
) -> Article:
    """Store a new article with its first version, which nobody has published."""
    article = Article(
        id=version.article_id,
        key=await next_key(tx, "KB", "article_numbers"),
        language=version.language,
        owner=owner,
        review_days=review_days,
        state="draft",
        created_by=actor.sub,
        created_at=version.written_at,
        ticket_id=ticket_id,
    )
    await articles.add(tx, article)
    await articles.add_version(tx, version)
    grounds: dict[str, audit.JSON] = {} if ticket_id is None else {"ticket_id": str(ticket_id)}
    await _record(tx, article, actor, version.written_at, "create", grounds)
    return article


async def draft_from_ticket(
    tx: Connection, ticket: Ticket, actor: Actor, at: datetime, language: str
) -> Article | Rejection:
    """An internal draft of what resolved the ticket, without whom it was about."""
    if ticket.resolution is None:
        return Rejection(
            "NOT_RESOLVED", f"{ticket.key} has no resolution yet: resolve it first, then ask again."
        )
    if (existing := await articles.find_of_ticket(tx, ticket.id)) is not None:
        return Rejection(
            "ARTICLE_EXISTS", f"{existing.key} was made of {ticket.key}: write its next version."
        )
    named = await named_parties(tx, ticket.customer_id)
    title, solution = (
        without_personal_data(words, named.people, named.parties)
        for words in (ticket.title, ticket.resolution)
    )
    body = article_body(title, solution)
    version = ArticleVersion(uuid7(), 1, language, "internal", title, body, actor.sub, at)
    return await create_article(
        tx, version, actor.sub, DEFAULT_REVIEW_DAYS, actor, ticket_id=ticket.id
    )


async def add_version(
    tx: Connection, article: Article, version: ArticleVersion, actor: Actor
) -> ArticleVersion | Rejection:
    """Store the next version of a locked article; its number is given here."""
    if article.state == "retired":
        return Rejection("RETIRED", f"{article.key} is retired: write a new article.")
    newest = await articles.newest_version(tx, article.id)
    version = replace(version, version=newest + 1)
    await articles.add_version(tx, version)
    grounds: dict[str, audit.JSON] = {"version": version.version}
    await _record(tx, article, actor, version.written_at, "write", grounds)
    return version


async def publish_version(
    tx: Connection, article: Article, version: ArticleVersion, actor: Actor, at: datetime
) -> Article | Rejection:
    """Publish a version of a locked article, as another person than who wrote it."""
    person = await counted_as(tx, actor.sub, version.written_by)
    outcome = publish(article, version, person, at)
    if isinstance(outcome, Rejection):
        denied: dict[str, audit.JSON] = {"denied": outcome.code, "version": version.version}
        await _record(tx, article, actor, at, "publish", denied)
        return outcome
    changed, published = outcome
    await articles.save_publication(tx, published)
    stored = await articles.save(tx, changed)
    await _schedule_review(tx, stored)
    await publish_events(tx, published_event(stored, published, at))
    await _record(tx, stored, actor, at, "publish", {"version": version.version})
    return stored


async def find_hard_findings(tx: Connection, version: ArticleVersion) -> list[Finding]:
    """What stops an article for customers: it is read by all of them, so it names none (R11)."""
    if version.audience != "customer":
        return []
    words = f"{version.title}\n\n{version.body}"
    context = MessageContext(
        version.language, other_names=await customer_names(tx, words), is_letter=False
    )
    return [one for one in check_message(words, context) if one.is_hard]


async def review(
    tx: Connection, article: Article, actor: Actor, at: datetime
) -> Article | Rejection:
    """Say that a locked article is still right: its next review is scheduled."""
    return await _change(tx, article, confirm_review(article, at), actor, at, "review")


async def retire_article(
    tx: Connection, article: Article, actor: Actor, at: datetime, reason: str
) -> Article | Rejection:
    """Retire a locked article; its versions stay."""
    return await _change(tx, article, retire(article), actor, at, "retire", reason)


async def _change(
    tx: Connection,
    article: Article,
    outcome: Article | Rejection,
    actor: Actor,
    at: datetime,
    action: str,
    reason: str | None = None,
) -> Article | Rejection:
    if isinstance(outcome, Rejection):
        await _record(tx, article, actor, at, action, {"denied": outcome.code})
        return outcome
    stored = await articles.save(tx, outcome)
    await _schedule_review(tx, stored)
    await _record(tx, stored, actor, at, action, {} if reason is None else {"reason": reason})
    return stored


async def _schedule_review(tx: Connection, article: Article) -> None:
    await schedule(tx, [Deadline(REVIEW_KIND, article.id, article.review_due_at)])


async def _record(
    tx: Connection,
    article: Article,
    actor: Actor,
    at: datetime,
    action: str,
    grounds: dict[str, audit.JSON],
) -> None:
    subject = f"article/{article.id}"
    await audit.record(tx, audit.Entry.by(actor, at, f"article.{action}", subject, grounds))
