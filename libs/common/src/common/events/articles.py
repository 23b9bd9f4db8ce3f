"""Events of intake about articles of the knowledge base, on `opsdesk.tickets`."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime

from common.events.envelope import Event


class ArticleEvent(Event):
    """An event about an article. `owner` is the `sub` of whoever keeps it right."""

    topic: ClassVar[str] = "opsdesk.tickets"
    source: ClassVar[str] = "opsdesk/intake"

    article_id: UUID
    article: str
    title: str
    owner: str
    audience: Literal["internal", "customer"]
    language: str

    def subject(self) -> str:
        return f"article/{self.article_id}"

    def key(self) -> str:
        return str(self.article_id)


class ArticlePublished(ArticleEvent):
    """A version was published, by somebody else than who wrote it."""

    type: ClassVar[str] = "opsdesk.article.published.v1"
    version: int
    written_by: str
    published_by: str


class ArticleReviewDue(ArticleEvent):
    """Nobody has said since `due_at` that the article is still right; repeated weekly until somebody does."""

    type: ClassVar[str] = "opsdesk.article.review_due.v1"
    due_at: AwareDatetime
