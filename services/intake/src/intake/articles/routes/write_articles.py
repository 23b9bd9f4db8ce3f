"""Write, publish, review and retire articles. Publishing takes a second person (R1)."""

from dataclasses import asdict

from fastapi import Response

from common.domain import Rejection
from common.errors import NotFound, Problem
from common.http import Transaction, rejection_response, router
from common.persistence.database import transaction_time
from common.persistence.ids import uuid7
from intake.articles import commands
from intake.articles.dependencies import (
    ArticlePublisher,
    ArticleReference,
    ArticleWriter,
    lock_article,
    read_article,
)
from intake.articles.domain.article import ArticleVersion
from intake.articles.schemas import (
    AnyArticle,
    ArticleCreate,
    ArticlePublication,
    ArticleRetirement,
    ArticleVersionCreate,
    ArticleVersionRead,
)
from intake.articles.store import article_rows as articles

routes = router("/v1/articles", ["articles"])


@routes.post("", status_code=201)
async def create_article(
    body: ArticleCreate, response: Response, caller: ArticleWriter, tx: Transaction
) -> AnyArticle:
    """Create an article as a draft. Nobody but staff sees it until another person publishes it."""
    at = await transaction_time(tx)
    version = ArticleVersion(
        uuid7(), 1, body.language, body.audience, body.title.strip(), body.body, caller.sub, at
    )
    owner = body.owner or caller.sub
    article = await commands.create_article(tx, version, owner, body.review_days, caller.actor)
    response.headers["Location"] = f"/v1/articles/{article.key}"
    return await read_article(tx, caller, article)


@routes.post("/{article}/versions", status_code=201, response_model=ArticleVersionRead)
async def write_article_version(
    ref: ArticleReference, body: ArticleVersionCreate, caller: ArticleWriter, tx: Transaction
) -> ArticleVersionRead | Response:
    """Write the next version of an article; what is published stays until another person publishes it."""
    article = await lock_article(tx, ref)
    at = await transaction_time(tx)
    version = ArticleVersion(
        article.id,
        0,
        article.language,
        body.audience,
        body.title.strip(),
        body.body,
        caller.sub,
        at,
    )
    outcome = await commands.add_version(tx, article, version, caller.actor)
    if isinstance(outcome, Rejection):
        return rejection_response(outcome)
    return ArticleVersionRead.model_validate(outcome)


@routes.post("/{article}/publish", response_model=AnyArticle)
async def publish_article(
    ref: ArticleReference, body: ArticlePublication, caller: ArticlePublisher, tx: Transaction
) -> AnyArticle | Response:
    """Publish a version of an article, as another person than who wrote it.

    One for customers must name none of them: all of them read it.
    """
    article = await lock_article(tx, ref)
    at = await transaction_time(tx)
    version = await articles.find_version(tx, article.id, body.version)
    if version is None:
        raise NotFound(f"Version {body.version} of {article.key}")
    if findings := await commands.find_hard_findings(tx, version):
        raise Problem(
            "message-check",
            "The article cannot be published as it is",
            422,
            "Correct what is in `findings` in a next version, and have that one published.",
            code="MESSAGE_CHECK",
            findings=[asdict(one) for one in findings],
        )
    outcome = await commands.publish_version(tx, article, version, caller.actor, at)
    if isinstance(outcome, Rejection):
        return rejection_response(outcome)
    return await read_article(tx, caller, outcome)


@routes.post("/{article}/review", response_model=AnyArticle)
async def review_article(
    ref: ArticleReference, caller: ArticleWriter, tx: Transaction
) -> AnyArticle | Response:
    """Review an article: it is still right as it is. Its next review is due after its `review_days`."""
    article = await lock_article(tx, ref)
    outcome = await commands.review(tx, article, caller.actor, await transaction_time(tx))
    if isinstance(outcome, Rejection):
        return rejection_response(outcome)
    return await read_article(tx, caller, outcome)


@routes.post("/{article}/retire", response_model=AnyArticle)
async def retire_article(
    ref: ArticleReference, body: ArticleRetirement, caller: ArticleWriter, tx: Transaction
) -> AnyArticle | Response:
    """Retire an article: customers see it no more, and nobody is reminded of it."""
    article = await lock_article(tx, ref)
    at = await transaction_time(tx)
    outcome = await commands.retire_article(tx, article, caller.actor, at, body.reason)
    if isinstance(outcome, Rejection):
        return rejection_response(outcome)
    return await read_article(tx, caller, outcome)
