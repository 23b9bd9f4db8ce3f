"""Articles, their versions, and what readers think of them."""

from sqlalchemy import BigInteger, Boolean, Column, FetchedValue, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import TSVECTOR

from intake.metadata import METADATA, instant

articles = Table(
    "articles",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("key", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("review_days", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("created_by", Text, nullable=False),
    instant("created_at", nullable=False),
    Column("audience", Text),
    Column("published_version", Integer),
    instant("review_due_at"),
    Column("ticket_id", Uuid),
    Column("sequence", BigInteger, nullable=False),
)

article_versions = Table(
    "article_versions",
    METADATA,
    Column("article_id", Uuid, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("language", Text, nullable=False),
    Column("audience", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("written_by", Text, nullable=False),
    instant("written_at", nullable=False),
    Column("published_by", Text),
    instant("published_at"),
    # Made by PostgreSQL of title and body: see the migration.
    Column("words", TSVECTOR, FetchedValue(), nullable=False),
)

article_feedback = Table(
    "article_feedback",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("article_id", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
    Column("customer_id", Uuid),
    Column("helpful", Boolean, nullable=False),
    Column("comment", Text),
    Column("author", Text, nullable=False),
    instant("at", nullable=False),
)
