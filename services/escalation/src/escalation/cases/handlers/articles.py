"""Articles of the knowledge base: whoever keeps one right is reminded; nobody is paged for it."""

from common.events.articles import ArticleReviewDue
from common.events.envelope import ReceivedEvent
from common.persistence.database import Connection
from escalation.cases.closing import resolve_cases
from escalation.cases.commands import notify_only
from escalation.directory import store as directory
from escalation.policies.domain.trigger import Trigger


async def on_review_due(tx: Connection, received: ReceivedEvent[ArticleReviewDue]) -> None:
    """Remind the owner of an article; where the owner has left, those with the role `tom`."""
    event = received.event
    title = f"Say whether the article {event.article} is still right: {event.title}"
    dedup_key = f"article/{event.article}"
    roles_by_sub = await directory.list_roles(tx)
    people = [event.owner] if event.owner in roles_by_sub else []
    people = people or sorted(sub for sub, roles in roles_by_sub.items() if "tom" in roles)
    if people:
        trigger = Trigger("article_review", "trivial", dedup_key, title, event.at)
        await notify_only(tx, trigger, people, title)
        await resolve_cases(tx, {dedup_key: "for information"})
