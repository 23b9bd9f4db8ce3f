"""Request and response models of articles. What contacts read has models of its own."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from common.http import Page, Refers, RequestModel, ResponseModel
from common.http.fields import VISIBLE, Name, Reason
from intake.articles.domain.article import DEFAULT_REVIEW_DAYS, ArticleAudience, ArticleState

Language = Annotated[str, Field(pattern=r"^[a-z]{2}$")]


class ArticleVersionCreate(RequestModel):
    """What an article says, in Markdown, and for whom."""

    title: Annotated[str, Field(min_length=3, max_length=200, pattern=VISIBLE)]
    body: Annotated[str, Field(min_length=3, max_length=100_000, pattern=VISIBLE)]
    audience: ArticleAudience = "internal"


class ArticleCreate(ArticleVersionCreate):
    """A new article. Its `owner` (by default the caller) is reminded after `review_days`."""

    language: Language
    owner: Annotated[Name | None, Refers("colleague")] = None
    review_days: Annotated[int, Field(ge=1, le=1_095)] = DEFAULT_REVIEW_DAYS


class ArticlePublication(RequestModel):
    """Which version to publish."""

    version: Annotated[int, Field(ge=1, le=1_000_000)]


class ArticleRetirement(RequestModel):
    """Why the article is shown no more."""

    reason: Reason


class ArticleFeedbackCreate(RequestModel):
    """Whether the published version helped, and what to make better."""

    helpful: bool
    comment: Annotated[str, Field(min_length=1, max_length=2_000)] | None = None


class ArticleForContact(ResponseModel):
    """A published article as customers' contacts read it."""

    id: UUID
    key: str
    language: str
    title: str
    body: str
    version: int
    published_at: datetime | None


class ArticleRead(ArticleForContact):
    """An article as staff reads it, in one version. `helpful` and `not_helpful` count its feedback."""

    audience: ArticleAudience
    state: ArticleState
    owner: str
    review_days: int
    review_due_at: datetime | None
    published_version: int | None
    newest_version: int
    written_by: str
    written_at: datetime
    published_by: str | None
    ticket_id: UUID | None
    helpful: int
    not_helpful: int
    sequence: int


class ArticleItemForContact(ResponseModel):
    """A published article in a list; `excerpt` is the beginning of what it says."""

    id: UUID
    key: str
    language: str
    title: str
    excerpt: str
    version: int
    published_at: datetime | None


class ArticleItem(ArticleItemForContact):
    """An article in a list of staff's."""

    audience: ArticleAudience
    state: ArticleState
    owner: str
    review_due_at: datetime | None


AnyArticle = ArticleRead | ArticleForContact
AnyArticleItem = ArticleItem | ArticleItemForContact


class ArticlePage(Page[AnyArticleItem]):
    """A page of articles, as the caller may read them."""


class ArticleVersionRead(ResponseModel):
    """One version of an article."""

    version: int
    audience: ArticleAudience
    title: str
    body: str
    written_by: str
    written_at: datetime
    published_by: str | None
    published_at: datetime | None


class ArticleFeedbackRead(ResponseModel):
    """What a reader says of a version. `author` is a `sub`, or `contact/…`."""

    id: UUID
    version: int
    helpful: bool
    comment: str | None
    author: str
    at: datetime
