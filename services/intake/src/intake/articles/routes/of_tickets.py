"""From a ticket to articles: those that may help, and the one that is made of it."""

from typing import Final

from fastapi import Response

from common.domain import Rejection
from common.http import Transaction, rejection_response, router
from common.persistence.database import transaction_time
from intake.articles.commands import draft_from_ticket
from intake.articles.dependencies import ArticleReader, ArticleWriter, read_article
from intake.articles.routes.read_articles import only_for_contacts, to_item
from intake.articles.schemas import AnyArticle, ArticlePage
from intake.articles.store import article_search
from intake.articles.store.article_search import ArticleFilter
from intake.tickets.dependencies import TicketReference, get_visible_ticket
from intake.tickets.store import message_checks, tickets

routes = router("/v1/tickets", ["articles"])
SUGGESTIONS: Final = 5


@routes.get("/{ticket}/suggested-articles", response_model=ArticlePage)
async def suggest_articles(
    ref: TicketReference, caller: ArticleReader, tx: Transaction
) -> ArticlePage:
    """Suggest published articles that fit the words of a ticket, the best ones first."""
    ticket = get_visible_ticket(caller, await tickets.find(tx, ref), ref)
    description = await tickets.get_description(tx, ticket.id) or ""
    filters = ArticleFilter(f"{ticket.title}\n{description}", state="published")
    if caller.customer is not None:
        filters = only_for_contacts(filters)
    found = await article_search.page(tx, filters, None, SUGGESTIONS)
    return ArticlePage(items=[to_item(caller, one) for one in found[:SUGGESTIONS]])


@routes.post("/{ticket}/article", status_code=201, response_model=AnyArticle)
async def draft_article_from_ticket(
    ref: TicketReference, response: Response, caller: ArticleWriter, tx: Transaction
) -> AnyArticle | Response:
    """Draft an internal article from what resolved a ticket, without names, addresses and numbers.

    Read it before it is published: only what can be recognised was taken out.
    """
    ticket = get_visible_ticket(caller, await tickets.lock(tx, ref), ref)
    at = await transaction_time(tx)
    reader = await message_checks.find_reader(tx, ticket.customer_id, ticket.contact_id)
    outcome = await draft_from_ticket(tx, ticket, caller.actor, at, reader.language)
    if isinstance(outcome, Rejection):
        return rejection_response(outcome)
    response.headers["Location"] = f"/v1/articles/{outcome.key}"
    return await read_article(tx, caller, outcome)
