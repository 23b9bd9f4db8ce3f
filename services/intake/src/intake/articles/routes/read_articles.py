"""Read and search articles; say whether one helped."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Response

from common.auth import Caller, requires
from common.http import Instant, Page, Paging, Refers, Transaction, router, set_etag
from common.persistence.database import transaction_time
from common.persistence.ids import uuid7
from intake.articles.dependencies import (
    ArticleReader,
    ArticleReference,
    ArticleWriter,
    get_visible_article,
    read_article,
)
from intake.articles.domain.article import ArticleAudience, ArticleState
from intake.articles.schemas import (
    AnyArticle,
    AnyArticleItem,
    ArticleFeedbackCreate,
    ArticleFeedbackRead,
    ArticleItem,
    ArticleItemForContact,
    ArticlePage,
    ArticleVersionRead,
)
from intake.articles.store import article_feedback, article_search
from intake.articles.store import article_rows as articles
from intake.articles.store.article_feedback import Feedback
from intake.articles.store.article_search import ArticleFilter, FoundArticle
from intake.directory.store import CUSTOMERS

routes = router("/v1/articles", ["articles"])


class ArticleQuery:
    """The query parameters of a list of articles; an article must match all that are given.

    `q` are words as somebody writes them: articles that fit them best come first.
    """

    def __init__(
        self,
        q: Annotated[str | None, Query(min_length=1, max_length=2_000)] = None,
        language: Annotated[str | None, Query(pattern=r"^[a-z]{2}$")] = None,
        audience: ArticleAudience | None = None,
        state: ArticleState | None = None,
        owner: Annotated[str | None, Query(max_length=200), Refers("person")] = None,
        review_due_by: Annotated[Instant | None, Query()] = None,
    ) -> None:
        self.filters = ArticleFilter(q, language, audience, state, owner, review_due_by)


@routes.get("", response_model=ArticlePage)
async def list_articles(
    caller: ArticleReader,
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    query: Annotated[ArticleQuery, Depends()],
) -> Page[AnyArticleItem]:
    """List articles: those that fit `q` best first, else the newest. Contacts see what is for customers."""
    filters = only_for_contacts(query.filters) if caller.customer is not None else query.filters
    rows = await article_search.page(tx, filters, page.after_as(int, UUID), page.limit)
    return page.page_of(rows, lambda one: to_item(caller, one), lambda one: (one.score, one.id))


@routes.get("/{article}")
async def get_article(
    ref: ArticleReference,
    response: Response,
    caller: ArticleReader,
    tx: Transaction,
    version: Annotated[int | None, Query(ge=1, le=1_000_000)] = None,
) -> AnyArticle:
    """Get an article by id or key: its published version; staff also any other, or the newest draft."""
    article = await get_visible_article(tx, caller, ref)
    set_etag(response, article.sequence)
    return await read_article(tx, caller, article, version)


@routes.get("/{article}/versions")
async def list_article_versions(
    ref: ArticleReference,
    caller: ArticleWriter,
    tx: Transaction,
    page: Annotated[Paging, Depends()],
) -> Page[ArticleVersionRead]:
    """List the versions of an article, the newest first."""
    article = await get_visible_article(tx, caller, ref)
    rows = await articles.page_of_versions(tx, article.id, page.after_as(int), page.limit)
    return page.page_of(rows, ArticleVersionRead.model_validate, lambda one: (one.version,))


@routes.post("/{article}/feedback", status_code=201)
async def create_article_feedback(
    ref: ArticleReference,
    body: ArticleFeedbackCreate,
    response: Response,
    caller: Annotated[Caller, requires("articles:rate")],
    tx: Transaction,
) -> ArticleFeedbackRead:
    """Give feedback on an article: whether it helped, and what to make better.

    What the same person says of the same version later stands in place of it, by whichever account.
    """
    article = await get_visible_article(tx, caller, ref)
    customer = None if caller.customer is None else await CUSTOMERS.find(tx, caller.customer)
    newest = await articles.newest_version(tx, article.id)
    feedback = Feedback(
        id=uuid7(),
        article_id=article.id,
        version=article.published_version or newest,
        customer_id=None if customer is None else customer.id,
        helpful=body.helpful,
        comment=body.comment,
        author=caller.sub,
        at=await transaction_time(tx),
    )
    feedback = await article_feedback.put(tx, feedback)
    response.headers["Location"] = f"/v1/articles/{article.key}"
    return ArticleFeedbackRead.model_validate(feedback)


@routes.get("/{article}/feedback")
async def list_article_feedback(
    ref: ArticleReference,
    caller: ArticleWriter,
    tx: Transaction,
    page: Annotated[Paging, Depends()],
) -> Page[ArticleFeedbackRead]:
    """List what readers said of an article, the newest first."""
    article = await get_visible_article(tx, caller, ref)
    rows = await article_feedback.page(tx, article.id, page.after_as(UUID), page.limit)
    return page.page_of(rows, ArticleFeedbackRead.model_validate, lambda one: (one.id,))


def only_for_contacts(filters: ArticleFilter) -> ArticleFilter:
    """The filter of a contact, who sees what was published for customers whatever they ask."""
    return ArticleFilter(filters.words, filters.language, "customer", "published")


def to_item(caller: Caller, found: FoundArticle) -> AnyArticleItem:
    """The article in a list, as this caller may read it."""
    model = ArticleItem if caller.customer is None else ArticleItemForContact
    return model.model_validate(found)
