"""What waits too long for a second person, beside what waits on tickets (R1)."""

from common.events.envelope import ReceivedEvent
from common.events.second_eyes import SecondEyesEvent, SecondEyesGiven, SecondEyesOverdue
from common.persistence.database import Connection
from escalation.cases.closing import resolve_cases
from escalation.cases.commands import open_or_join
from escalation.policies.domain.trigger import Trigger

WORDS = {
    "check_fix": "a fix came back and nobody has checked it",
    "confirm_customer_end": "the end of a customer is asked for",
    "confirm_environment_end": "the end of an environment is asked for",
    "confirm_dismissal": "a customer is not to be told of something",
    "confirm_erasure": "the erasure of a contact is asked for",
    "confirm_giving_up": "a problem is to be given up",
    "confirm_no_environment": "a change is said to touch no environment",
    "confirm_person": "other roles of a person, or their end, are asked for",
    "confirm_priority_matrix": "lower priorities in the matrix are asked for",
    "decide_access": "an access is asked for",
    "publish_article": "a version of an article is written and not published",
    "recertify_access": "nobody has said for long that an access is needed",
    "verify_access_grant": "an access is given and not verified",
    "verify_access_removal": "an access is removed and not verified",
    "verify_fix": "the fix of a problem is there and not verified",
    "verify_improvement": "better monitoring is made and not verified",
}
"""What waits, by the kinds of intake's list of waits."""


async def on_overdue(tx: Connection, received: ReceivedEvent[SecondEyesOverdue]) -> None:
    """Let people know that work of one person waits for another one, who has not come."""
    event = received.event
    what = WORDS.get(event.waits_for, event.waits_for.replace("_", " "))
    title = f"{event.about}: {what}, which waits for a second person"
    trigger = Trigger(
        "second_eyes_overdue",
        "minor",
        _dedup_key(event),
        title,
        event.at,
        customer=event.customer,
    )
    await open_or_join(tx, trigger, title)


async def on_given(tx: Connection, received: ReceivedEvent[SecondEyesGiven]) -> None:
    """Resolve the case: a second person came, or there is nothing to look at any more."""
    reason = "it does not wait for a second person any more"
    await resolve_cases(tx, {_dedup_key(received.event): reason})


def _dedup_key(event: SecondEyesEvent) -> str:
    return f"second-eyes/{event.wait_id}"
