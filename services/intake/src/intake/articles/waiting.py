"""What of the knowledge base waits: new versions to publish, and articles whose review is due."""

from typing import Final

from common.waiting import WaitingSource

_HREF: Final = "'/v1/articles/' || a.key"
# The newest version only: an older draft was replaced by it.
_UNPUBLISHED: Final = (
    "article_versions v JOIN articles a ON a.id = v.article_id"
    " WHERE v.published_at IS NULL AND a.state <> 'retired' AND NOT EXISTS (SELECT FROM article_versions n"
    " WHERE n.article_id = v.article_id AND n.version > v.version)"
)

# Another version ends no wait: the article waits since the first one after what is published.
_SINCE: Final = (
    "(SELECT min(o.written_at) FROM article_versions o WHERE o.article_id = a.id"
    " AND o.version > coalesce(a.published_version, 0))"
)

SOURCES: Final = (
    WaitingSource(
        "publish_article",
        ("publish_article",),
        "articles:publish",
        rows=_UNPUBLISHED,
        id="a.id",
        key="a.key",
        title="v.title",
        since=_SINCE,
        first="v.written_by",
        not_by="ARRAY[v.written_by]",
        href=_HREF,
        why="{first} wrote this version; another person must publish it",
    ),
    WaitingSource(
        "review_article",
        ("review_article",),
        "articles:write",
        rows=(
            "articles a JOIN article_versions v ON v.article_id = a.id AND v.version = a.published_version"
            " WHERE a.state = 'published' AND a.review_due_at <= :at"
        ),
        id="a.id",
        key="a.key",
        title="v.title",
        since="a.review_due_at",
        due_at="a.review_due_at",
        # Of an owner who has left it is everybody's.
        only=(
            "CASE WHEN EXISTS (SELECT FROM people p WHERE p.sub = a.owner AND NOT p.retired)"
            " THEN ARRAY[a.owner] END"
        ),
        href=_HREF,
        why="its review is due: say that it is still right, or write its next version",
    ),
)
